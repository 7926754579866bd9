import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import type { CreditStore } from "coffer/store";
import mysql from "mysql2/promise";
import pg from "pg";

/** A store on a server, with what to close after it. */
export interface Reached {
  readonly store: CreditStore & { migrate(): Promise<void> };
  readonly end: () => Promise<void>;
}

export function storeAt(url: string): Reached {
  if (url.startsWith("postgres")) {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    return { store: postgresStore({ pool }), end: () => pool.end() };
  }
  const pool = mysql.createPool({ uri: url, connectionLimit: 4 });
  return { store: mysqlStore({ pool }), end: () => pool.end() };
}
