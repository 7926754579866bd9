import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { type SqliteDriver, sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import mysql from "mysql2/promise";
import pg from "pg";

/** Where a store keeps its rows; plain, so that it can be told to another process. */
export type Target =
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string }
  | { readonly kind: "mysql"; readonly url: string }
  | { readonly kind: "sqlite"; readonly path: string; readonly driver: SqliteDriver };

export interface Reached {
  readonly store: CreditStore & { migrate(): Promise<void> };
  readonly end: () => Promise<void>;
}

const CONNECTIONS = 4;

export function reach(target: Target): Reached {
  if (target.kind === "sqlite") {
    const { path, driver } = target;
    const store = sqliteStore({ path, driver });
    return { store, end: () => store.close() };
  }
  if (target.kind === "postgres") {
    const { url, schema } = target;
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
    // A connection that breaks while nobody uses it tells the pool, which drops it.
    pool.on("error", () => undefined);
    return { store: postgresStore({ pool, schema }), end: () => pool.end() };
  }
  const pool = mysql.createPool({ uri: target.url, connectionLimit: CONNECTIONS });
  return { store: mysqlStore({ pool }), end: () => pool.end() };
}
