import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { floorShare, minorPlaces, minorText, moneyFor } from "../../src/core/money.js";

describe("minor units", () => {
  it("are hundredths of most monies", () => {
    expect(["USD", "EUR", "GBP", "XYZ"].map(minorPlaces)).toEqual([2, 2, 2, 2]);
  });

  it("are none of the yen and its like", () => {
    const none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
    expect(none.map(minorPlaces)).toEqual(none.map(() => 0));
  });

  it("are thousandths of the dinars and the Omani rial, and ten-thousandths of two units of account", () => {
    const thousandths = "BHD IQD JOD KWD LYD OMR TND".split(" ");
    expect(thousandths.map(minorPlaces)).toEqual(thousandths.map(() => 3));
    expect(["CLF", "UYW"].map(minorPlaces)).toEqual([4, 4]);
  });
});

describe("the price of credits past zero", () => {
  it.each([
    ["0.01", "USD", 150n, 0, 150n],
    ["0.015", "USD", 1n, 0, 2n],
    ["0.014", "USD", 1n, 0, 1n],
    ["2", "JPY", 3n, 0, 6n],
    ["0.5", "JPY", 1n, 0, 1n],
    ["0.4", "JPY", 1n, 0, 0n],
    ["1.5", "KWD", 2n, 0, 3_000n],
    ["0.01", "USD", 1_500_000n, 6, 2n],
    ["0.01", "USD", 1_499_999n, 6, 1n],
    ["0.015", "USD", -1n, 0, -2n],
    ["0", "USD", 100n, 0, 0n],
  ])("at %s %s of %s at scale %s is %s", (amount, currency, credits, scale, minor) => {
    expect(moneyFor({ amount, currency }, credits, scale)).toBe(minor);
  });
});

describe("the share that goes with credits", () => {
  it("is rounded down", () => {
    expect([1n, 2n, 3n].map((part) => floorShare(1_000n, part, 3n))).toEqual([333n, 666n, 1_000n]);
  });

  it("sums to the whole however it is split", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 12n),
        fc.array(fc.bigInt(1n, 50n), { minLength: 1 }),
        (total, parts) => {
          const whole = parts.reduce((a, b) => a + b, 0n);
          let gone = 0n;
          let money = 0n;
          for (const part of parts) {
            money += floorShare(total, gone + part, whole) - floorShare(total, gone, whole);
            gone += part;
          }
          expect(money).toBe(total);
        },
      ),
      { numRuns: 40 },
    );
  });
});

test.each([
  [500n, "USD", "5.00"],
  [5n, "USD", "0.05"],
  [-1_250n, "EUR", "-12.50"],
  [500n, "JPY", "500"],
  [1n, "KWD", "0.001"],
])("%s minor units of %s are written %s", (minor, currency, text) => {
  expect(minorText(minor, currency)).toBe(text);
});
