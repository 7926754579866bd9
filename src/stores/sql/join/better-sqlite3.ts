import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of a database of better-sqlite3, or of libsql, which has the same API. */
export interface BetterSqlite3Database {
  readonly inTransaction: boolean;
  prepare(text: string): { readonly reader: boolean };
  exec(text: string): unknown;
}

/** A prepared statement. Values go in one array: libsql takes a single null that stands alone for none. */
interface Prepared {
  readonly reader: boolean;
  all(values: (string | null)[]): unknown[];
  run(values: (string | null)[]): unknown;
}

const INSTEAD = 'pass a database of better-sqlite3 or libsql on which `db.exec("BEGIN IMMEDIATE")` was run.';

/**
 * Joins a transaction that was begun on a database of better-sqlite3 or libsql. `db.transaction()` of these runs
 * functions that never await, so begin and end the transaction by statements; until it ends, nothing else may use
 * the connection.
 *
 * @example
 * ```ts
 * import Database from "better-sqlite3";
 * import { fromBetterSqlite3 } from "coffer/sqlite";
 *
 * const db = new Database("app.db");
 *
 * db.exec("BEGIN IMMEDIATE");
 * try {
 *   db.prepare("INSERT INTO orders (id) VALUES (?)").run(orderId);
 *   await credits.withTransaction(fromBetterSqlite3(db)).withdraw(request);
 *   db.exec("COMMIT");
 * } catch (error) {
 *   if (db.inTransaction) db.exec("ROLLBACK");
 *   throw error;
 * }
 * ```
 */
export function fromBetterSqlite3(database: BetterSqlite3Database): SqlTransaction<"sqlite"> {
  if (!has(database, "prepare", "exec") || !database.inTransaction) {
    throw wrong("fromBetterSqlite3", database, INSTEAD);
  }
  return {
    dialect: "sqlite",
    run: async ({ text, values }) => {
      // Outside the transaction each statement would commit by itself.
      if (!database.inTransaction) throw new Error("Transaction is closed");
      const statement = database.prepare(text) as Prepared;
      const bound = [...values];
      if (statement.reader) return rowsOf(statement.all(bound));
      // libsql leaves a prepared statement that found the database locked half-way, and commits nothing more then.
      if (bound.length === 0) database.exec(text);
      else statement.run(bound);
      return [];
    },
  };
}
