import { StoreError } from "../../store/errors.js";
import { chainOf } from "../sql/failures/driver-error.js";
import { classifySqlite } from "../sql/failures/sqlite.js";
import { type Phase, storeErrorFor } from "../sql/failures/store-error.js";

/** An error of the driver, told apart from those of `decide` and of checks, which pass on as they are. */
export class DriverFailure extends Error {
  constructor(
    /** `begin`: nothing was done yet. */
    readonly phase: "begin" | Exclude<Phase, "connect">,
    override readonly cause: unknown,
  ) {
    super("The driver failed", { cause });
  }

  /** Whether the same may succeed in a moment. */
  get isPassing(): boolean {
    if (this.phase === "begin" && isWithinTransaction(this.cause)) return true;
    const failure = classifySqlite(this.cause);
    return failure !== null && failure.outcome === "undone" && failure.again;
  }

  toStoreError(writes: boolean): StoreError {
    if (this.phase === "begin" && isWithinTransaction(this.cause)) return heldByApp(this.cause);
    const failure = classifySqlite(this.cause);
    const phase = this.phase === "begin" ? (failure === null ? "connect" : "transaction") : this.phase;
    return storeErrorFor(failure, phase, this.cause, writes);
  }
}

/** Runs one step of a driver, and marks what it throws. */
export function step<Result>(phase: DriverFailure["phase"], run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw new DriverFailure(phase, error);
  }
}

function isWithinTransaction(error: unknown): boolean {
  return chainOf(error).some(({ message }) => message.includes("within a transaction"));
}

function heldByApp(cause: unknown): StoreError {
  const message =
    "The connection is inside a transaction of the app, which did not end in time. Nothing was written. " +
    "Within it, use `credits.withTransaction`; outside, wait until it has ended.";
  return new StoreError("transient", message, { cause });
}

const BUSY = 5;
const BUSY_SNAPSHOT = 517;

/** Another holds the write lock. Not meant: somebody wrote since the transaction read, which waiting does not mend. */
export function isLockHeld(error: unknown): boolean {
  return chainOf(error).some(({ code, resultCode }) => {
    if (code.startsWith("SQLITE_")) return code.startsWith("SQLITE_BUSY") && code !== "SQLITE_BUSY_SNAPSHOT";
    return resultCode !== null && (resultCode & 255) === BUSY && resultCode !== BUSY_SNAPSHOT;
  });
}
