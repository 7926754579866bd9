import type { Dialect, SqlTransaction, Statement } from "../statement.js";
import { given, has, rowsOf, wrong } from "./given.js";
import { returnsRows } from "./returns-rows.js";

/** What is used of a transaction of Drizzle over PostgreSQL or MySQL. */
export interface DrizzleTransaction {
  /** Takes what has `getSQL()`; its class is Drizzle's own, which this library does not load. */
  execute(query: never): PromiseLike<unknown>;
  rollback(): never;
}

/** What is used of a database or transaction of Drizzle over SQLite. */
export interface DrizzleSqlite {
  all(query: never): unknown;
  run(query: never): unknown;
}

const INSTEAD = "pass the transaction that `db.transaction(async (tx) => …)` gives.";
const INSTEAD_SQLITE =
  "pass the transaction that `db.transaction(async (tx) => …)` gives, or, over better-sqlite3, " +
  "the database after ``db.run(sql`BEGIN IMMEDIATE`)``.";

/** Drizzle asks a query for its SQL, and the SQL for its text and values. */
function query({ text, values }: Statement): never {
  const sql = { toQuery: () => ({ sql: text, params: [...values] }) };
  return { getSQL: () => sql } as never;
}

export function overDrizzle<Of extends Exclude<Dialect, "sqlite">>(
  dialect: Of,
  tx: DrizzleTransaction,
): SqlTransaction<Of> {
  if (!has(tx, "execute", "rollback")) throw wrong("fromDrizzle", tx, INSTEAD);
  return {
    dialect,
    run: async (statement) => {
      const answer = await tx.execute(query(statement));
      return rowsOf(
        dialect === "mysql" && Array.isArray(answer) ? (answer as readonly unknown[])[0] : answer,
      );
    },
  };
}

/** Over better-sqlite3 Drizzle's own transactions never await: the app begins one on the database itself. */
function isWithinTransaction(tx: DrizzleSqlite): boolean {
  return has(tx, "rollback") || given(given(tx)["$client"])["inTransaction"] === true;
}

export function overDrizzleSqlite(tx: DrizzleSqlite): SqlTransaction<"sqlite"> {
  if (!has(tx, "all", "run") || !isWithinTransaction(tx)) throw wrong("fromDrizzle", tx, INSTEAD_SQLITE);
  return {
    dialect: "sqlite",
    run: async (statement) => {
      if (!isWithinTransaction(tx)) throw new Error("Transaction is closed");
      if (returnsRows(statement.text)) return rowsOf(await tx.all(query(statement)));
      await tx.run(query(statement));
      return [];
    },
  };
}
