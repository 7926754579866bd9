/** Whatever is changed in the tables of PostgreSQL: the first wrong entry is named, or the head. */
import { type SqlTransaction, fromPg, postgresStore } from "coffer/postgres";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { freshPostgres } from "../support/databases.js";
import { judge, usualThoroughness } from "./judge.js";
import { type Access, evidenceIn } from "./sql.js";

const { url, drop } = await freshPostgres();
const pool = new pg.Pool({ connectionString: url, max: 2 });
const store = postgresStore({ pool });
await store.migrate();
const client = await pool.connect();
afterAll(async () => {
  client.release();
  await store.close();
  await pool.end();
  await drop();
});

const access: Access<SqlTransaction<"postgres">> = {
  store,
  tables: { entry: "coffer.entry", wallet: "coffer.wallet" },
  placeholder: (place) => `$${place}`,
  rows: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
  run: async (text, values) => void (await client.query(text, [...values])),
  begin: async () => {
    await client.query("BEGIN");
    return fromPg(client);
  },
  rollback: async () => void (await client.query("ROLLBACK")),
};

/** Some thousand looks at a ledger, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

test(
  "every change of a stored ledger is found",
  async () => {
    const judgement = await judge(await evidenceIn(access), usualThoroughness("one place"));
    expect(judgement.unnoticed).toEqual([]);
    expect(judgement.named).toBeGreaterThan(250);
  },
  PATIENCE_MS,
);
