import { UTCDate } from "@date-fns/utc";
import type { Duration as DateFnsDuration } from "date-fns";
import { add } from "date-fns/add";
import { startOfMonth } from "date-fns/startOfMonth";
import { sub } from "date-fns/sub";

/** A length of time by the calendar, in the shape of date-fns: `{ months: 1 }`, `{ days: 1, hours: 12 }`. */
export interface Duration {
  readonly years?: number | undefined;
  readonly months?: number | undefined;
  readonly weeks?: number | undefined;
  readonly days?: number | undefined;
  readonly hours?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seconds?: number | undefined;
}

/** The latest instant that JavaScript dates can hold; instants are UTC milliseconds. */
export const MAX_INSTANT = 8_640_000_000_000_000;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;

/** NaN where the sum leaves the calendar. */
export function addDuration(instant: number, duration: Duration): number {
  return add(new UTCDate(instant), given(duration)).getTime();
}

export function subtractDuration(instant: number, duration: Duration): number {
  return sub(new UTCDate(instant), given(duration)).getTime();
}

export function startOfUtcMonth(instant: number): number {
  return startOfMonth(new UTCDate(instant)).getTime();
}

/** Usage counters are kept by UTC quarter-hour: every zone's hours and days are whole numbers of these. */
export function quarterHourOf(instant: number): number {
  return Math.floor(instant / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

/** The end of the quarter-hour that an instant lies in; of one that begins a quarter-hour, itself. */
export function nextQuarterHourOf(instant: number): number {
  return Math.ceil(instant / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

/** Parts that are undefined count as left out, which date-fns's type, unlike its code, does not know. */
function given(duration: Duration): DateFnsDuration {
  return duration as DateFnsDuration;
}
