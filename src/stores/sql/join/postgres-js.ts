import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of the `sql` that postgres.js gives to `sql.begin`, or of a reserved one. */
export interface PostgresJsSql {
  unsafe(text: string, values: never[]): PromiseLike<readonly unknown[]>;
  typed(value: string, type: number): unknown;
}

/** PostgreSQL's type `unknown`: the server infers the type, and postgres.js passes the text on as it is. */
const UNKNOWN_TYPE = 705;

const INSTEAD = "pass the `sql` that `sql.begin(async (sql) => …)` gives.";

/**
 * Joins a transaction of postgres.js: the `sql` that `sql.begin` gives, or a reserved one on which BEGIN was run.
 *
 * @example
 * ```ts
 * import { fromPostgresJs } from "coffer/postgres";
 * import postgres from "postgres";
 *
 * const sql = postgres(process.env["DATABASE_URL"] ?? "");
 * await sql.begin(async (sql) => {
 *   await sql`INSERT INTO orders (id) VALUES (${orderId})`;
 *   await credits.withTransaction(fromPostgresJs(sql)).withdraw(request);
 * });
 * ```
 */
export function fromPostgresJs(sql: PostgresJsSql): SqlTransaction<"postgres"> {
  const isOneConnection = has(sql, "savepoint") || has(sql, "release");
  if (!has(sql, "unsafe", "typed") || !isOneConnection) throw wrong("fromPostgresJs", sql, INSTEAD);
  return {
    dialect: "postgres",
    run: async ({ text, values }) => {
      const bound = values.map((value) => (value === null ? null : sql.typed(value, UNKNOWN_TYPE)));
      return rowsOf(await sql.unsafe(text, bound as never[]));
    },
  };
}
