import { TZDate } from "@date-fns/tz";
import { addDays } from "date-fns/addDays";
import { addMonths } from "date-fns/addMonths";
import { addWeeks } from "date-fns/addWeeks";
import { startOfDay } from "date-fns/startOfDay";
import { startOfISOWeek } from "date-fns/startOfISOWeek";
import { startOfMonth } from "date-fns/startOfMonth";
import { HOUR_MS, MINUTE_MS, nextQuarterHourOf, quarterHourOf } from "./calendar.js";

export type ChartUnit = "hour" | "day" | "week" | "month";

/** A span of time in UTC milliseconds, its end left out. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether the runtime knows an IANA time zone of this name. */
export function isTimeZone(name: string): boolean {
  return !Number.isNaN(new TZDate(0, name).getTime());
}

/**
 * The points of a chart: a span cut where the clocks of a zone begin a new hour, day, week (on Monday) or month. The
 * first and the last may be cut short by the span itself, which is widened to quarter-hours, for that is how usage is
 * counted.
 *
 * @returns starts of the points and the end of the last; at most `mostPoints` + 2 of them: where it is that, there are more.
 */
export function chartBounds(span: Span, unit: ChartUnit, timeZone: string, mostPoints: number): number[] {
  const end = nextQuarterHourOf(span.to);
  const bounds = [quarterHourOf(span.from)];
  let next = nextStart(unit, span.from, timeZone);
  while (next < end && bounds.length <= mostPoints) {
    bounds.push(next);
    next = nextStart(unit, next, timeZone);
  }
  bounds.push(end);
  return bounds;
}

function nextStart(unit: ChartUnit, instant: number, timeZone: string): number {
  if (unit === "hour") return nextHour(instant, timeZone);
  const local = new TZDate(instant, timeZone);
  const next = startAfter(unit, local, 1).getTime();
  // Where a zone left a day of the calendar out, its next day begins no later than this one.
  return next > instant ? next : startAfter(unit, local, 2).getTime();
}

function startAfter(unit: Exclude<ChartUnit, "hour">, local: TZDate, units: number): Date {
  switch (unit) {
    case "day":
      return startOfDay(addDays(local, units));
    case "week":
      return startOfISOWeek(addWeeks(local, units));
    case "month":
      return startOfMonth(addMonths(local, units));
  }
}

/** By the offset, since of an hour that clocks show twice, a calendar knows but one. */
function nextHour(instant: number, timeZone: string): number {
  const later = instant + HOUR_MS;
  const aheadMs = -new TZDate(later, timeZone).getTimezoneOffset() * MINUTE_MS;
  const sinceHour = (((later + aheadMs) % HOUR_MS) + HOUR_MS) % HOUR_MS;
  return later - sinceHour;
}
