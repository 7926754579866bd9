import { type Duration, addDuration } from "../core/calendar.js";

/** A clock that stands still until it is told to move: pass it as the engine's `clock`. */
export interface ManualClock {
  (): number;
  /** Moves on by a duration, by the UTC calendar. */
  advance(by: Duration): void;
  /** Sets it to an instant; back, too, as real clocks sometimes do. */
  set(instant: Date | number): void;
}

/**
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 * import { manualClock } from "coffer/testing";
 *
 * const clock = manualClock("2026-01-01T00:00:00Z");
 * const credits = createCreditEngine({ catalog, store: memoryStore(), clock });
 * clock.advance({ days: 31 });
 * ```
 */
export function manualClock(start: Date | number | string): ManualClock {
  let now = new Date(start).getTime();
  return Object.assign(() => now, {
    advance: (by: Duration) => {
      now = addDuration(now, by);
    },
    set: (instant: Date | number) => {
      now = new Date(instant).getTime();
    },
  });
}
