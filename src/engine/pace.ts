/**
 * Time, waiting and chance, as the engine's tries and pauses meet them. A test, or a simulation, gives one of its own.
 * The business time of wallets is not told by it but by the engine's `clock`.
 *
 * @example
 * ```ts
 * import { createCreditEngine, type Pace } from "coffer";
 * import { memoryStore } from "coffer/memory";
 *
 * // No pause is waited for: time jumps to its end.
 * let elapsed = 0;
 * const pace: Pace = {
 *   monotonicMs: () => elapsed,
 *   wait: async (ms) => {
 *     elapsed += ms;
 *   },
 *   random: () => 0.5,
 * };
 * const credits = createCreditEngine({ catalog, store: memoryStore(), pace });
 * ```
 */
export interface Pace {
  /** Milliseconds since any fixed moment, fractions too; it never goes back. */
  monotonicMs(): number;
  /** Settles after so many milliseconds. */
  wait(ms: number): Promise<void>;
  /** At least 0 and below 1. */
  random(): number;
  /** Settles once what was begun is on its way to the database; default: at once. */
  turn?(): Promise<void>;
}

/** The machine's own. A pause keeps the process alive, as the call that waits for it should. */
export const MACHINE_PACE: Pace = {
  monotonicMs: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
  // Sockets are written to, and pools lend connections, before the next immediate.
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

const turn = setImmediate;

/**
 * Waits until the time is over, or a signal says stop. A pace whose pauses take no time must not keep the process from
 * everything else.
 */
export async function pauseUnlessAborted(
  pace: Pace,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ended = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal?.addEventListener("abort", () => resolve(), { once: true, signal: ended.signal });
  });
  await Promise.race([pace.wait(ms), aborted]);
  ended.abort();
  await new Promise<void>((resolve) => {
    turn(resolve);
  });
}

/** How long one call goes on trying. */
export interface Patience {
  /** What is left for the next call of the store, in whole milliseconds, at least 1. */
  leftMs(): number;
  isOver(): boolean;
  /** After a failure. @returns whether to try again. */
  pause(): Promise<boolean>;
}

/** Who still has time, and who has not: by one look at each, since time goes on between two. */
export function partByTime<Waiting extends { readonly patience: Patience }>(
  waiting: readonly Waiting[],
): { readonly inTime: readonly Waiting[]; readonly late: readonly Waiting[] } {
  const inTime: Waiting[] = [];
  const late: Waiting[] = [];
  for (const one of waiting) (one.patience.isOver() ? late : inTime).push(one);
  return { inTime, late };
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 250;

/** Tries until its time is up, after pauses that double and are drawn at random: many that fail together part. */
export class Deadline implements Patience {
  private readonly until: number;
  private longest = FIRST_PAUSE_MS;

  constructor(
    private readonly pace: Pace,
    timeoutMs: number,
  ) {
    this.until = pace.monotonicMs() + timeoutMs;
  }

  leftMs(): number {
    return Math.max(1, Math.ceil(this.left()));
  }

  isOver(): boolean {
    return this.left() <= 0;
  }

  async pause(): Promise<boolean> {
    if (this.isOver()) return false;
    await this.pace.wait(Math.min(this.pace.random() * this.longest, this.left()));
    this.longest = Math.min(2 * this.longest, LONGEST_PAUSE_MS);
    return !this.isOver();
  }

  private left(): number {
    return this.until - this.pace.monotonicMs();
  }
}

/** Tries once: where a failure ends more than the call, as it ends a transaction of the app. */
export class SingleTry implements Patience {
  constructor(private readonly timeoutMs: number) {}

  leftMs(): number {
    return this.timeoutMs;
  }

  isOver(): boolean {
    return false;
  }

  async pause(): Promise<boolean> {
    return false;
  }
}
