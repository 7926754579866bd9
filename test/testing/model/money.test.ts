import { expect, test } from "vitest";
import { DAY, Story } from "./story.js";

test("$8,500 buys 10,000 credits: one used recognises $0.85", () => {
  const story = new Story();
  story.paid("10000", "8500.00");
  const used = story.use("unit", "1");
  expect(used.draws).toEqual([
    { grantId: "g1", feature: "unit", amount: "1", cost: { amount: "0.85", currency: "USD" } },
  ]);
  expect(story.grant("g1")).toMatchObject({
    recognised: { amount: "0.85" },
    deferred: { amount: "8499.15" },
    remaining: "9999",
    consumed: "1",
  });
});

test.each([[["3333"]], [["1", "3332"]], [["1111", "1111", "1111"]], [["0.000001", "3332.999999"]]])(
  "3,333 of them recognise $2,833.05 in any split: %j",
  (split) => {
    const story = new Story();
    story.paid("10000", "8500.00");
    for (const amount of split) story.spend(amount);
    expect(story.grant("g1").recognised).toEqual({ amount: "2833.05", currency: "USD" });
  },
);

test("¥1,000 for 3 credits: 333, 333, 334", () => {
  const story = new Story();
  story.paid("3", "1000", {}, "JPY");
  const costs = ["1", "1", "1"].map((amount) => story.spend(amount).draws[0]?.cost?.amount);
  expect(costs).toEqual(["333", "333", "334"]);
  expect(story.grant("g1")).toMatchObject({ deferred: { amount: "0" }, status: "depleted" });
});

test("a whole reversal in parts undoes its entry to the unit, and the grant restarts", () => {
  const story = new Story();
  story.paid("3", "1000", {}, "JPY");
  story.spend("1");
  const second = story.spend("2");
  expect(story.lines(2)).toEqual(["consumed -1 g1 -333 JPY", "consumed -2 g1 -667 JPY"]);
  story.do("reverse", { withdrawalId: second.id, amount: "0.7" });
  story.do("reverse", { withdrawalId: second.id });
  // floor(667 × 0.7/2) = 233, then 667 − 233.
  expect(story.lines(4)).toEqual(["reversed 0.7 g1 233 JPY", "reversed 1.3 g1 434 JPY"]);
  story.spend("1");
  // Deferred 667 for two open credits since the restart.
  expect(story.lines(6)).toEqual(["consumed -1 g1 -333 JPY"]);
});

test("expiry is breakage, refund gives the deferred money back", () => {
  const story = new Story();
  story.paid("10", "1.00", { expiresAt: story.now + DAY });
  story.paid("3", "1.00");
  expect(story.do("refundGrant", { grantId: "g2", amount: "1" }).cost).toEqual({
    amount: "0.33",
    currency: "USD",
  });
  expect(story.do("refundGrant", { grantId: "g2" }).cost).toEqual({ amount: "0.67", currency: "USD" });
  expect(story.refused("refundGrant", { grantId: "g2" })).toBe("insufficient_credits");
  story.spend("4");
  story.now += DAY;
  expect(story.grant("g1")).toMatchObject({
    expired: "6",
    status: "expired",
    recognised: { amount: "0.4" },
    breakage: { amount: "0.6" },
    deferred: { amount: "0" },
  });
  expect(story.grant("g2")).toMatchObject({
    refunded: "3",
    refundedCost: { amount: "1" },
    status: "depleted",
  });
});

test("promotional credits recognise nothing", () => {
  const story = new Story();
  story.promo("10");
  expect(story.spend("4").draws[0]?.cost).toBeNull();
  expect(story.refused("refundGrant", { grantId: "g1" })).toBe("invalid_input");
});

test("money has the places of its currency, and paid grants a cost", () => {
  const story = new Story();
  const terms = { customerId: "ann", currency: "tokens", amount: "1" } as const;
  const cost = { amount: "1.005", currency: "USD" };
  expect(story.refused("grant", { ...terms, category: "paid", cost })).toBe("invalid_input");
  expect(story.refused("grant", { ...terms, category: "paid" })).toBe("invalid_input");
  expect(story.refused("grant", { ...terms, category: "promotional", cost })).toBe("invalid_input");
  expect(story.refused("grant", { ...terms, category: "paid", cost: { ...cost, currency: "KWD" } })).toBe(
    "ok",
  );
});
