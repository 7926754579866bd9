/** Money as Stripe counts it, exactly. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromStripe, toStripe } from "../../../src/billing/stripe/money.js";

test.each([
  ["85.00", "USD", 8_500],
  ["0.01", "EUR", 1],
  ["-2.5", "EUR", -250],
  ["1000", "JPY", 1_000],
  ["1000.00", "JPY", 1_000],
  ["5", "MGA", 5],
  ["5", "ISK", 500],
  ["5", "UGX", 500],
  ["10.05", "HUF", 1_005],
  ["10.05", "TWD", 1_005],
  ["1.23", "KWD", 1_230],
  ["9007199254740.99", "USD", 900_719_925_474_099],
])("%s %s are %d", (amount, currency, minor) => {
  expect(toStripe({ amount, currency })).toBe(minor);
});

test.each([
  ["0.005", "USD", "a multiple of 0.01"],
  ["0.5", "JPY", "a multiple of 1"],
  ["0.50", "MGA", "a multiple of 1"],
  ["5.50", "ISK", "a multiple of 1"],
  ["5.50", "UGX", "a multiple of 1"],
  ["1.234", "KWD", "a multiple of 0.01"],
  ["1e3", "USD", "is no amount"],
  ["", "USD", "is no amount"],
  ["1", "dollars", "Stripe takes no dollars"],
  ["1.000", "IQD", "Stripe takes no IQD"],
  ["90071992547409.92", "USD", "more than Stripe can take"],
])("%s %s cannot be taken, and are not rounded", (amount, currency, why) => {
  expect(() => toStripe({ amount, currency })).toThrow(
    expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(why) as string }),
  );
});

test.each([
  [8_500, "usd", "85.00"],
  [1, "usd", "0.01"],
  [-5, "usd", "-0.05"],
  [1_000, "jpy", "1000"],
  [5, "mga", "5.00"],
  [500, "isk", "5"],
  [550, "isk", "5.5"],
  [1_230, "kwd", "1.230"],
  [0, "usd", "0.00"],
])("%d %s read back are %s", (minor, currency, amount) => {
  expect(fromStripe(minor, currency)).toEqual({ amount, currency: currency.toUpperCase() });
});

test("whatever Stripe tells can be told to it again", () => {
  const steps = { USD: 1, JPY: 1, MGA: 1, ISK: 100, UGX: 100, HUF: 1, TWD: 1, KWD: 10, TND: 10 } as const;
  const currencies = Object.keys(steps) as (keyof typeof steps)[];
  fc.assert(
    fc.property(fc.constantFrom(...currencies), fc.integer({ min: -1e12, max: 1e12 }), (currency, count) => {
      const minor = count * steps[currency];
      expect(BigInt(toStripe(fromStripe(minor, currency)))).toBe(BigInt(minor));
    }),
  );
});
