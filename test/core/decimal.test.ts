import { Decimal as OtherDecimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatScaled } from "../../src/core/amounts.js";
import { Decimal, decimalText, toDecimal } from "../../src/core/decimal.js";

describe("what comes in", () => {
  it.each([
    ["1.50", "1.50"],
    ["not checked here", "not checked here"],
    [10n ** 30n, `1${"0".repeat(30)}`],
    [0.1, "0.1"],
    [1e21, `1${"0".repeat(21)}`],
    [1e-7, "0.0000001"],
    [-5, "-5"],
    [new Decimal("2.50"), "2.5"],
    [new OtherDecimal("1e-9"), "0.000000001"],
  ])("%s counts as %s", (input, text) => {
    expect(decimalText(input)).toBe(text);
  });

  it.each([
    Number.NaN,
    Infinity,
    -Infinity,
    new Decimal("NaN"),
    new Decimal("Infinity"),
    null,
    undefined,
    {},
    [1],
    true,
  ])("%s is no amount", (input) => {
    expect(decimalText(input)).toBeUndefined();
  });
});

describe("what comes out", () => {
  it("is exact, and plain digits in text and JSON", () => {
    const amount = toDecimal(9_223_372_036_854_775_807n, 12);
    expect(String(amount)).toBe("9223372.036854775807");
    expect(JSON.stringify({ amount: toDecimal(1n, 12) })).toBe('{"amount":"0.000000000001"}');
    expect(String(new Decimal("1e30"))).toBe(`1${"0".repeat(30)}`);
  });

  it("divides to 100 digits, halves up", () => {
    expect(String(new Decimal(2).div(3))).toBe(`0.${"6".repeat(99)}7`);
    expect(String(new Decimal("-2.5").round())).toBe("-3");
  });

  it("leaves the Decimal of others as it was", () => {
    expect(String(new OtherDecimal("1e30"))).toBe("1e+30");
  });
});

it("an amount's digits are those of its text, at every scale", () => {
  const amounts = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
    fc.bigInt({ min: -20_000_000n, max: 20_000_000n }),
    fc
      .tuple(fc.bigInt({ min: -999n, max: 999n }), fc.nat({ max: 15 }))
      .map(([lead, zeros]) => lead * 10n ** BigInt(zeros)),
  );
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 16 }), (value, scale) => {
      const { s, e, d } = toDecimal(value, scale);
      const expected = new Decimal(formatScaled(value, scale));
      expect({ s, e, d }).toEqual({ s: expected.s, e: expected.e, d: expected.d });
    }),
    { numRuns: 2_000 },
  );
});
