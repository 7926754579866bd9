import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of a `Client` or `PoolClient` of node-postgres. */
export interface PgClient {
  query(statement: { readonly text: string; readonly values: (string | null)[] }): Promise<{
    readonly rows: readonly unknown[];
  }>;
  /** A `Pool` has it: its statements go to any connection. */
  readonly totalCount?: never;
}

const INSTEAD = "check out a client, BEGIN on it, and pass that client.";

/**
 * Joins a transaction that was begun on a client of node-postgres.
 *
 * @example
 * ```ts
 * import { fromPg } from "coffer/postgres";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
 * const client = await pool.connect();
 * try {
 *   await client.query("BEGIN");
 *   await client.query("INSERT INTO orders (id) VALUES ($1)", [orderId]);
 *   await credits.withTransaction(fromPg(client)).withdraw(request);
 *   await client.query("COMMIT");
 * } catch (error) {
 *   await client.query("ROLLBACK");
 *   throw error;
 * } finally {
 *   client.release();
 * }
 * ```
 */
export function fromPg(client: PgClient): SqlTransaction<"postgres"> {
  if (!has(client, "query") || typeof client.totalCount === "number") throw wrong("fromPg", client, INSTEAD);
  return {
    dialect: "postgres",
    run: async ({ text, values }) => rowsOf(await client.query({ text, values: [...values] })),
  };
}
