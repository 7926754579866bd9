import { describe, expect, it } from "vitest";
import {
  DAY_MS,
  MAX_INSTANT,
  MINUTE_MS,
  addDuration,
  quarterHourOf,
  startOfUtcMonth,
  subtractDuration,
} from "../../src/core/calendar.js";

const at = (text: string) => Date.parse(text);

it("the units of time", () => {
  expect([MINUTE_MS, DAY_MS]).toEqual([60_000, 86_400_000]);
  expect(Number.isNaN(new Date(MAX_INSTANT).getTime())).toBe(false);
  expect(Number.isNaN(new Date(MAX_INSTANT + 1).getTime())).toBe(true);
});

describe("adding a duration", () => {
  it("of months clamps the day to the month's end", () => {
    expect(addDuration(at("2025-01-31T10:00Z"), { months: 1 })).toBe(at("2025-02-28T10:00Z"));
    expect(addDuration(at("2024-01-31T10:00Z"), { months: 1 })).toBe(at("2024-02-29T10:00Z"));
    expect(subtractDuration(at("2025-03-31T10:00Z"), { months: 1 })).toBe(at("2025-02-28T10:00Z"));
  });

  it("of days and hours is exact in UTC", () => {
    expect(addDuration(at("2025-03-29T12:00Z"), { days: 2, hours: 1 })).toBe(at("2025-03-31T13:00Z"));
    expect(subtractDuration(at("2025-03-29T12:00Z"), { days: 35 })).toBe(at("2025-02-22T12:00Z"));
  });

  it("that leaves the calendar is no instant", () => {
    expect(addDuration(MAX_INSTANT, { seconds: 1 })).toBeNaN();
  });
});

describe("a UTC month", () => {
  it.each([
    ["2025-01-01T00:00Z", "2025-01-01T00:00Z"],
    ["2025-01-31T23:59:59.999Z", "2025-01-01T00:00Z"],
    ["2025-02-01T00:00Z", "2025-02-01T00:00Z"],
    ["1969-12-31T23:00Z", "1969-12-01T00:00Z"],
  ])("%s lies in that of %s", (instant, start) => {
    expect(startOfUtcMonth(at(instant))).toBe(at(start));
  });
});

describe("a quarter of an hour", () => {
  it.each([
    ["2025-01-01T00:00Z", "2025-01-01T00:00Z"],
    ["2025-01-01T00:14:59.999Z", "2025-01-01T00:00Z"],
    ["2025-01-01T00:15Z", "2025-01-01T00:15Z"],
    ["1969-12-31T23:59Z", "1969-12-31T23:45Z"],
  ])("%s lies in that of %s", (instant, start) => {
    expect(quarterHourOf(at(instant))).toBe(at(start));
  });
});
