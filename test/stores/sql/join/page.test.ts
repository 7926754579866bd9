import { createCreditEngine, defineCatalog } from "coffer";
import * as mysqlEntry from "coffer/mysql";
import * as postgresEntry from "coffer/postgres";
import { fromPg, postgresStore } from "coffer/postgres";
import * as sqliteEntry from "coffer/sqlite";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freshPostgres, type Database } from "../../../support/databases.js";
import { pageLibraries, runPageExample } from "./page.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});
const wallet = { customerId: "acme", currency: "tokens" } as const;

let database: Database;
let pool: pg.Pool;

beforeEach(async () => {
  database = await freshPostgres();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** An empty shop, whose customer has ten credits; what is begun in it from now on has this level by default. */
async function prepare(level: string) {
  const store = postgresStore({ pool });
  await store.migrate();
  await pool.query("CREATE SEQUENCE public.tries"); // what a rollback does not take back
  await pool.query("CREATE TABLE public.orders (id text PRIMARY KEY, try int DEFAULT nextval('tries'))");
  const name = new URL(database.url).pathname.slice(1);
  await pool.query(`ALTER DATABASE ${name} SET default_transaction_isolation = '${level}'`);
  const credits = createCreditEngine({ catalog, store });
  await credits.grant({ ...wallet, amount: 10, category: "promotional", idempotencyKey: "welcome" });
  return credits;
}

async function someoneWaitsForALock(): Promise<void> {
  const { rows } = await pool.query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  expect(rows).toHaveLength(1);
}

describe("the example of the page on your own transaction", () => {
  it.each([
    ["read committed", 1],
    ["repeatable read", 2],
    ["serializable", 2],
  ])(
    "at %s, commits order and charge though another comes between, at try %i",
    async (level, tries) => {
      const credits = await prepare(level);
      const client = await pool.connect();
      await client.query("BEGIN");
      const scoped = credits.withTransaction(fromPg(client));
      await scoped.withdraw({ customerId: "acme", feature: "chat", quantity: 2, idempotencyKey: "other" });
      const example = runPageExample(database.url);
      example.catch(() => undefined); // awaited below
      await vi.waitFor(someoneWaitsForALock, { timeout: 60_000, interval: 50 });
      await client.query("COMMIT");
      scoped.committed();
      client.release();
      await example;
      const { rows } = await pool.query("SELECT id, try FROM public.orders");
      expect(rows).toEqual([{ id: "order_1", try: tries }]);
      expect((await credits.balance(wallet)).available.toString()).toBe("7");
      expect(await credits.verifyLedger(wallet)).toMatchObject({ ok: true, entries: 3 });
    },
    120_000,
  );
});

describe("its table", () => {
  const entries: Readonly<Record<string, readonly object[]>> = {
    pg: [postgresEntry],
    "postgres.js": [postgresEntry],
    PGlite: [postgresEntry],
    mysql2: [mysqlEntry],
    "better-sqlite3": [sqliteEntry],
    "`node:sqlite`": [sqliteEntry],
    Kysely: [postgresEntry, mysqlEntry, sqliteEntry],
    Drizzle: [postgresEntry, mysqlEntry, sqliteEntry],
    Prisma: [postgresEntry, mysqlEntry, sqliteEntry],
    Knex: [postgresEntry, mysqlEntry, sqliteEntry],
  };

  it("lists every library, with an adapter of each store that the library reaches", () => {
    expect(pageLibraries().map(([library]) => library)).toEqual(Object.keys(entries));
    for (const [library, adapter] of pageLibraries())
      for (const entry of entries[library] ?? []) expect(entry).toHaveProperty(adapter);
  });
});
