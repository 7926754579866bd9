import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rate } from "../../src/catalog/definition.js";
import { compileRate } from "../../src/catalog/compile-rate.js";
import { largestQuantity, priceOf, settleRate, stepOf } from "../../src/catalog/pricing.js";
import { formatScaled } from "../../src/core/amounts.js";
import { quantityOf } from "../core/support.js";

/** The price as text, in credits. */
function price(rate: Rate, quantity: number | string, scale = 6): string {
  const settled = settleRate(compileRate(rate, scale, "rate"), {});
  if (settled === undefined) throw new Error("no rate");
  return formatScaled(priceOf(settled, quantityOf(quantity), scale), scale);
}

describe("a linear rate", () => {
  it.each([
    [{ credits: 2 }, 3, "6"],
    [{ credits: "2", per: 1000 }, 1, "0.002"],
    [{ credits: "2", per: 1000 }, 1_500, "3"],
    [{ credits: "0.5" }, "0.5", "0.25"],
    [{ credits: 1, per: 3 }, 1, "0.333333"],
    [{ credits: 2, per: 3 }, 1, "0.666667"],
    [{ credits: 1, per: "0.25" }, 1, "4"],
    [{ credits: 0 }, 100, "0"],
  ] as const)("%o of %s costs %s", (rate, quantity, expected) => {
    expect(price(rate, quantity)).toBe(expected);
  });

  it("rounds once, by its mode, half-up by default", () => {
    const half = (rounding?: "half-up" | "half-even" | "up" | "down") =>
      [1, 3].map((quantity) => price({ credits: "0.5", ...(rounding && { rounding }) }, quantity, 0));
    expect(half()).toEqual(["1", "2"]);
    expect(half("half-up")).toEqual(["1", "2"]);
    expect(half("half-even")).toEqual(["0", "2"]);
    expect(half("up")).toEqual(["1", "2"]);
    expect(half("down")).toEqual(["0", "1"]);
  });
});

describe("a block rate", () => {
  it("charges each started block whole", () => {
    const rate = { credits: 10, per: 4, block: true };
    expect([0, "0.000000000001", 4, "4.000000000001", 8, 9].map((quantity) => price(rate, quantity))).toEqual(
      ["0", "10", "10", "20", "20", "30"],
    );
    expect(price({ credits: "0.5", block: true }, "1.5")).toBe("1");
  });
});

describe("tiers", () => {
  const rate = { tiers: [{ upTo: 10, credits: 2 }, { upTo: 20, credits: 1 }, { credits: "0.5" }] };

  it("price each part of the quantity in its tier; the bound belongs to the tier below", () => {
    expect([1, 10, 11, 20, 21, 30].map((quantity) => price(rate, quantity))).toEqual([
      "2",
      "20",
      "21",
      "30",
      "30.5",
      "35",
    ]);
  });

  it("may count by their own `per`, and round their sum once", () => {
    const thirds = {
      tiers: [
        { upTo: 1, credits: 1, per: 3 },
        { credits: 1, per: 3 },
      ],
    };
    expect(price(thirds, 2, 0)).toBe("1");
    expect(price(thirds, 1, 0)).toBe("0");
    expect(price({ ...thirds, rounding: "up" }, 1, 0)).toBe("1");
  });

  it("may have a minimum", () => {
    expect([0, 1, 9].map((quantity) => price({ ...rate, minimum: 15 }, quantity))).toEqual(["0", "15", "18"]);
  });
});

describe("a minimum", () => {
  it("is the least for a quantity above zero", () => {
    const rate = { credits: 1, minimum: 5 };
    expect([0, "0.001", 4, 5, 6].map((quantity) => price(rate, quantity))).toEqual(["0", "5", "5", "5", "6"]);
  });
});

