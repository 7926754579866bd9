import { postgresStore } from "coffer/postgres";
import type { Postgres } from "../on-postgres.js";
import { openPool } from "../pool.js";
import { TOKENS_PER_CALL, keyMaker } from "./catalog.js";
import { type Engine, engineOn, fund } from "./coffer.js";

export const YEAR_MS = 365 * 24 * 3_600_000;
const CALLERS = 1_000;
const CONNECTIONS = 4;

/** A wallet with a year of use behind it, and an engine of today on it. */
export interface Grown {
  readonly credits: Engine;
  readonly entries: number;
  /** Another engine, which remembers nothing. */
  readonly started: () => Engine;
}

/**
 * The engine itself makes the entries, by a clock that goes through the year: they are chained, and receipts and
 * counters stand beside them as in life. Only that no commit waits for the disk makes it faster than life.
 */
export async function grown(postgres: Postgres, schema: string, entries: number): Promise<Grown> {
  const store = await postgres.storeIn(schema);
  const pool = openPool(postgres.url, CONNECTIONS, { options: "-c synchronous_commit=off" });
  const from = Date.now() - YEAR_MS;
  let made = 0;
  const credits = engineOn(postgresStore({ pool, schema }), {
    clock: () => from + Math.floor((YEAR_MS * made) / Math.max(entries, 1)),
  });
  await fund(credits, ["acme"]);
  const key = keyMaker("history");
  const caller = async () => {
    while (made < entries) {
      made++;
      await credits.withdraw({
        customerId: "acme",
        feature: "chat",
        quantity: TOKENS_PER_CALL,
        idempotencyKey: key(),
      });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await pool.query(`vacuum (analyze) ${schema}.entry, ${schema}.receipt, ${schema}.usage, ${schema}.wallet`);
  await pool.end();
  return { credits: engineOn(store), entries, started: () => engineOn(store) };
}
