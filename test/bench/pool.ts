import { Pool, type PoolConfig } from "pg";

/**
 * A pool that has ended may still be told, by a connection whose end is under way, that the server stops: nobody waits
 * for anything then. A query that fails says so itself.
 */
export function openPool(connectionString: string, max: number, config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString, max, ...config });
  pool.on("error", () => undefined);
  return pool;
}
