import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "coffer/memory";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import pg from "pg";
import { startPostgres } from "../support/servers/postgres.js";

/** Makes empty stores of a kind, one for each run. */
export interface StoreMaker {
  readonly make: () => Promise<{ readonly store: CreditStore; readonly end: () => Promise<void> }>;
  readonly stop: () => Promise<void>;
}

export async function storeMaker(kind: "memory" | "sqlite" | "postgres"): Promise<StoreMaker> {
  switch (kind) {
    case "memory":
      return {
        make: () => Promise.resolve({ store: memoryStore(), end: () => Promise.resolve() }),
        stop: () => Promise.resolve(),
      };
    case "sqlite":
      return inFiles();
    case "postgres":
      return onServer();
  }
}

async function inFiles(): Promise<StoreMaker> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-simulation-"));
  let made = 0;
  return {
    make: async () => {
      const path = join(folder, `${(made += 1)}.db`);
      const store = sqliteStore({ path });
      await store.migrate();
      return {
        store,
        end: async () => {
          await store.close();
          await rm(path, { force: true });
        },
      };
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function onServer(): Promise<StoreMaker> {
  const server = await startPostgres();
  let made = 0;
  const execute = async (statement: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  return {
    make: async () => {
      const name = `simulation_${(made += 1)}`;
      await execute(`CREATE DATABASE ${name}`);
      const pool = new pg.Pool({ connectionString: new URL(`/${name}`, server.url).href });
      // The server stops while the last connections end.
      pool.on("error", () => undefined);
      const store = postgresStore({ pool });
      await store.migrate();
      return {
        store,
        end: async () => {
          await store.close();
          await pool.end();
        },
      };
    },
    stop: server.stop,
  };
}
