/** Where a chart's points begin and end: by the clocks of a zone, whatever these do. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChartUnit, chartBounds, isTimeZone } from "../../src/core/chart-bounds.js";

const MOST = 1_000;
const QUARTER_HOUR = 900_000;

function bounds(from: string, to: string, unit: ChartUnit, timeZone: string): string[] {
  const span = { from: Date.parse(from), to: Date.parse(to) };
  return chartBounds(span, unit, timeZone, MOST).map((bound) => new Date(bound).toISOString().slice(0, 16));
}

test("days of Berlin: the one on which clocks go forward has 23 hours", () => {
  expect(bounds("2026-03-28T12:00Z", "2026-03-31T00:00Z", "day", "Europe/Berlin")).toEqual([
    "2026-03-28T12:00",
    "2026-03-28T23:00",
    "2026-03-29T22:00",
    "2026-03-30T22:00",
    "2026-03-31T00:00",
  ]);
});

test("an hour that New York's clocks show twice is two hours", () => {
  expect(bounds("2026-11-01T04:30Z", "2026-11-01T07:10Z", "hour", "America/New_York")).toEqual([
    "2026-11-01T04:30",
    "2026-11-01T05:00",
    "2026-11-01T06:00",
    "2026-11-01T07:00",
    "2026-11-01T07:15",
  ]);
});

test("hours of Kathmandu begin at a quarter past those of UTC", () => {
  expect(bounds("2026-01-01T00:00Z", "2026-01-01T01:30Z", "hour", "Asia/Kathmandu")).toEqual([
    "2026-01-01T00:00",
    "2026-01-01T00:15",
    "2026-01-01T01:15",
    "2026-01-01T01:30",
  ]);
});

test("weeks begin on Monday, months on the first, by the zone's clocks", () => {
  expect(bounds("2026-01-01T00:00Z", "2026-01-13T00:00Z", "week", "UTC").slice(1, -1)).toEqual([
    "2026-01-05T00:00",
    "2026-01-12T00:00",
  ]);
  expect(bounds("2026-01-31T12:00Z", "2026-03-05T00:00Z", "month", "Asia/Kolkata").slice(1, -1)).toEqual([
    "2026-01-31T18:30",
    "2026-02-28T18:30",
  ]);
});

test("the day that Samoa left out is none", () => {
  expect(bounds("2011-12-29T12:00Z", "2012-01-01T00:00Z", "day", "Pacific/Apia")).toEqual([
    "2011-12-29T12:00",
    "2011-12-30T10:00",
    "2011-12-31T10:00",
    "2012-01-01T00:00",
  ]);
});

test("a span is widened to quarter-hours", () => {
  expect(bounds("2026-01-01T00:14Z", "2026-01-01T00:16Z", "day", "UTC")).toEqual([
    "2026-01-01T00:00",
    "2026-01-01T00:30",
  ]);
});

test("zones are those that the runtime knows", () => {
  expect(["UTC", "Europe/Berlin", "Mars/Base", ""].map(isTimeZone)).toEqual([true, true, false, false]);
});

test("bounds rise, cover the span, and no point is longer than its unit can be", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
  ];
  const longest = { hour: 1.5, day: 25, week: 7 * 24 + 1, month: 31 * 24 + 1 };
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
      fc.integer({ min: 1, max: 40 * 24 * 3_600_000 }),
      fc.constantFrom<ChartUnit>("hour", "day", "week", "month"),
      fc.constantFrom(...zones),
      (from, length, unit, zone) => {
        const found = chartBounds({ from, to: from + length }, unit, zone, MOST);
        expect(found[0]).toBe(Math.floor(from / QUARTER_HOUR) * QUARTER_HOUR);
        expect(found.at(-1)).toBe(Math.ceil((from + length) / QUARTER_HOUR) * QUARTER_HOUR);
        for (const [index, bound] of found.slice(1).entries()) {
          const hours = (bound - (found[index] ?? 0)) / 3_600_000;
          expect(hours).toBeGreaterThan(0);
          expect(hours).toBeLessThanOrEqual(longest[unit]);
        }
      },
    ),
  );
});
