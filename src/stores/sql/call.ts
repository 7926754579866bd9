import { StoreError } from "../../store/errors.js";
import type { Phase } from "./failures/store-error.js";

const DEFAULT_TIMEOUT_MS = 10_000;

/** One call of the store, from its first wait to its answer: how long it may take, and how far it has come. */
export class Call {
  phase: Phase = "connect";
  /** The deadline has passed: whoever works for this call stops. */
  isOver = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly deadline: Promise<never>;

  constructor(
    readonly writes: boolean,
    readonly timeoutMs: number = DEFAULT_TIMEOUT_MS,
  ) {
    this.deadline = new Promise((_, reject) => {
      this.timer = setTimeout(() => {
        this.isOver = true;
        reject(this.timedOut());
      }, timeoutMs);
    });
    // Nobody may be waiting when it passes.
    this.deadline.catch(() => undefined);
  }

  /** The promise's value, if it comes in time. */
  inTime<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([promise, this.deadline]);
  }

  /** Call it when the call has been answered. */
  end(): void {
    clearTimeout(this.timer);
  }

  private timedOut(): StoreError {
    const mayHaveCommitted = this.writes && (this.phase === "autocommit" || this.phase === "commit");
    const outcome = mayHaveCommitted
      ? "It may have been written, or may be yet."
      : this.writes
        ? "Nothing was written."
        : "";
    return new StoreError(
      mayHaveCommitted ? "ambiguous" : "transient",
      `The database did not answer within ${this.timeoutMs} ms. ${outcome}`.trimEnd(),
    );
  }
}
