import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of the transaction that PGlite gives to `db.transaction`. */
export interface PgliteTransaction {
  query(
    text: string,
    values: (string | null)[],
    options: { serializers: Record<number, (value: string) => string> },
  ): Promise<{ readonly rows: readonly unknown[] }>;
  rollback(): Promise<void>;
}

const BOOL = 16;
const BYTEA = 17;
const asIs = (value: string): string => value;

/** Values are texts already; PGlite takes none for these two types. */
const SERIALIZERS = { [BOOL]: asIs, [BYTEA]: asIs };

const INSTEAD = "pass the transaction that `db.transaction(async (tx) => …)` gives.";

/**
 * Joins a transaction of PGlite.
 *
 * @example
 * ```ts
 * import { PGlite } from "@electric-sql/pglite";
 * import { fromPglite } from "coffer/postgres";
 *
 * const db = new PGlite("./data");
 * await db.transaction(async (tx) => {
 *   await tx.query("INSERT INTO orders (id) VALUES ($1)", [orderId]);
 *   await credits.withTransaction(fromPglite(tx)).withdraw(request);
 * });
 * ```
 */
export function fromPglite(tx: PgliteTransaction): SqlTransaction<"postgres"> {
  if (!has(tx, "query", "rollback")) throw wrong("fromPglite", tx, INSTEAD);
  return {
    dialect: "postgres",
    run: async ({ text, values }) => rowsOf(await tx.query(text, [...values], { serializers: SERIALIZERS })),
  };
}
