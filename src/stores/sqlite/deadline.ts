import type { StoreError } from "../../store/errors.js";
import { refuse } from "../../store/intake/intake.js";

const DEFAULT_TIMEOUT_MS = 10_000;
/** What timers can wait for. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Until when a call may wait. */
export class Deadline {
  readonly #endsAt: number;

  constructor(timeoutMs: number = DEFAULT_TIMEOUT_MS) {
    if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
      refuse(`timeoutMs is not a number of milliseconds: ${String(timeoutMs)}`);
    }
    this.#endsAt = performance.now() + timeoutMs;
  }

  get leftMs(): number {
    return this.#endsAt - performance.now();
  }

  get isOver(): boolean {
    return this.leftMs <= 0;
  }

  /** Waits no longer than until then; whatever it was goes on. */
  async race<Result>(work: Promise<Result>, late: () => StoreError): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const lateness = new Promise<never>((_, reject) => {
      const left = Math.min(Math.max(this.leftMs, 0), LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => reject(late()), left);
    });
    try {
      return await Promise.race([work, lateness]);
    } finally {
      clearTimeout(timer);
    }
  }
}
