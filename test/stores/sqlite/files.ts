import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqliteDatabase, SqliteDriver } from "coffer/sqlite";
import { fromBetterSqlite3, fromNodeSqlite } from "coffer/sqlite";
import type { SqlTransaction } from "coffer/sqlite";
import { hasBetterSqlite3 } from "../../support/drivers.js";

/** Those that come in packages. */
export const PACKAGED_DRIVERS: readonly SqliteDriver[] = hasBetterSqlite3("SQLite through better-sqlite3")
  ? ["better-sqlite3", "libsql"]
  : ["libsql"];

/** A folder of the test's own. */
export async function freshFolder(): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), "coffer-sqlite-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

type Opened = SqliteDatabase & Parameters<typeof fromBetterSqlite3>[0];

/** A database as an app opens it: in WAL mode, and patient in the driver's own way. */
export async function openAsApp(driver: SqliteDriver, path: string): Promise<Opened> {
  const name: string = driver;
  const module = (await import(name)) as Readonly<Record<string, unknown>>;
  const Database = (module["DatabaseSync"] ?? module["default"]) as new (path: string) => Opened;
  const database = new Database(path);
  database.exec("pragma journal_mode = wal");
  database.exec("pragma busy_timeout = 5000");
  return database;
}

/** A transaction that the app has begun on this connection. */
export function joined(driver: SqliteDriver, database: Opened): SqlTransaction<"sqlite"> {
  return driver === "node:sqlite" ? fromNodeSqlite(database) : fromBetterSqlite3(database);
}
