import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../../src/core/amounts.js";
import { TestWallet, quantityOf, refusal } from "../support.js";

const FEATURES = {
  call: { currency: "tokens", rate: { credits: 10, per: 3, rounding: "half-up" } },
  pack: { currency: "tokens", rate: { credits: 10, per: 4, block: true } },
  tier: { currency: "tokens", rate: { tiers: [{ upTo: 10, credits: 2 }, { credits: 1 }] } },
  least: { currency: "tokens", rate: { credits: 1, minimum: 5 } },
} as const;

function reserved(use: Parameters<TestWallet["reserve"]>[1]): TestWallet {
  const wallet = new TestWallet({ features: FEATURES });
  wallet.grant("any", 1_000);
  wallet.reserve("r", use);
  return wallet;
}

const partly = { final: false } as const;

describe("captures are rated on their running sum", () => {
  it("at the reserve's rate, rounded once: $10 for 3 is 3, 4, 3 for one each", () => {
    const wallet = reserved([["call", 3]]);
    const prices = [1, 2, 3].map(() => wallet.capture("r", { quantity: 1 }, partly).price);
    expect(prices).toEqual([3, 4, 3]);
  });

  it("a minimum is paid once, a block is charged once, tiers go on", () => {
    const least = reserved([["least", 9]]);
    expect([1, 4, 1].map((quantity) => least.capture("r", { quantity }, partly).price)).toEqual([5, 0, 1]);
    const pack = reserved([["pack", 9]]);
    expect([1, 3, 1].map((quantity) => pack.capture("r", { quantity }, partly).price)).toEqual([10, 0, 10]);
    const tier = reserved([["tier", 12]]);
    expect([8, 4].map((quantity) => tier.capture("r", { quantity }, partly).price)).toEqual([16, 6]);
  });

  it("so splitting changes no price", () => {
    const feature = fc.constantFrom("call", "pack", "tier", "least");
    fc.assert(
      fc.property(
        feature,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (name, parts) => {
          const total = parts.reduce((a, b) => a + b, 0);
          const wallet = reserved([[name, 5]]);
          const prices = parts.map((quantity) => wallet.capture("r", { quantity }, partly).price);
          const whole = reserved([[name, 5]]).capture("r", { quantity: total }).price;
          expect(prices.reduce((a, b) => a + b, 0)).toBe(whole);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("what to capture", () => {
  it("of all, by amount too, is what was reserved less what was captured", () => {
    const wallet = reserved(10);
    expect(wallet.capture("r", 4, partly)).toMatchObject({
      price: 4,
      lines: [{ feature: null, quantity: null, price: 4, rateVersion: null }],
    });
    expect(wallet.capture("r", "all", partly).price).toBe(6);
    expect(wallet.capture("r", 3, partly).price).toBe(3);
    expect(wallet.capture("r").price).toBe(0);
  });

  it("may be an amount of a rated line: the rest is what is left of its price", () => {
    const wallet = reserved([["call", 3, { area: "eu" }]]);
    expect(wallet.capture("r", 4, partly)).toMatchObject({
      price: 4,
      lines: [{ feature: "call", quantity: null, rateVersion: null }],
    });
    expect(wallet.written[0]).toMatchObject({ dimensions: '{"area":"eu"}', quantity: null });
    expect(wallet.capture("r").price).toBe(6);
  });

  it("by quantity and by amount counts both against the price", () => {
    const wallet = reserved([["call", 3]]);
    wallet.capture("r", { quantity: 1 }, partly);
    wallet.capture("r", 4, partly);
    expect(wallet.capture("r").price).toBe(3);
  });

  it("of several lines is named by items", () => {
    const wallet = reserved([
      ["call", 3],
      ["tier", 1],
    ]);
    const message = "This reservation has several lines: capture it by `items`.";
    const refused = { code: "invalid_input", message, details: { field: "items" } };
    expect(refusal(() => wallet.capture("r", 5))).toEqual(refused);
    expect(refusal(() => wallet.capture("r", { quantity: 5 }))).toEqual(refused);
    expect(wallet.capture("r", [["tier", 1]]).price).toBe(2);
  });

  it("by amount has no quantity", () => {
    expect(refusal(() => reserved(10).capture("r", { quantity: 5 }))).toEqual({
      code: "invalid_input",
      message: "This reservation is by amount: capture an `amount`, or `items`.",
      details: { field: "quantity" },
    });
  });

  it("names each line once", () => {
    const wallet = reserved([["call", 3]]);
    expect(
      refusal(() =>
        wallet.capture("r", [
          ["call", 1],
          ["call", 2],
        ]),
      ),
    ).toEqual({
      code: "invalid_input",
      message: 'A capture names each line once; "call" stands twice. Add up their quantities.',
      details: { feature: "call" },
    });
  });
});

describe("an item means", () => {
  it("the one line of its feature, whatever its dimensions", () => {
    const wallet = reserved([
      ["call", 3, { area: "eu" }],
      ["tier", 1],
    ]);
    wallet.capture("r", [["call", 3]]);
    expect(wallet.written[0]).toMatchObject({ feature: "call", dimensions: '{"area":"eu"}' });
  });

  it("of two lines of its feature the one with its dimensions", () => {
    const wallet = reserved([
      ["call", 30, { area: "eu" }],
      ["call", 3],
      ["call", 6, { area: "us" }],
    ]);
    expect(
      wallet.capture(
        "r",
        [
          ["call", 3, { area: "us" }],
          ["call", 6, { area: "eu" }],
        ],
        partly,
      ).lines,
    ).toMatchObject([{ price: 10 }, { price: 20 }]);
    expect(wallet.written.map(({ dimensions }) => dimensions)).toEqual(['{"area":"us"}', '{"area":"eu"}']);
    wallet.capture("r", [["call", 3]], partly);
    expect(wallet.written.map(({ dimensions }) => dimensions)).toEqual([null]);
    expect(wallet.capture("r").lines.map(({ price }) => price)).toEqual([80, 0, 10]);
  });

  it("a line of its own, rated now, where it was not reserved; the next capture goes on from there", () => {
    const wallet = reserved([["tier", 1]]);
    expect(wallet.capture("r", [["call", 1]], partly).lines).toMatchObject([
      { feature: "call", price: 3, rateVersion: "call@1" },
    ]);
    expect(wallet.capture("r", [["call", 1]], partly).price).toBe(4);
    expect(wallet.capture("r", [["call", 1, { area: "eu" }]], partly).price).toBe(3);
    expect(wallet.store.reservations.get("r")).toMatchObject({
      lines: [
        { feature: "tier", quantity: quantityOf(1), price: 2n, capturedQuantity: 0n, capturedPrice: 0n },
      ],
      extras: [
        { feature: "call", quantity: 0n, price: 0n, capturedQuantity: quantityOf(2), capturedPrice: 7n },
        { feature: "call", dimensions: '{"area":"eu"}', capturedQuantity: quantityOf(1), capturedPrice: 3n },
      ],
    });
    expect(wallet.capture("r").lines).toMatchObject([{ feature: "tier", price: 2 }]);
  });

  it("nothing that was reserved under other dimensions, or captured of another feature", () => {
    const wallet = reserved([["call", 3]]);
    wallet.capture("r", [["call", 1, { area: "eu" }]], partly);
    expect(wallet.written[0]?.dimensions).toBe('{"area":"eu"}');
    wallet.capture("r", [["tier", 1]], partly);
    expect(wallet.capture("r", [["least", 1]], partly)).toMatchObject({
      price: 5,
      lines: [{ feature: "least", price: 5 }],
    });
  });

  it("never a line by amount", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    const lines = [{ feature: "chat", amount: 5n }];
    wallet.decide({ kind: "reserve", lines, expiresIn: { hours: 1 } }, ["r"]);
    expect(wallet.capture("r", [["chat", 2]], partly)).toMatchObject({
      price: 2,
      lines: [{ rateVersion: "chat@1" }],
    });
    expect(wallet.store.reservations.get("r")).toMatchObject({
      lines: [{ feature: "chat", rate: null, capturedPrice: 0n, price: 5n }],
      extras: [{ feature: "chat", rateVersion: "chat@1", capturedPrice: 2n }],
    });
    expect(wallet.capture("r").price).toBe(5);
  });

  it("no feature that has no rate", () => {
    expect(refusal(() => reserved(0).capture("r", [["nope", 1]])).code).toBe("unknown_feature");
  });
});

describe("what can be captured of one line", () => {
  it("is by amount at most what a wallet can keep", () => {
    const wallet = reserved(10);
    const ask = (amount: bigint) => () =>
      wallet.decide({ kind: "capture", reservationId: "r", of: { amount }, final: false, strict: false });
    expect(ask(MAX_AMOUNT - 1n)()).toMatchObject({ price: MAX_AMOUNT - 1n, shortfall: MAX_AMOUNT - 1_001n });
    expect(refusal(ask(2n))).toEqual({
      code: "over_limit",
      message: "More was captured of this reservation than a wallet can keep.",
      details: {},
    });
    expect(ask(1n)()).toMatchObject({ price: 1n });
  });

  it("and rated alike", () => {
    const wallet = new TestWallet({
      features: { dear: { currency: "tokens", rate: { credits: String(MAX_AMOUNT) } } },
    });
    wallet.reserve("r", [["dear", 0]]);
    const once = { quantity: quantityOf(1) };
    wallet.decide({ kind: "capture", reservationId: "r", of: once, final: false, strict: false });
    expect(refusal(() => wallet.capture("r", { quantity: 1 }, partly))).toMatchObject({
      code: "over_limit",
      details: { feature: "dear" },
    });
  });
});
