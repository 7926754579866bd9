import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Every,
  type Periods,
  addInZone,
  onePeriodAfter,
  periodAt,
  periodStart,
} from "../../src/core/period.js";

const MONTH: Every = { unit: "months", count: 1 };
const DAY: Every = { unit: "days", count: 1 };
const HOUR_MS = 3_600_000;

function starts(periods: Periods, numbers: readonly number[]): readonly string[] {
  return numbers.map((k) => new Date(periodStart(periods, k)).toISOString().replace(":00.000Z", "Z"));
}

function periods(anchor: string, every: Every, timeZone: string = "UTC"): Periods {
  return { anchor: Date.parse(anchor), every, timeZone };
}

const zoneOfMachine = process.env["TZ"];

afterEach(() => {
  if (zoneOfMachine === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zoneOfMachine;
});

describe("months end where they end", () => {
  it.each([
    [
      "2024-01-29T00:00Z",
      ["2024-02-29T00:00Z", "2024-03-29T00:00Z", "2025-02-28T00:00Z", "2025-03-29T00:00Z"],
    ],
    [
      "2024-01-30T00:00Z",
      ["2024-02-29T00:00Z", "2024-03-30T00:00Z", "2025-02-28T00:00Z", "2025-03-30T00:00Z"],
    ],
    [
      "2024-01-31T00:00Z",
      ["2024-02-29T00:00Z", "2024-03-31T00:00Z", "2025-02-28T00:00Z", "2025-03-31T00:00Z"],
    ],
  ])("from %s", (anchor, expected) => {
    expect(starts(periods(anchor, MONTH), [1, 2, 13, 14])).toEqual(expected);
  });

  it("the day of the anchor comes back after a short month, and before the anchor, too", () => {
    expect(starts(periods("2025-03-31T09:00Z", MONTH), [-1, 0, 1, 2])).toEqual([
      "2025-02-28T09:00Z",
      "2025-03-31T09:00Z",
      "2025-04-30T09:00Z",
      "2025-05-31T09:00Z",
    ]);
  });

  it("a leap day is the end of February in other years", () => {
    const years = periods("2024-02-29T00:00Z", { unit: "years", count: 1 });
    expect(starts(years, [1, 4])).toEqual(["2025-02-28T00:00Z", "2028-02-29T00:00Z"]);
  });
});

describe("the clocks of a zone", () => {
  const table = [
    ["Europe/Berlin", "skipped", "2025-03-29T01:30Z", ["2025-03-30T01:30Z", "2025-03-31T00:30Z"]],
    ["Europe/Berlin", "shown twice", "2025-10-25T00:30Z", ["2025-10-26T00:30Z", "2025-10-27T01:30Z"]],
    ["America/New_York", "skipped", "2025-03-08T07:30Z", ["2025-03-09T07:30Z", "2025-03-10T06:30Z"]],
    ["America/New_York", "shown twice", "2025-11-01T05:30Z", ["2025-11-02T05:30Z", "2025-11-03T06:30Z"]],
    ["Australia/Lord_Howe", "skipped", "2025-10-03T15:45Z", ["2025-10-04T15:45Z", "2025-10-05T15:15Z"]],
    ["Australia/Lord_Howe", "shown twice", "2025-04-04T14:45Z", ["2025-04-05T14:45Z", "2025-04-06T15:15Z"]],
    ["Asia/Kolkata", "kept", "2025-03-29T18:30Z", ["2025-03-30T18:30Z", "2025-03-31T18:30Z"]],
  ] as const;

  it.each(table)("of %s: a daily time that is %s", (timeZone, _, anchor, expected) => {
    expect(starts(periods(anchor, DAY, timeZone), [1, 2])).toEqual(expected);
  });

  it("a month in India ends at midnight there, not three days early", () => {
    expect(starts(periods("2025-01-30T18:30Z", MONTH, "Asia/Kolkata"), [1, 2])).toEqual([
      "2025-02-27T18:30Z",
      "2025-03-30T18:30Z",
    ]);
  });

  it("a day that a zone left out has no length", () => {
    const days = periods("2011-12-29T10:00Z", DAY, "Pacific/Apia");
    expect(starts(days, [1, 2, 3])).toEqual(["2011-12-30T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"]);
    expect(periodAt(days, Date.parse("2011-12-30T10:00Z"))).toBe(2);
  });

  it("hours are hours, whatever the clocks do", () => {
    const hours = periods("2025-03-30T00:00Z", { unit: "hours", count: 6 }, "Europe/Berlin");
    expect(starts(hours, [1, 2])).toEqual(["2025-03-30T06:00Z", "2025-03-30T12:00Z"]);
  });

  it("those of the machine do not matter", () => {
    const all = () =>
      table.map(([timeZone, , anchor]) => starts(periods(anchor, DAY, timeZone), [1, 2, 200]));
    const expected = all();
    for (const zone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]) {
      process.env["TZ"] = zone;
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      expect(all()).toEqual(expected);
    }
  });
});

describe("adding a length of time in a zone", () => {
  it("days keep the time of day, hours do not", () => {
    const saturday = Date.parse("2025-03-29T12:00Z");
    const add = (duration: Parameters<typeof addInZone>[1]) =>
      new Date(addInZone(saturday, duration, "Europe/Berlin")).toISOString();
    expect(add({ days: 1 })).toBe("2025-03-30T11:00:00.000Z");
    expect(add({ hours: 24 })).toBe("2025-03-30T12:00:00.000Z");
    expect(add({ months: 1, minutes: 30 })).toBe("2025-04-29T11:30:00.000Z");
    expect(add({ seconds: 1.005 })).toBe("2025-03-29T12:00:01.005Z");
  });

  it("one period after a start ends with that period, and after any other instant is as long", () => {
    const months = periods("2025-01-31T00:00Z", MONTH);
    const after = (instant: string) => new Date(onePeriodAfter(months, Date.parse(instant))).toISOString();
    expect(after("2025-02-28T00:00Z")).toBe("2025-03-31T00:00:00.000Z");
    expect(after("2025-02-27T00:00Z")).toBe("2025-03-27T00:00:00.000Z");
  });

  it("beyond the calendar there is nothing", () => {
    expect(periodStart(periods("2025-01-31T00:00Z", MONTH), 10_000_000)).toBeNaN();
    expect(periodStart(periods("2025-01-31T00:00Z", MONTH, "Asia/Kolkata"), 10_000_000)).toBeNaN();
  });
});

describe("periods", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
  ];
  const anyPeriods = fc.record({
    anchor: fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
    every: fc.record({
      unit: fc.constantFrom("years", "months", "weeks", "days", "hours", "minutes"),
      count: fc.integer({ min: 1, max: 40 }),
    }),
    timeZone: fc.constantFrom(...zones),
  });

  it("follow each other, and each instant lies in the one that is said", () => {
    fc.assert(
      fc.property(anyPeriods, fc.integer({ min: -500, max: 500 }), fc.nat(), (all, k, ms) => {
        const start = periodStart(all, k);
        const end = periodStart(all, k + 1);
        expect(end).toBeGreaterThanOrEqual(start);
        const instant = start + (ms % HOUR_MS);
        const found = periodAt(all, instant);
        expect(periodStart(all, found)).toBeLessThanOrEqual(instant);
        expect(periodStart(all, found + 1)).toBeGreaterThan(instant);
      }),
    );
  });
});
