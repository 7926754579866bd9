import { describe, expect, it } from "vitest";
import { compileRate } from "../../src/catalog/compile-rate.js";
import { quantityOf, refusal } from "../core/support.js";

const compile = (rate: unknown, scale = 2) => compileRate(rate, scale, "features.chat.rate");
const message = (rate: unknown) => {
  const { code, message } = refusal(() => compile(rate));
  expect(code).toBe("invalid_input");
  return message;
};

describe("a flat rate", () => {
  it("is linear per one, without a minimum, half-up, unless told", () => {
    expect(compile({ credits: "0.02" })).toEqual({
      kind: "linear",
      credits: { digits: 2n, places: 2 },
      per: quantityOf(1),
      minimum: 0n,
      rounding: "half-up",
    });
    expect(compile({ credits: 2, per: "1.5", block: true, minimum: "0.5", rounding: "down" })).toEqual({
      kind: "block",
      credits: { digits: 2n, places: 0 },
      per: quantityOf("1.5"),
      minimum: 50n,
      rounding: "down",
    });
    expect(compile({ credits: 2, block: false })).toMatchObject({ kind: "linear" });
  });

  it("makes sense, or says where not", () => {
    expect(message({ credits: -1 })).toContain("features.chat.rate.credits");
    expect(message({ credits: 1, per: 0 })).toContain("features.chat.rate.per");
    expect(message({ credits: 1, per: -1 })).toContain("above zero");
    expect(message({ credits: 1, minimum: -1 })).toContain("features.chat.rate.minimum");
    expect(message({ credits: 1, minimum: "0.005" })).toContain("decimal places");
    expect(message({ credits: 1, colour: "red" })).toContain("features.chat.rate");
    expect(message({})).toContain("features.chat.rate");
    expect(message({ credits: "a lot" })).toContain("credits");
    expect(message({ credits: 1, rounding: "sideways" })).toContain("rounding");
    expect(message(5)).toContain("features.chat.rate");
    expect(message(null)).toContain("features.chat.rate");
    expect(compile({ credits: 0 })).toMatchObject({ credits: { digits: 0n } });
  });
});

describe("tiers", () => {
  it("rise, and the last has no bound", () => {
    expect(
      compile({ tiers: [{ upTo: 10, credits: 2, per: 5 }, { credits: 1 }], minimum: 1, rounding: "up" }),
    ).toEqual({
      kind: "tiers",
      tiers: [
        { upTo: quantityOf(10), credits: { digits: 2n, places: 0 }, per: quantityOf(5) },
        { upTo: null, credits: { digits: 1n, places: 0 }, per: quantityOf(1) },
      ],
      minimum: 100n,
      rounding: "up",
    });
    expect(compile({ tiers: [{ credits: 1 }] })).toMatchObject({ tiers: [{ upTo: null }], minimum: 0n });
  });

  it("make sense, or say where not", () => {
    const bounds = "every tier but the last needs `upTo`, and the last has none";
    expect(message({ tiers: [{ credits: 2 }, { credits: 1 }] })).toContain(
      `features.chat.rate.tiers.0: ${bounds}`,
    );
    expect(message({ tiers: [{ upTo: 10, credits: 2 }] })).toContain(`features.chat.rate.tiers.0: ${bounds}`);
    const twice = { tiers: [{ upTo: 10, credits: 2 }, { upTo: 10, credits: 1 }, { credits: 1 }] };
    expect(message(twice)).toContain("features.chat.rate.tiers.1.upTo must be above that of the tier before");
    expect(message({ tiers: [{ upTo: 0, credits: 2 }, { credits: 1 }] })).toContain("tiers.0.upTo");
    expect(message({ tiers: [{ credits: -2 }] })).toContain("features.chat.rate.tiers.0.credits");
    expect(message({ tiers: [{ credits: 2, per: 0 }] })).toContain("features.chat.rate.tiers.0.per");
    expect(message({ tiers: [] })).toContain("tiers");
    expect(message({ tiers: Array.from({ length: 101 }, () => ({ credits: 1 })) })).toContain("tiers");
  });

  it("may be a hundred", () => {
    const tiers = Array.from({ length: 99 }, (_, index) => ({ upTo: index + 1, credits: 1 }));
    expect(compile({ tiers: [...tiers, { credits: 1 }] })).toMatchObject({ kind: "tiers" });
  });
});

describe("match", () => {
  it("keeps its cases in order, one value or several", () => {
    const rate = {
      match: [
        { when: { model: "large" }, rate: { credits: 5 } },
        { when: { model: ["small", "tiny"], area: "eu" }, rate: { tiers: [{ credits: 1 }] } },
      ],
      fallback: { credits: 1 },
    };
    expect(compile(rate)).toMatchObject({
      kind: "match",
      cases: [
        { when: [["model", ["large"]]], rate: { kind: "linear" } },
        {
          when: [
            ["model", ["small", "tiny"]],
            ["area", ["eu"]],
          ],
          rate: { kind: "tiers" },
        },
      ],
      fallback: { kind: "linear" },
    });
    expect(compile({ match: [{ when: {}, rate: { credits: 1 } }] })).toMatchObject({ fallback: null });
  });

  it("names the place of what makes no sense", () => {
    const inCase = { match: [{ when: { a: "1" }, rate: { credits: -1 } }] };
    expect(message(inCase)).toContain("features.chat.rate.match.0.rate.credits");
    const inFallback = { match: [{ when: { a: "1" }, rate: { credits: 1 } }], fallback: { credits: -1 } };
    expect(message(inFallback)).toContain("features.chat.rate.fallback.credits");
    expect(message({ match: [] })).toContain("match");
    expect(message({ match: [{ when: { a: [] }, rate: { credits: 1 } }] })).toContain("match.0.when.a");
    expect(message({ match: [{ when: { a: "1" } }] })).toContain("match.0.rate");
  });

  it("nests at most 8 deep", () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? { credits: 1 } : { match: [{ when: {}, rate: nested(depth - 1) }] };
    const fallbacks = (depth: number): unknown =>
      depth === 0
        ? { credits: 1 }
        : { match: [{ when: {}, rate: { credits: 1 } }], fallback: fallbacks(depth - 1) };
    expect(compile(nested(8))).toMatchObject({ kind: "match" });
    expect(message(nested(9))).toContain("rates nest more than 8 deep");
    expect(compile(fallbacks(8))).toMatchObject({ kind: "match" });
    expect(message(fallbacks(9))).toContain("rates nest more than 8 deep");
  });
});
