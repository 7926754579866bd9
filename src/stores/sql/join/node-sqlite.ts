import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of a `DatabaseSync` of `node:sqlite`. */
export interface NodeSqliteDatabase {
  /** Node 22.16 and later say it. */
  readonly isTransaction?: boolean;
  prepare(text: string): { all(...values: (string | null)[]): unknown[] };
  exec(text: string): void;
}

const INSTEAD = 'pass a `DatabaseSync` of node:sqlite on which `db.exec("BEGIN IMMEDIATE")` was run.';

/**
 * Joins a transaction that was begun on a database of `node:sqlite`. Until it ends, nothing else may use the
 * connection.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { fromNodeSqlite } from "coffer/sqlite";
 *
 * const db = new DatabaseSync("app.db");
 *
 * db.exec("BEGIN IMMEDIATE");
 * try {
 *   db.prepare("INSERT INTO orders (id) VALUES (?)").run(orderId);
 *   await credits.withTransaction(fromNodeSqlite(db)).withdraw(request);
 *   db.exec("COMMIT");
 * } catch (error) {
 *   db.exec("ROLLBACK");
 *   throw error;
 * }
 * ```
 */
export function fromNodeSqlite(database: NodeSqliteDatabase): SqlTransaction<"sqlite"> {
  if (!has(database, "prepare", "exec") || database.isTransaction === false) {
    throw wrong("fromNodeSqlite", database, INSTEAD);
  }
  return {
    dialect: "sqlite",
    run: async ({ text, values }) => {
      if (database.isTransaction === false) throw new Error("Transaction is closed");
      return rowsOf(database.prepare(text).all(...values));
    },
  };
}
