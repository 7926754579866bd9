import { fromMysql2, mysqlStore } from "coffer/mysql";
import type { MysqlStore, SqlTransaction } from "coffer/mysql";
import mysql from "mysql2/promise";
import { freshMysql } from "../../support/databases.js";

/** A database, and what reaches it. */
export interface Opened {
  readonly url: string;
  readonly pool: mysql.Pool;
  readonly store: MysqlStore;
  /** A store over a pool of its own. */
  readonly another: (options?: mysql.PoolOptions) => {
    readonly pool: mysql.Pool;
    readonly store: MysqlStore;
  };
  /** A transaction of the app. */
  readonly begin: (isolation: string) => Promise<AppTransaction>;
  readonly dispose: () => Promise<void>;
}

export interface AppTransaction {
  readonly connection: mysql.PoolConnection;
  readonly tx: SqlTransaction<"mysql">;
  readonly end: (how: "commit" | "rollback") => Promise<void>;
}

export async function openDatabase(): Promise<Opened> {
  const { url, drop } = await freshMysql();
  const pools: mysql.Pool[] = [];
  const another = (options: mysql.PoolOptions = {}) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: 5, ...options });
    pools.push(pool);
    return { pool, store: mysqlStore({ pool }) };
  };
  const { pool, store } = another();
  const apps = another().pool;
  return {
    url,
    pool,
    store,
    another,
    begin: async (isolation) => {
      const connection = await apps.getConnection();
      await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`);
      await connection.beginTransaction();
      return {
        connection,
        tx: fromMysql2(connection),
        end: async (how) => {
          await connection[how]();
          connection.release();
        },
      };
    },
    dispose: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await drop();
    },
  };
}

/** How many connections a pool has, and how many of these somebody uses. mysql2 has no other way to ask. */
export function connections(pool: mysql.Pool): number {
  return lengthOf(pool, "_allConnections");
}

export function unreturned(pool: mysql.Pool): number {
  return connections(pool) - lengthOf(pool, "_freeConnections");
}

function lengthOf(pool: mysql.Pool, name: "_freeConnections" | "_allConnections"): number {
  return (pool.pool as unknown as Record<typeof name, { readonly length: number }>)[name].length;
}
