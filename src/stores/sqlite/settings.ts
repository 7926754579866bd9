import { StoreError } from "../../store/errors.js";
import { refuse } from "../../store/intake/intake.js";
import { DRIVERS, type SqliteDatabase, type SqliteDriver } from "./driver.js";

/** How a store on SQLite works, whichever way it gets its database. */
export interface SqliteStoreSettings {
  /**
   * Whether a commit waits for the disk. `FULL`: what was acknowledged survives the loss of power. `NORMAL`: it
   * survives the death of the process, not that of the machine; the file stays whole either way. Default: `FULL`,
   * also on a connection of the app, whose own setting it replaces.
   */
  readonly synchronous?: "FULL" | "NORMAL";
  /**
   * Milliseconds that a call may wait within SQLite for another process, which stops this one meanwhile; all longer
   * waits leave the event loop free. A whole number, 0–1,000. Default: 0.
   */
  readonly busyTimeoutMs?: number;
  /**
   * `auto`: the first call makes the tables, or brings them up to this version. `manual`: only `migrate()` does, and
   * calls fail until it has. Default: `auto`.
   */
  readonly migrate?: "auto" | "manual";
}

/** Where the store keeps its rows. */
export type SqliteStoreOptions = SqliteStoreSettings &
  (
    | {
        /** The file; made if it is not there. `":memory:"` keeps everything in this process. */
        readonly path: string;
        /** Default: the first of better-sqlite3, libsql and node:sqlite that is installed and loads. */
        readonly driver?: SqliteDriver;
        readonly database?: never;
      }
    | {
        /** An open database of better-sqlite3, libsql or `node:sqlite`, which the app goes on using and closes. */
        readonly database: SqliteDatabase;
        readonly path?: never;
        readonly driver?: never;
      }
  );

type Synchronous = "FULL" | "NORMAL";

/** The options, checked, with all that was left out. */
export interface TakenOptions {
  readonly source:
    | { readonly path: string; readonly driver: SqliteDriver | undefined }
    | { readonly database: SqliteDatabase };
  readonly synchronous: Synchronous;
  readonly busyTimeoutMs: number;
  readonly migratesItself: boolean;
}

const LONGEST_BUSY_TIMEOUT_MS = 1_000;

/** Checks what callers without types may have given. */
export function takeOptions(options: SqliteStoreOptions): TakenOptions {
  const { synchronous = "FULL", busyTimeoutMs = 0, migrate = "auto" } = options;
  if (!["FULL", "NORMAL"].includes(synchronous)) refuse('synchronous must be "FULL" or "NORMAL"');
  if (!["auto", "manual"].includes(migrate)) refuse('migrate must be "auto" or "manual"');
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0 || busyTimeoutMs > LONGEST_BUSY_TIMEOUT_MS) {
    refuse(`busyTimeoutMs must be a whole number from 0 to ${LONGEST_BUSY_TIMEOUT_MS}`);
  }
  return { source: sourceOf(options), synchronous, busyTimeoutMs, migratesItself: migrate === "auto" };
}

function sourceOf({ path, driver, database }: SqliteStoreOptions): TakenOptions["source"] {
  if ((path === undefined) === (database === undefined)) refuse("give either `path` or `database`");
  if (database !== undefined) {
    if (!isDatabase(database)) refuse("database must be one of better-sqlite3, libsql or node:sqlite");
    return { database };
  }
  if (typeof path !== "string" || path === "") refuse("path must name a file");
  if (driver !== undefined && !DRIVERS.includes(driver)) {
    throw new StoreError("unsupported", `driver must be one of ${DRIVERS.join(", ")}`);
  }
  return { path, driver };
}

function isDatabase(database: unknown): boolean {
  if (typeof database !== "object" || database === null) return false;
  const fields = database as Readonly<Record<string, unknown>>;
  return ["prepare", "exec", "close"].every((method) => typeof fields[method] === "function");
}
