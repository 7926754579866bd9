import { fileURLToPath, pathToFileURL } from "node:url";
import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { type SqliteDriver, sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import mysql from "mysql2/promise";
import pg from "pg";

/** A store in a database, with what to close after it. */
export interface Reached {
  readonly store: CreditStore & { migrate(): Promise<void> };
  readonly end: () => Promise<void>;
}

/** A file of SQLite, and the driver that opens it, as one text. */
export function sqliteUrl(path: string, driver: SqliteDriver): string {
  const url = pathToFileURL(path);
  url.searchParams.set("driver", driver);
  return url.href;
}

export function storeAt(database: string): Reached {
  const url = new URL(database);
  if (url.protocol === "file:") {
    const driver = url.searchParams.get("driver") as SqliteDriver;
    const store = sqliteStore({ path: fileURLToPath(url), driver });
    return { store, end: () => store.close() };
  }
  if (url.protocol === "postgres:") {
    const pool = new pg.Pool({ connectionString: database, max: 4 });
    return { store: postgresStore({ pool }), end: () => pool.end() };
  }
  const pool = mysql.createPool({ uri: database, connectionLimit: 4 });
  return { store: mysqlStore({ pool }), end: () => pool.end() };
}
