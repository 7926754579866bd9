import { tzOffset } from "@date-fns/tz";
import { UTCDate } from "@date-fns/utc";
import type { Duration as DateFnsDuration } from "date-fns";
import { add } from "date-fns/add";
import { DAY_MS, type Duration, HOUR_MS, MAX_INSTANT, MINUTE_MS } from "./calendar.js";

/** How long a period is: a count of one unit. Hours and less are fixed lengths, the others follow the calendar of a zone. */
export interface Every {
  readonly unit: PeriodUnit;
  readonly count: number;
}

export function isSameEvery(a: Every, b: Every): boolean {
  return a.unit === b.unit && a.count === b.count;
}

export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export const PERIOD_UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"] as const;

/**
 * Periods without end in both directions: period k starts at the anchor and k times `every`, by the clocks of a zone. The
 * day of the anchor is clamped to the month's end each time anew: January 31, February 28, March 31.
 */
export interface Periods {
  readonly every: Every;
  /** UTC milliseconds. */
  readonly anchor: number;
  /** IANA. */
  readonly timeZone: string;
}

const FIXED_MS: Partial<Record<PeriodUnit, number>> = { hours: HOUR_MS, minutes: MINUTE_MS, seconds: 1_000 };

/** About the length of a unit: close enough to begin a search at. */
const ABOUT_MS: Readonly<Record<PeriodUnit, number>> = {
  years: 365.2425 * DAY_MS,
  months: (365.2425 / 12) * DAY_MS,
  weeks: 7 * DAY_MS,
  days: DAY_MS,
  hours: HOUR_MS,
  minutes: MINUTE_MS,
  seconds: 1_000,
};

/** @returns UTC milliseconds at which period `k` starts; NaN beyond the calendar. */
export function periodStart({ every: { unit, count }, anchor, timeZone }: Periods, k: number): number {
  const fixed = FIXED_MS[unit];
  if (fixed !== undefined) return withinCalendar(anchor + k * count * fixed);
  return inZone(anchor, { [unit]: k * count }, timeZone);
}

/** @returns the latest period that starts at or before an instant. A period that a zone left out whole is never it. */
export function periodAt(periods: Periods, instant: number): number {
  const { every, anchor } = periods;
  let k = Math.floor((instant - anchor) / (ABOUT_MS[every.unit] * every.count));
  while (periodStart(periods, k) > instant) k--;
  while (periodStart(periods, k + 1) <= instant) k++;
  return k;
}

/** @returns the end of the period that begins at `start`, or of one as long that begins in the middle of another. */
export function onePeriodAfter(periods: Periods, start: number): number {
  const k = periodAt(periods, start);
  if (periodStart(periods, k) === start) return periodStart(periods, k + 1);
  const { unit, count } = periods.every;
  return addInZone(start, { [unit]: count }, periods.timeZone);
}

/** An instant and a length of time, days and longer by the clocks of a zone; NaN beyond the calendar. */
export function addInZone(instant: number, duration: Duration, timeZone: string): number {
  const { hours = 0, minutes = 0, seconds = 0, ...calendar } = duration;
  const fixed = Math.round(hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1_000);
  return withinCalendar(inZone(instant, calendar, timeZone) + fixed);
}

function inZone(
  instant: number,
  calendar: Omit<Duration, "hours" | "minutes" | "seconds">,
  timeZone: string,
): number {
  if (timeZone === "UTC") return added(instant, calendar);
  return withinCalendar(instantOf(added(instant + offsetMs(timeZone, instant), calendar), timeZone));
}

function added(instant: number, calendar: Duration): number {
  return add(new UTCDate(instant), calendar as DateFnsDuration).getTime();
}

/**
 * The instant at which the clocks of a zone show a time. What they skip moves by the gap; what they show twice is the first
 * of the two.
 *
 * @param wall That time as if it were UTC, in milliseconds.
 */
export function instantOf(wall: number, timeZone: string): number {
  if (Number.isNaN(wall)) return wall;
  // No zone is a day away from UTC: these lie before and after whatever happens around this wall time.
  const before = offsetMs(timeZone, wall - DAY_MS);
  const first = wall - before;
  if (offsetMs(timeZone, first) === before) return first;
  const after = offsetMs(timeZone, wall + DAY_MS);
  const second = wall - after;
  return offsetMs(timeZone, second) === after ? second : first;
}

function offsetMs(timeZone: string, instant: number): number {
  return Math.round(tzOffset(timeZone, new UTCDate(withinCalendar(instant))) * MINUTE_MS);
}

function withinCalendar(instant: number): number {
  return Math.abs(instant) <= MAX_INSTANT ? instant : Number.NaN;
}
