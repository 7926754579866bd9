import type { Duration } from "coffer";
import { manualClock } from "coffer/testing";
import { describe, expect, it, test } from "vitest";

const START = "2026-01-31T12:00:00.000Z";

test("a clock moves on by the calendar, and stands still otherwise", () => {
  const clock = manualClock(START);
  clock.advance({ months: 1 });
  expect(new Date(clock()).toISOString()).toBe("2026-02-28T12:00:00.000Z");
  clock.advance({ hours: 1, seconds: 0.5 });
  expect(new Date(clock()).toISOString()).toBe("2026-02-28T13:00:00.500Z");
});

test("an advance beyond the calendar is refused, and the clock stays", () => {
  const clock = manualClock("+270000-01-01T00:00:00Z");
  const before = clock();
  expect(() => clock.advance({ years: 9_000 })).toThrow(/leaves the calendar/);
  expect(clock()).toBe(before);
});

describe("what is no duration is refused with the value, and the clock stays", () => {
  it.each<[string, unknown, RegExp]>([
    ["a misspelt unit", { day: 31 }, /"day"/],
    ["less than nothing", { days: -1 }, /`days`.*-1/],
    ["half a day", { days: 0.5 }, /`days`.*0\.5/],
    ["no number", { days: Number.NaN }, /`days`.*NaN/],
    ["a text", { days: "31" }, /`days`.*"31"/],
    ["nothing", {}, /longer than nothing/],
    ["milliseconds", 86_400_000, /86400000/],
    ["left out", undefined, /undefined/],
    ["less than a millisecond", { seconds: 0.0004 }, /are 0\.4 of them/],
    ["a part of a millisecond", { seconds: 1.0005 }, /are 1000\.4999\d* of them|are 1000\.5\d* of them/],
    ["a part of a millisecond in minutes", { minutes: 0.00001 }, /are 0\.6\d* of them/],
    ["longer than any plan", { years: 300_000 }, /10,000 years/],
  ])("%s", (_, by, message) => {
    const clock = manualClock(START);
    const advance = () => clock.advance(by as Duration);
    expect(advance).toThrow(RangeError);
    expect(advance).toThrow(message);
    expect(new Date(clock()).toISOString()).toBe(START);
  });
});