describe("matching on dimensions", () => {
  const RATE = {
    match: [
      { when: { model: "large", area: ["eu", "us"] }, rate: { credits: 5 } },
      { when: { model: "large" }, rate: { credits: 4 } },
      {
        when: { model: ["small", "tiny"] },
        rate: { match: [{ when: { area: "eu" }, rate: { credits: 2 } }] },
      },
    ],
    fallback: { credits: 1 },
  };
  const credits = (dimensions: Readonly<Record<string, string>>) => {
    const settled = settleRate(compileRate(RATE, 0, "rate"), dimensions);
    return settled && Number(priceOf(settled, quantityOf(1), 0));
  };

  it("the first case that agrees on all it names wins, else the fallback", () => {
    expect(credits({ model: "large", area: "eu", more: "x" })).toBe(5);
    expect(credits({ model: "large", area: "us" })).toBe(5);
    expect(credits({ model: "large", area: "asia" })).toBe(4);
    expect(credits({ model: "large" })).toBe(4);
    expect(credits({ model: "tiny", area: "eu" })).toBe(2);
    expect(credits({})).toBe(1);
    expect(credits({ model: "" })).toBe(1);
  });

  it("a case that matched has no other rate to fall back on", () => {
    expect(credits({ model: "small", area: "us" })).toBeUndefined();
  });

  it("no case and no fallback is no rate", () => {
    const strict = compileRate({ match: [{ when: { a: "1" }, rate: { credits: 1 } }] }, 0, "rate");
    expect(settleRate(strict, { a: "2" })).toBeUndefined();
    expect(settleRate(strict, Object.create({ a: "1" }) as Record<string, string>)).toBeUndefined();
    const empty = compileRate({ match: [{ when: { a: "" }, rate: { credits: 1 } }] }, 0, "rate");
    expect([settleRate(empty, {}), settleRate(empty, { a: "" })]).toEqual([
      undefined,
      expect.objectContaining({ kind: "linear" }),
    ]);
  });
});

describe("any rate", () => {
  it("never falls with quantity", () => {
    const credits = fc.integer({ min: 0, max: 20 });
    const per = fc.integer({ min: 1, max: 9 });
    const rounding = fc.constantFrom("half-up", "half-even", "up", "down");
    const minimum = fc.nat(9);
    const rates = fc.oneof(
      fc.record({ credits, per, block: fc.boolean(), rounding, minimum }),
      fc.record({
        tiers: fc.tuple(
          fc.record({ upTo: fc.constant(5), credits, per }),
          fc.record({ upTo: fc.constant(9), credits, per }),
          fc.record({ credits, per }),
        ),
        rounding,
        minimum,
      }),
    );
    fc.assert(
      fc.property(rates, fc.nat(40), fc.nat(40), (rate, quantity, more) => {
        const settled = settleRate(compileRate(rate, 0, "rate"), {});
        if (settled === undefined) throw new Error("no rate");
        const cost = (tenths: number) => priceOf(settled, quantityOf(tenths / 10), 0);
        expect(cost(quantity + more) >= cost(quantity)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the largest quantity that fits", () => {
  it("is found in whole steps; null where all do", () => {
    const atMost = (limit: bigint) => (quantity: bigint) => quantity <= limit;
    expect(largestQuantity(atMost(37n), 1n, 100n)).toBe(37n);
    expect(largestQuantity(atMost(37n), 5n, 100n)).toBe(35n);
    expect(largestQuantity(atMost(0n), 1n, 100n)).toBe(0n);
    expect(largestQuantity(atMost(99n), 1n, 100n)).toBe(99n);
    expect(largestQuantity(atMost(100n), 1n, 100n)).toBeNull();
    expect(largestQuantity(atMost(99n), 7n, 100n)).toBeNull();
  });

  it("steps by the last place that was asked for, at most by one", () => {
    const steps = ["1", "500", "0.5", "0.25", "0.000000000001", "0"].map((text) => stepOf(quantityOf(text)));
    expect(steps).toEqual(["1", "1", "0.1", "0.01", "0.000000000001", "1"].map(quantityOf));
  });
});
