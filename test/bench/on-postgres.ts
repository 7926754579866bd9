import { postgresStore } from "coffer/postgres";
import type { Pool } from "pg";
import { startPostgres } from "../support/servers/postgres.js";
import { openPool } from "./pool.js";

type Store = ReturnType<typeof postgresStore>;

/** A server that was made for the case: durable commits, default settings. */
export interface Postgres {
  readonly url: string;
  readonly pool: Pool;
  /** What it is, for the notes of a report. */
  readonly version: string;
  /** One with tables of its own. */
  readonly storeIn: (schema: string) => Promise<Store>;
}

const CONNECTIONS = 10;

export async function onPostgres<Result>(work: (postgres: Postgres) => Promise<Result>): Promise<Result> {
  const server = await startPostgres();
  const pool = openPool(server.url, CONNECTIONS);
  try {
    const { rows } = await pool.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return await work({
      url: server.url,
      pool,
      version: `PostgreSQL ${rows[0]?.version}, its default settings, each commit synced to the disk.`,
      storeIn: async (schema) => {
        const store = postgresStore({ pool, schema });
        await store.migrate();
        return store;
      },
    });
  } finally {
    await pool.end();
    await server.stop();
  }
}
