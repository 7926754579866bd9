import { EventEmitter } from "node:events";
import { postgresStore } from "coffer/postgres";
import pg from "pg";
import postgres from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, freshPostgres } from "../../support/databases.js";
import { change, key } from "../rows.js";

let database: Database;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshPostgres();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await postgresStore({ pool }).migrate();
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** A pool whose statements that hold such a text are cancelled by the server, as its statement_timeout does. */
function cancelling(text: string) {
  const cancelled = Object.assign(new Error("canceling statement due to statement timeout"), {
    code: "57014",
    severity: "ERROR",
  });
  return {
    totalCount: 0,
    connect: async () => {
      const client = await pool.connect();
      return Object.assign(new EventEmitter(), {
        query: (config: { text: string; values?: unknown[] }) =>
          config.text.includes(text) ? Promise.reject(cancelled) : client.query(config),
        release: (error?: Error | boolean) => client.release(error),
      });
    },
  };
}

it("law 2: a change is acknowledged although the state of another of its commit could not be read", async () => {
  const store = postgresStore({ pool: cancelling("with r as materialized") });
  const outcomes = await store.commit([change(key(1), 0), change(key(2), 5)]);
  expect(outcomes).toEqual([{ status: "committed" }, { status: "busy" }]);
  const snapshots = await postgresStore({ pool }).load([{ key: key(1) }, { key: key(2) }]);
  expect(snapshots.map(({ version }) => version)).toEqual([1, 0]);
});

it("a connection that breaks while it is used ends its call, and not the process", async () => {
  const counts: number[] = [];
  const client = Object.assign(new EventEmitter(), {
    query: () => {
      counts.push(client.listenerCount("error"));
      return Promise.reject(new Error("Connection terminated unexpectedly"));
    },
    release: () => counts.push(client.listenerCount("error")),
  });
  const store = postgresStore({ pool: { totalCount: 0, connect: () => Promise.resolve(client) } });
  await expect(store.load([{ key: key(1) }])).rejects.toMatchObject({ kind: "transient" });
  // Beside the pool, which listens again once it has its connection back.
  expect(counts).toEqual([1, 0]);
});

it.each([
  ["fetch_types", { fetch_types: false }],
  ["transform", { transform: postgres.camel }],
])("postgres.js is refused with an option that it cannot work under: %s", (name, options) => {
  expect(() => postgresStore({ pool: postgres(database.url, options) })).toThrow(name);
});
