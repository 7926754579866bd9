import type { CreditStore } from "../store/contract.js";
import { migrationScript } from "./sql/schema/migrations.js";
import { sqliteTarget } from "./sql/schema/targets.js";
import type { SqlTransaction } from "./sql/statement.js";
import { reading, refuseUnknown } from "../store/intake/reading.js";
import { type SqliteStoreOptions, takeOptions } from "./sqlite/settings.js";
import { OnSqlite } from "./sqlite/store.js";

export {
  fromBetterSqlite3,
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromNodeSqlite,
  fromPrisma,
} from "./sql/join/sqlite.js";
export type {
  BetterSqlite3Database,
  DrizzleSqlite,
  KnexTransaction,
  KyselyTransaction,
  NodeSqliteDatabase,
  PrismaTransaction,
} from "./sql/join/sqlite.js";
export type { SqlTransaction } from "./sql/statement.js";
export type { SqliteDatabase, SqliteDriver } from "./sqlite/driver.js";
export type { SqliteStoreOptions, SqliteStoreSettings } from "./sqlite/settings.js";

/** A store in a file of SQLite. */
export interface SqliteStore extends CreditStore<SqlTransaction<"sqlite">> {
  /**
   * Makes the store's tables, or brings them up to this version of the library; tables that are up to date it leaves
   * alone. Many processes may call it at once. Needed only with `migrate: "manual"`: otherwise the first call does it.
   *
   * @throws {StoreError} `unsupported` if the tables are newer than this library, or SQLite is older than 3.41;
   * `transient` if the file stays locked for 10 seconds.
   *
   * @example
   * import { sqliteStore } from "coffer/sqlite";
   *
   * const store = sqliteStore({ path: "credits.db", migrate: "manual" });
   * await store.migrate();
   */
  migrate(): Promise<void>;
}

/**
 * A store in a file of SQLite, for one machine: several processes may share the file. It opens at the first call, in
 * WAL mode, and makes its tables then, all of which begin with `coffer_`.
 *
 * A commit is acknowledged when it is on the disk (`synchronous: "FULL"`, the default). Each transaction runs from
 * BEGIN to COMMIT in one turn of the event loop, so a connection that is shared with the app is never left inside a
 * transaction of the store's. Who finds the file locked tries again at random moments until the call's time is up
 * (`timeoutMs`, 10 seconds by default), and then fails with `transient`. The lock is on the whole file: no commit is
 * ever answered with `busy`.
 *
 * Within one process, open a file with one driver only: each brings a SQLite of its own, and these do not see each
 * other's locks.
 *
 * `close()` closes what the store opened, not a `database` of the app.
 *
 * @throws {StoreError} `permanent` or `unsupported` for options that cannot be. Calls reject with `unsupported` where
 * no driver is installed or SQLite is older than 3.41, and with the kinds that the contract names.
 *
 * @example
 * import { sqliteStore } from "coffer/sqlite";
 *
 * const store = sqliteStore({ path: "credits.db" });
 *
 * @example
 * import Database from "better-sqlite3";
 * import { sqliteStore } from "coffer/sqlite";
 *
 * const database = new Database("app.db");
 * const store = sqliteStore({ database });
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  return new OnSqlite(
    reading("sqliteStore", () => {
      refuseUnknown("sqliteStore", options, OPTIONS);
      return takeOptions(options);
    }),
  );
}

const OPTIONS = ["path", "driver", "database", "synchronous", "busyTimeoutMs", "migrate"];

/**
 * The SQL that makes the store's tables in an empty database, for apps that run migrations with a tool of their own;
 * give the store `migrate: "manual"` then.
 *
 * @example
 * import { writeFileSync } from "node:fs";
 * import { sqliteMigrations } from "coffer/sqlite";
 *
 * writeFileSync("migrations/0007_credits.sql", sqliteMigrations());
 */
export function sqliteMigrations(): string {
  return migrationScript(sqliteTarget);
}
