import type { CreditStore } from "../store/contract.js";
import { StoreError } from "../store/errors.js";
import { reading, refuseUnknown } from "../store/intake/reading.js";
import type { MysqlPool } from "./mysql/driver.js";
import type { MysqlServer } from "./mysql/server.js";
import { Mysql } from "./mysql/store.js";
import { migrationScript } from "./sql/schema/migrations.js";
import { mysqlTarget } from "./sql/schema/targets.js";
import type { SqlTransaction } from "./sql/statement.js";

export type { SqlTransaction } from "./sql/statement.js";
export type {
  DrizzleTransaction,
  KnexTransaction,
  KyselyTransaction,
  Mysql2Connection,
  PrismaTransaction,
} from "./sql/join/mysql.js";
export { fromDrizzle, fromKnex, fromKysely, fromMysql2, fromPrisma } from "./sql/join/mysql.js";
export type { MysqlPool } from "./mysql/driver.js";
export type { MysqlServer } from "./mysql/server.js";

/** How to reach the tables. */
export interface MysqlStoreOptions {
  /**
   * What `createPool` of `mysql2/promise` or of `mysql2` gives. The tables stand in the database that it names. It
   * stays yours: end it after the engine is closed. A few connections are enough (`connectionLimit: 10`): many
   * wallets share a commit.
   */
  readonly pool: MysqlPool;
}

/** A store in MySQL 8.0.17, MariaDB 10.6, or newer. */
export interface MysqlStore extends CreditStore<SqlTransaction<"mysql">> {
  /**
   * Makes the tables, or brings them up to this version of the library. Does nothing where that is done; any number
   * of processes may call it at once. Needs the right to make tables in the pool's database.
   *
   * @throws {StoreError} `unsupported` when the server is too old, its sessions do not fit, or the tables are of a
   * newer version than this library knows; `transient` when another process has been at it for a minute.
   */
  migrate(): Promise<void>;
}

/**
 * Credits in MySQL or MariaDB: shared by any number of processes, and committed together with the app's own rows
 * where `credits.withTransaction` says so.
 *
 * What is acknowledged is as durable as the server makes a commit (`innodb_flush_log_at_trx_commit = 1`, as by
 * default). Each transaction of the store says its own isolation level; those of the app may have any, and
 * READ COMMITTED is the one that never has to begin anew because another process was quicker.
 *
 * @throws {StoreError} `unsupported` for what is no pool of mysql2.
 *
 * @example
 * ```ts
 * import { createCreditEngine, defineCatalog } from "coffer";
 * import { mysqlStore } from "coffer/mysql";
 * import { createPool } from "mysql2/promise";
 *
 * const catalog = defineCatalog({ currencies: { tokens: { name: "AI tokens" } }, features: {} });
 * const store = mysqlStore({ pool: createPool("mysql://app:secret@localhost/app") });
 * await store.migrate();
 * const credits = createCreditEngine({ catalog, store });
 * ```
 */
export function mysqlStore(options: MysqlStoreOptions): MysqlStore {
  return reading("mysqlStore", () => {
    refuseUnknown("mysqlStore", options, ["pool"]);
    return new Mysql(options.pool);
  });
}

/**
 * What `migrate` would run on an empty database, as one script, for teams with migration tools of their own. The two
 * servers call the collation that compares texts by bytes by different names.
 *
 * @example
 * ```ts
 * import { mysqlMigrations } from "coffer/mysql";
 *
 * console.log(mysqlMigrations({ server: "mariadb" }));
 * ```
 */
export function mysqlMigrations(options: { readonly server: MysqlServer }): string {
  return reading("mysqlMigrations", () => {
    const { server } = options;
    if (server !== "mysql" && server !== "mariadb")
      throw new StoreError("unsupported", 'mysqlMigrations: `server` must be "mysql" or "mariadb".');
    return migrationScript(mysqlTarget(server));
  });
}
