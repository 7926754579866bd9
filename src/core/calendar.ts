import { UTCDate } from "@date-fns/utc";
import { add, startOfMonth, sub, type Duration } from "date-fns";

export type { Duration };

/** The latest instant that JavaScript dates can hold; instants are UTC milliseconds. */
export const MAX_INSTANT = 8_640_000_000_000_000;

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;

/** NaN where the sum leaves the calendar. */
export function addDuration(instant: number, duration: Duration): number {
  return add(new UTCDate(instant), duration).getTime();
}

export function subtractDuration(instant: number, duration: Duration): number {
  return sub(new UTCDate(instant), duration).getTime();
}

export function startOfUtcMonth(instant: number): number {
  return startOfMonth(new UTCDate(instant)).getTime();
}

/** Usage counters are kept by UTC quarter-hour: every zone's hours and days are whole numbers of these. */
export function quarterHourOf(instant: number): number {
  return Math.floor(instant / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}
