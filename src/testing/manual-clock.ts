import { durationSchema } from "../catalog/inputs.js";
import { parseInput, show } from "../catalog/parse-input.js";
import { type Duration, addDuration } from "../core/calendar.js";

/** A clock that stands still until it is told to move: pass it as the engine's `clock`. */
export interface ManualClock {
  (): number;
  /** Moves on by a duration longer than nothing, by the UTC calendar; back only goes `set`. */
  advance(by: Duration): void;
  /** Sets it to an instant; back, too, as real clocks sometimes do. */
  set(instant: Date | number): void;
}

/**
 * @throws RangeError for what is no instant, and for an advance that leaves the calendar; the clock stays as it was.
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
  let now = instantOf(start);
  return Object.assign(() => now, {
    advance: (by: Duration) => {
      now = advanced(now, by);
    },
    set: (instant: Date | number) => {
      now = instantOf(instant);
    },
  });
}

function instantOf(given: unknown): number {
  const instant = millisecondsOf(given);
  if (Number.isNaN(instant))
    throw new RangeError(
      `manualClock: give a valid Date, UTC milliseconds or an ISO 8601 text; got ${show(given)}.`,
    );
  return instant;
}

/** NaN for what is no instant, proxies that throw included. */
function millisecondsOf(given: unknown): number {
  try {
    const isInstant = typeof given === "number" || typeof given === "string" || given instanceof Date;
    return isInstant ? new Date(given).getTime() : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

function advanced(instant: number, by: unknown): number {
  try {
    const duration = parseInput(durationSchema, by, "manualClock.advance");
    checkWholeMilliseconds(duration);
    return instantOf(addDuration(instant, duration));
  } catch (cause) {
    const why = cause instanceof RangeError ? "it leaves the calendar of JavaScript" : messageOf(cause);
    throw new RangeError(
      `manualClock: give a duration as in { days: 31 }, and \`set\` an instant to go back: ${why}`,
      { cause },
    );
  }
}

/** What comes of decimals of seconds, 1.1 of them, misses a whole number by so little. */
const ROUNDING_MS = 1e-6;

function checkWholeMilliseconds({ hours = 0, minutes = 0, seconds = 0 }: Duration): void {
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  if (Math.abs(ms - Math.round(ms)) > ROUNDING_MS)
    throw new TypeError(
      `instants are whole milliseconds, and its hours, minutes and seconds are ${ms} of them.`,
    );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "reading it threw";
}
