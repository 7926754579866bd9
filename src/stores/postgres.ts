import type { CreditStore } from "../store/contract.js";
import { StoreError } from "../store/errors.js";
import { type PostgresPool, driverOf } from "./postgres/choose-driver.js";
import { Postgres } from "./postgres/store.js";
import { reading, refuseUnknown } from "../store/intake/reading.js";
import { quote } from "./sql/schema/ddl.js";
import { migrationScript } from "./sql/schema/migrations.js";
import { postgresTarget } from "./sql/schema/targets.js";
import type { SqlTransaction } from "./sql/statement.js";

export type { SqlTransaction } from "./sql/statement.js";
export type {
  DrizzleTransaction,
  KnexTransaction,
  KyselyTransaction,
  PgClient,
  PgliteTransaction,
  PostgresJsSql,
  PrismaTransaction,
} from "./sql/join/postgres.js";
export {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPglite,
  fromPostgresJs,
  fromPrisma,
} from "./sql/join/postgres.js";
export type { PostgresPool } from "./postgres/choose-driver.js";

/** Where the tables are, and how to reach them. */
export interface PostgresStoreOptions {
  /**
   * A `Pool` of `pg`, the `sql` of postgres.js, or a PGlite database. It stays yours: end it after the engine is
   * closed. A few connections are enough (`max: 10`): many wallets share a commit.
   */
  readonly pool: PostgresPool;
  /** The schema that holds the tables. Default: `coffer`. */
  readonly schema?: string;
}

/** A store in PostgreSQL 13 or newer. */
export interface PostgresStore extends CreditStore<SqlTransaction<"postgres">> {
  /**
   * Makes the tables, or brings them up to this version of the library. Does nothing where that is done; any number
   * of processes may call it at once. Needs the right to make a schema, unless the schema is there already.
   *
   * @throws {StoreError} `unsupported` when the tables are of a newer version than this library knows.
   */
  migrate(): Promise<void>;
}

const DEFAULT_SCHEMA = "coffer";

/**
 * Credits in PostgreSQL: shared by any number of processes, and committed together with the app's own rows where
 * `credits.withTransaction` says so.
 *
 * What is acknowledged is as durable as the server makes a commit (`synchronous_commit`, on by default). Nothing
 * rests on the state of a session, so a pooler in transaction mode may stand between.
 *
 * @throws {StoreError} `unsupported` for a pool of no known driver.
 *
 * @example
 * import { createCreditEngine } from "coffer";
 * import { postgresStore } from "coffer/postgres";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
 * const store = postgresStore({ pool });
 * await store.migrate();
 * const credits = createCreditEngine({ catalog, store });
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  return reading("postgresStore", () => {
    refuseUnknown("postgresStore", options, ["pool", "schema"]);
    const { pool, schema = DEFAULT_SCHEMA } = options;
    return new Postgres(driverOf(pool), checkSchema(schema));
  });
}

/**
 * What `migrate` would run on an empty database, as one script, for teams with migration tools of their own.
 *
 * @example
 * import { postgresMigrations } from "coffer/postgres";
 *
 * console.log(postgresMigrations({ schema: "billing" }));
 */
export function postgresMigrations(options: { readonly schema?: string } = {}): string {
  const schema = reading("postgresMigrations", () => checkSchema(options.schema ?? DEFAULT_SCHEMA));
  return migrationScript(postgresTarget(schema), [
    `create schema if not exists ${quote("postgres", schema)}`,
  ]);
}

const MOST_NAME_BYTES = 63;

function checkSchema(schema: string): string {
  const isName =
    typeof schema === "string" &&
    schema !== "" &&
    !schema.includes("\0") &&
    Buffer.byteLength(schema) <= MOST_NAME_BYTES;
  if (isName) return schema;
  const shown = typeof schema === "string" ? JSON.stringify(schema.slice(0, MOST_NAME_BYTES)) : typeof schema;
  throw new StoreError(
    "unsupported",
    `postgresStore: \`schema\` must be a name of 1 to ${MOST_NAME_BYTES} bytes; got ${shown}.`,
  );
}
