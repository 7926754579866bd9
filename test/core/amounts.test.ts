import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_AMOUNT,
  MAX_QUANTITY,
  QUANTITY_UNIT,
  type RoundingMode,
  formatScaled,
  minimum,
  parseDecimal,
  roundRatio,
  sum,
  toScaled,
} from "../../src/core/amounts.js";

describe("the range", () => {
  it("of an amount is 64 bits with a sign, of a quantity a thousand million million", () => {
    expect(MAX_AMOUNT).toBe(9_223_372_036_854_775_807n);
    expect(QUANTITY_UNIT).toBe(1_000_000_000_000n);
    expect(MAX_QUANTITY).toBe(1_000_000_000_000_000_000_000_000_000n);
  });
});

describe("reading a decimal", () => {
  it.each([
    ["0", 0n, 0],
    ["12", 12n, 0],
    ["+12", 12n, 0],
    ["-12.5", -125n, 1],
    ["0.10", 1n, 1],
    ["007.0300", 703n, 2],
    ["100", 100n, 0],
    ["5.000", 5n, 0],
    ["-0", 0n, 0],
  ])("%s is %s at %s places", (text, digits, places) => {
    expect(parseDecimal(text)).toEqual({ digits, places });
  });

  it.each([
    "",
    " 1",
    "1 ",
    "1.",
    ".5",
    "1e3",
    "0x10",
    "1,000",
    "--1",
    "NaN",
    "Infinity",
    "1.2.3",
    "١",
    "1\n",
  ])("%j is none", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it("takes texts of 100 characters and no longer ones", () => {
    expect(parseDecimal("1".repeat(100))).toEqual({ digits: BigInt("1".repeat(100)), places: 0 });
    expect(parseDecimal("1".repeat(101))).toBeUndefined();
  });
});

describe("scaling", () => {
  it("moves the point, and refuses more places than the scale", () => {
    expect(toScaled({ digits: 15n, places: 1 }, 3)).toBe(1_500n);
    expect(toScaled({ digits: 15n, places: 1 }, 1)).toBe(15n);
    expect(toScaled({ digits: 15n, places: 1 }, 0)).toBeUndefined();
  });

  it.each([
    [0n, 6, "0"],
    [1n, 6, "0.000001"],
    [-1n, 6, "-0.000001"],
    [1_500_000n, 6, "1.5"],
    [-12_000_000n, 6, "-12"],
    [100n, 0, "100"],
    [1_000n, 2, "10"],
    [1_001n, 2, "10.01"],
  ])("%s at scale %s is %s", (value, scale, text) => {
    expect(formatScaled(value, scale)).toBe(text);
  });

  it("and text undo each other", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT }), fc.nat(12), (value, scale) => {
        const parts = parseDecimal(formatScaled(value, scale));
        expect(parts && toScaled(parts, scale)).toBe(value);
      }),
      { numRuns: 50 },
    );
  });
});

describe("rounding", () => {
  const cases: readonly [RoundingMode, readonly number[]][] = [
    ["half-up", [-2, -2, -1, 0, 0, 0, 1, 2, 2]],
    ["half-even", [-2, -2, -1, 0, 0, 0, 1, 2, 2]],
    ["up", [-2, -2, -2, -1, 0, 1, 2, 2, 2]],
    ["down", [-2, -1, -1, 0, 0, 0, 1, 1, 2]],
  ];
  it.each(cases)("%s takes −2 −1.5 −1.25 −0.25 0 0.25 1.25 1.5 2 to %j", (mode, expected) => {
    const quarters = [-8n, -6n, -5n, -1n, 0n, 1n, 5n, 6n, 8n];
    expect(quarters.map((numerator) => Number(roundRatio({ numerator, denominator: 4n }, mode)))).toEqual(
      expected,
    );
  });

  it("takes halves away from zero, or to the even neighbour", () => {
    const halves = [-5n, -3n, -1n, 1n, 3n, 5n];
    const rounded = (mode: RoundingMode) =>
      halves.map((numerator) => Number(roundRatio({ numerator, denominator: 2n }, mode)));
    expect(rounded("half-up")).toEqual([-3, -2, -1, 1, 2, 3]);
    expect(rounded("half-even")).toEqual([-2, -2, 0, 0, 2, 2]);
  });

  it("goes up past a half and down below it", () => {
    const thirds = (mode: RoundingMode) =>
      [4n, 5n].map((numerator) => roundRatio({ numerator, denominator: 3n }, mode));
    expect(thirds("half-up")).toEqual([1n, 2n]);
    expect(thirds("half-even")).toEqual([1n, 2n]);
    expect(thirds("up")).toEqual([2n, 2n]);
    expect(thirds("down")).toEqual([1n, 1n]);
  });
});

it("the least and the sum of amounts", () => {
  expect([minimum(2n, 3n), minimum(3n, 2n), minimum(-1n, 1n)]).toEqual([2n, 2n, -1n]);
  expect([sum([]), sum([1n, -2n, 5n])]).toEqual([0n, 4n]);
});
