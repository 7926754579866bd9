import type { SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";

/** What is used of a connection of `mysql2/promise`. */
export interface Mysql2Connection {
  execute(statement: {
    readonly sql: string;
    readonly values: (string | null)[];
    readonly rowsAsArray: false;
  }): Promise<readonly [unknown, unknown]>;
  query(statement: {
    readonly sql: string;
    readonly rowsAsArray: false;
  }): Promise<readonly [unknown, unknown]>;
  beginTransaction(): Promise<void>;
  /** A pool has it: its statements go to any connection. */
  readonly getConnection?: never;
}

const INSTEAD = "take a connection of mysql2/promise, `beginTransaction()` on it, and pass that connection.";

/**
 * Joins a transaction that was begun on a connection of mysql2's promise API.
 *
 * @example
 * ```ts
 * import { fromMysql2 } from "coffer/mysql";
 * import { createPool } from "mysql2/promise";
 *
 * const pool = createPool("mysql://app:secret@localhost/app");
 * const connection = await pool.getConnection();
 * try {
 *   await connection.beginTransaction();
 *   await connection.execute("INSERT INTO orders (id) VALUES (?)", [orderId]);
 *   await credits.withTransaction(fromMysql2(connection)).withdraw(request);
 *   await connection.commit();
 * } catch (error) {
 *   await connection.rollback();
 *   throw error;
 * } finally {
 *   connection.release();
 * }
 * ```
 */
export function fromMysql2(connection: Mysql2Connection): SqlTransaction<"mysql"> {
  if (!has(connection, "execute", "query", "beginTransaction") || has(connection, "getConnection"))
    throw wrong("fromMysql2", connection, INSTEAD);
  // Connections of the callback API have it, to become one of the promise API.
  if (has(connection, "promise")) throw wrong("fromMysql2", connection, "pass `connection.promise()`.");
  return {
    dialect: "mysql",
    run: async ({ text, values }) => {
      // MySQL prepares no savepoints.
      const [rows] =
        values.length === 0
          ? await connection.query({ sql: text, rowsAsArray: false })
          : await connection.execute({ sql: text, values: [...values], rowsAsArray: false });
      return rowsOf(rows);
    },
  };
}
