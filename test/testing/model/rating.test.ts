import { describe, expect, test } from "vitest";
import type { ModelRate } from "../../../src/testing/model/index.js";
import { Story } from "./story.js";

function priceAt(rate: ModelRate, quantity: string, dimensions?: Record<string, string>, scale = 6): string {
  const story = new Story({
    currencies: { tokens: { name: "Tokens", scale, policy: { mode: "soft" } } },
    features: { it: { currency: "tokens", rate } },
  });
  const outcome = story.model.apply(story.now, "withdraw", {
    customerId: "ann",
    feature: "it",
    quantity,
    dimensions,
    idempotencyKey: "k",
  });
  return outcome.ok ? outcome.value.price : outcome.code;
}

const graduated: ModelRate = {
  tiers: [{ upTo: 100, credits: 1 }, { upTo: 1000, credits: 5, per: 10 }, { credits: "0.1" }],
};
const matched: ModelRate = {
  match: [
    { when: { model: "small", region: ["eu", "us"] }, rate: { credits: 1 } },
    { when: { model: "small" }, rate: { credits: 2 } },
  ],
};

describe("rates", () => {
  test.each<[string, ModelRate, string, string]>([
    ["linear", { credits: "2", per: 1000 }, "1500", "3"],
    ["linear, rounded half-up", { credits: 1, per: 3 }, "2", "0.666667"],
    ["linear, rounded down", { credits: 1, per: 3, rounding: "down" }, "2", "0.666666"],
    ["linear, rounded up", { credits: 1, per: 3, rounding: "up" }, "1", "0.333334"],
    ["half-even at a half", { credits: "0.0000005", rounding: "half-even" }, "1", "0"],
    ["half-even at the next half", { credits: "0.0000005", rounding: "half-even" }, "3", "0.000002"],
    ["half-up at a half", { credits: "0.0000005" }, "1", "0.000001"],
    ["a started block", { credits: 3, per: 60, block: true }, "60.000000000001", "6"],
    ["a full block", { credits: 3, per: 60, block: true }, "60", "3"],
    ["the bound of a tier", graduated, "100", "100"],
    ["into the second tier", graduated, "101", "100.5"],
    ["into the last tier", graduated, "1001", "550.1"],
    ["the minimum", { credits: 1, minimum: 5 }, "0.1", "5"],
    ["no minimum of nothing", { credits: 1, minimum: 5 }, "0", "0"],
  ])("%s", (_, rate, quantity, price) => {
    expect(priceAt(rate, quantity)).toBe(price);
  });

  test("the first case that matches, else the fallback, else none", () => {
    expect(priceAt(matched, "1", { model: "small", region: "us" })).toBe("1");
    expect(priceAt(matched, "1", { model: "small", region: "asia" })).toBe("2");
    expect(priceAt(matched, "1", { region: "us" })).toBe("no_rate");
    expect(priceAt({ ...matched, fallback: { credits: 7 } }, "1")).toBe("7");
  });

  test("amounts out of range", () => {
    expect(priceAt({ credits: 1 }, "1000000000000001")).toBe("invalid_input");
    expect(priceAt({ credits: 1 }, "0.0000000000001")).toBe("invalid_input");
    expect(priceAt({ credits: 1 }, "-1")).toBe("invalid_input");
    expect(priceAt({ credits: 10_000 }, "1000000000000000")).toBe("over_limit");
    expect(priceAt({ credits: 1 }, "9.3", undefined, 0)).toBe("9");
    expect(priceAt({ credits: 1 }, "1e3")).toBe("invalid_input");
  });

  test("an unknown feature or currency", () => {
    const story = new Story();
    expect(story.useFails("nothing", "1")).toBe("unknown_feature");
    expect(story.refused("withdraw", { customerId: "ann", currency: "gold", amount: "1" })).toBe(
      "unknown_currency",
    );
    expect(story.refused("withdraw", { customerId: "ann", currency: "tokens", amount: "0.0000001" })).toBe(
      "invalid_input",
    );
  });

  test("a balance never leaves the range", () => {
    const story = new Story();
    story.promo("9223372036854.775807");
    const more = {
      customerId: "ann",
      currency: "tokens",
      category: "promotional",
      amount: "0.000001",
    } as const;
    expect(story.refused("grant", more)).toBe("over_limit");
  });
});
