import { describe, expect, it } from "vitest";
import { MAX_AMOUNT, MAX_QUANTITY } from "../../src/core/amounts.js";
import { type LineRequest, dimensionsText, occasionAt, rateLine } from "../../src/core/lines.js";
import { TestWallet, quantityOf, refusal } from "./support.js";

const FEATURES = {
  gpu: { currency: "tokens", rate: { match: [{ when: { size: "large" }, rate: { credits: 5 } }] } },
  dear: { currency: "tokens", rate: { credits: "92233.72036854775807" } },
  theirs: { currency: "other", rate: { credits: 1 } },
} as const;

function rate(line: LineRequest) {
  const { terms, wallet } = new TestWallet({ currency: { scale: 2 }, features: FEATURES });
  return rateLine(terms, line, occasionAt(wallet, terms, wallet.clock));
}

describe("a line", () => {
  it("of a feature is priced by its rate and keeps the quantity, dimensions and rate version", () => {
    expect(
      rate({ feature: "gpu", quantity: quantityOf("1.5"), dimensions: { zone: "b", size: "large" } }),
    ).toEqual({
      feature: "gpu",
      quantity: quantityOf("1.5"),
      dimensions: '{"size":"large","zone":"b"}',
      rateVersion: "gpu@1",
      price: 750n,
      rate: {
        kind: "linear",
        credits: { digits: 5n, places: 0 },
        per: quantityOf(1),
        minimum: 0n,
        rounding: "half-up",
      },
    });
  });

  it("by amount costs just that, with no rate", () => {
    const none = { quantity: null, dimensions: null, rateVersion: null, rate: null };
    expect(rate({ feature: null, amount: 7n })).toEqual({ ...none, feature: null, price: 7n });
    expect(rate({ feature: "chat", amount: 7n })).toEqual({ ...none, feature: "chat", price: 7n });
  });

  it("of a feature without a rate for its dimensions is refused", () => {
    expect(refusal(() => rate({ feature: "gpu", quantity: 1n, dimensions: { size: "small" } }))).toEqual({
      code: "no_rate",
      message:
        'Feature "gpu" has no rate for the dimensions {"size":"small"}. Add a case or a fallback to its rate.',
      details: { feature: "gpu", dimensions: { size: "small" } },
    });
    expect(refusal(() => rate({ feature: "gpu", quantity: 1n, dimensions: null })).details).toEqual({
      feature: "gpu",
      dimensions: {},
    });
  });

  it("of a feature of another currency, or of none, is refused", () => {
    expect(refusal(() => rate({ feature: "theirs", quantity: 1n, dimensions: null }))).toEqual({
      code: "invalid_input",
      message:
        'Feature "theirs" is priced in "other", not in "tokens": one event holds features of one currency.',
      details: { feature: "theirs" },
    });
    expect(refusal(() => rate({ feature: "nope", quantity: 1n, dimensions: null }))).toMatchObject({
      code: "unknown_feature",
      details: { feature: "nope" },
    });
  });

  it("may cost what a wallet can keep, and no more", () => {
    const at = (quantity: string) => ({ feature: "dear", quantity: quantityOf(quantity), dimensions: null });
    expect(rate(at("1000000000000")).price).toBe(MAX_AMOUNT);
    expect(refusal(() => rate(at("1000000000000.000001")))).toEqual({
      code: "over_limit",
      message:
        '1000000000000.000001 of "dear" would cost more credits than a wallet can keep. Split the event.',
      details: { feature: "dear" },
    });
    expect(
      refusal(() => rate({ feature: "gpu", quantity: MAX_QUANTITY * 100n, dimensions: { size: "large" } }))
        .code,
    ).toBe("over_limit");
  });
});

it("dimensions have one text, however they stand", () => {
  expect(dimensionsText({ b: "2", a: "1" })).toBe('{"a":"1","b":"2"}');
  expect(dimensionsText({ a: "1", b: "2" })).toBe('{"a":"1","b":"2"}');
  expect([dimensionsText({}), dimensionsText(null)]).toEqual([null, null]);
});
