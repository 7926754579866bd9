import { StoreError } from "../../store/errors.js";
import type { PostgresDriver } from "./driver.js";
import { type PgPool, nodePostgres } from "./node-postgres.js";
import { type PGliteDatabase, pglite } from "./pglite.js";
import { type PostgresJs, postgresJs } from "./postgres-js.js";

/** A pool of node-postgres, postgres.js' `sql`, or a PGlite database. */
export type PostgresPool = PgPool | PostgresJs | PGliteDatabase;

export function driverOf(pool: PostgresPool): PostgresDriver {
  const given: unknown = pool;
  if ((typeof given === "object" && given !== null) || typeof given === "function") {
    if ("reserve" in given && "unsafe" in given) return postgresJs(pool as PostgresJs);
    if ("transaction" in given && "query" in given) return pglite(pool as PGliteDatabase);
    if ("connect" in given && "totalCount" in given) return nodePostgres(pool as PgPool);
  }
  throw new StoreError(
    "unsupported",
    "postgresStore: `pool` must be a Pool of `pg`, the `sql` of postgres.js, or a PGlite database. " +
      "To join one connection's transaction, use `credits.withTransaction(fromPg(client))`.",
  );
}
