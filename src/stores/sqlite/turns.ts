import { StoreError } from "../../store/errors.js";
import { type Program, runNow } from "../sql/statement.js";
import type { Deadline } from "./deadline.js";
import type { Connection } from "./driver.js";
import { DriverFailure, step } from "./failure.js";
import { nextTurn, pause } from "./pause.js";

/** How the transactions of one connection are run. */
export interface TurnSettings {
  /** Given for a connection of the app, whose own is left as it was. */
  readonly busyTimeoutMs: number | null;
  /** Throws once the store is closed. */
  readonly checkOpen: () => void;
  /** Closes the connection, where it is the store's own. */
  readonly drop: (() => void) | null;
}

type Begin = "begin" | "begin immediate";

/**
 * Runs transactions, each from BEGIN to COMMIT in one turn of the event loop: nothing of the app can come between,
 * not even where it uses the same connection. Who finds the database locked waits between turns.
 */
export class Turns {
  readonly #connection: Connection;
  readonly #settings: TurnSettings;
  #isDropped = false;

  constructor(connection: Connection, settings: TurnSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** All of the program's reads are of one snapshot of the database. */
  read<Result>(deadline: Deadline, program: () => Program<Result>): Promise<Result> {
    return this.#untilDone(deadline, false, () => this.#transaction("begin", program));
  }

  /** Under the lock of writers. The program is begun anew if it fails for a reason that passes. */
  async write<Result>(deadline: Deadline, program: () => Program<Result>): Promise<Result> {
    // Commits that follow each other without a pause must not keep timers and sockets from their turn.
    await nextTurn();
    return this.#untilDone(deadline, true, () => this.#transaction("begin immediate", program));
  }

  /** Does something on the connection until it no longer meets what passes. */
  async untilFree<Result>(deadline: Deadline, attempt: (connection: Connection) => Result): Promise<Result> {
    return this.#untilDone(deadline, true, () => step("begin", () => attempt(this.#connection)));
  }

  async #untilDone<Result>(deadline: Deadline, writes: boolean, attempt: () => Result): Promise<Result> {
    for (;;) {
      this.#settings.checkOpen();
      if (this.#isDropped) throw new StoreError("transient", "The connection to the database was given up.");
      try {
        return this.#withOwnTimeout(attempt);
      } catch (error) {
        if (!(error instanceof DriverFailure)) throw error;
        if (!error.isPassing || deadline.isOver) throw error.toStoreError(writes);
      }
      await pause(deadline);
    }
  }

  /** Waiting within SQLite stops the whole process. */
  #withOwnTimeout<Result>(attempt: () => Result): Result {
    const { busyTimeoutMs } = this.#settings;
    if (busyTimeoutMs === null) return attempt();
    const before = step("begin", () => Number(this.#connection.pragma("busy_timeout")));
    step("begin", () => this.#connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`));
    try {
      return attempt();
    } finally {
      this.#restoreTimeout(before);
    }
  }

  /** What was committed is committed, whatever becomes of the setting. */
  #restoreTimeout(timeoutMs: number): void {
    try {
      this.#connection.exec(`pragma busy_timeout = ${timeoutMs}`);
    } catch {
      return;
    }
  }

  #transaction<Result>(begin: Begin, program: () => Program<Result>): Result {
    const connection = this.#connection;
    step("begin", () => connection.exec(begin));
    try {
      const result = runNow(program(), (statement) => step("transaction", () => connection.run(statement)));
      step("commit", () => connection.exec("commit"));
      return result;
    } catch (error) {
      this.#rollBack(error);
      throw error;
    }
  }

  #rollBack(reason: unknown): void {
    try {
      this.#connection.exec("rollback");
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      if (String(error).includes("no transaction is active")) return;
      const { drop } = this.#settings;
      this.#isDropped = drop !== null;
      drop?.();
      throw stuck(drop !== null, reason, error);
    }
  }
}

/** A transaction ends with its connection; whether the app ends it with COMMIT, the store cannot know. */
function stuck(wasDropped: boolean, reason: unknown, error: unknown): StoreError {
  const isUncertain = !wasDropped || (reason instanceof DriverFailure && reason.phase === "commit");
  const cause = reason instanceof DriverFailure ? reason.cause : reason;
  const advice = wasDropped
    ? ""
    : " Close this connection: its transaction is open, and must not be committed.";
  const message = `A transaction failed and could not be rolled back (${String(error)}): ${String(cause)}.${advice}`;
  return new StoreError(isUncertain ? "ambiguous" : "transient", message, { cause });
}
