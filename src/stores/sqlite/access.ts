import { StoreError } from "../../store/errors.js";
import { checkVersion } from "../sql/programs/migrate.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program } from "../sql/statement.js";
import { Deadline } from "./deadline.js";
import { Connection } from "./driver.js";
import { openDatabase } from "./open.js";
import type { TakenOptions } from "./settings.js";
import { areTablesCurrent, makeCurrent } from "./tables.js";
import { Turns } from "./turns.js";

/** The database, opened and made ready by whoever comes first. */
export class Access {
  readonly #options: TakenOptions;
  #turns: Turns | null = null;
  #opening: Promise<Turns> | null = null;
  #areTablesReady = false;
  #close: (() => void) | null = null;
  #isClosed = false;

  constructor(options: TakenOptions) {
    this.#options = options;
  }

  /** The connection, on tables of this version. */
  async ready(deadline: Deadline): Promise<Turns> {
    const turns = await this.connected(deadline);
    if (this.#areTablesReady) return turns;
    if (!this.#options.migratesItself) await turns.read(deadline, () => checkVersion(sqliteTarget));
    else if (!(await turns.read(deadline, areTablesCurrent))) await turns.write(deadline, makeCurrent);
    this.#areTablesReady = true;
    return turns;
  }

  /** Run first within a transaction of the app, if no call has found the tables ready. It may yet be rolled back. */
  *readyWithin(): Program<void> {
    if (this.#areTablesReady) return;
    if (this.#options.migratesItself) yield* makeCurrent();
    else yield* checkVersion(sqliteTarget);
  }

  /** The connection, whatever tables there are. */
  async connected(deadline: Deadline): Promise<Turns> {
    this.checkOpen();
    if (this.#turns !== null) return this.#turns;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return deadline.race(
      this.#opening,
      () => new StoreError("transient", "The database did not open in time."),
    );
  }

  checkOpen(): void {
    if (this.#isClosed) throw new StoreError("permanent", "this store is closed");
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #drop(): void {
    const close = this.#close;
    this.#turns = null;
    this.#close = null;
    close?.();
  }

  /** Not within one caller's time: others may have longer. */
  async #open(): Promise<Turns> {
    const deadline = new Deadline();
    const { source, busyTimeoutMs } = this.#options;
    const isOwn = "path" in source;
    const connection = new Connection(
      isOwn ? await openDatabase(source.path, source.driver) : source.database,
    );
    const close = () => (isOwn ? connection.close() : connection.forget());
    const turns = new Turns(connection, {
      busyTimeoutMs: isOwn ? null : busyTimeoutMs,
      checkOpen: () => this.checkOpen(),
      drop: isOwn ? () => this.#drop() : null,
    });
    try {
      if (isOwn) await this.#setUp(turns, deadline);
      await turns.untilFree(deadline, (connection) => this.#configure(connection));
      this.checkOpen();
    } catch (error) {
      close();
      throw error;
    }
    this.#turns = turns;
    this.#close = close;
    return turns;
  }

  /** Writers and readers of a file do not hinder each other in this mode, which stays with the file. */
  async #setUp(turns: Turns, deadline: Deadline): Promise<void> {
    const mode = await turns.untilFree(deadline, (connection) => {
      connection.exec(`pragma busy_timeout = ${this.#options.busyTimeoutMs}`);
      return connection.pragma("journal_mode = wal");
    });
    if (mode === "wal" || mode === "memory") return;
    throw new StoreError(
      "unsupported",
      `SQLite cannot keep a write-ahead log beside this file (its mode is ${String(mode)}): use a local disk.`,
    );
  }

  #configure(connection: Connection): void {
    checkVersionOfSqlite(connection);
    // Refused within a transaction, which is then waited for.
    connection.exec("begin; rollback");
    connection.exec(`pragma synchronous = ${this.#options.synchronous}`);
  }
}

/** For `unhex`. */
const OLDEST_MINOR = 41;

function checkVersionOfSqlite(connection: Connection): void {
  const [row] = connection.run({ text: "select sqlite_version() as version", values: [] });
  const version = String(row?.["version"]);
  const [major, minor] = version.split(".").map(Number);
  if (Number(major) > 3 || Number(minor) >= OLDEST_MINOR) return;
  throw new StoreError(
    "unsupported",
    `SQLite 3.${OLDEST_MINOR} or later is needed; the driver brings ${version}`,
  );
}
