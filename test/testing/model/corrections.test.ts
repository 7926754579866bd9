import { describe, expect, test } from "vitest";
import { DAY, START, Story } from "./story.js";

const who = { actor: "support", reason: "asked" };

describe("reverse", () => {
  test("overage first, then open debt, then draws and settlements, last first", () => {
    const story = new Story();
    story.promo("1");
    story.promo("2");
    story.policy({ mode: "soft", limit: "4" });
    const hold = story.hold("7");
    story.policy({ mode: "overage", price: { amount: "1", currency: "USD" } });
    const used = story.do("capture", { reservationId: hold.id, quantity: "9" });
    expect(used).toMatchObject({ overdraft: "4", overage: "2" });
    story.promo("1"); // settles one of the four
    story.do("reverse", { withdrawalId: used.id, amount: "6.5" });
    expect(story.lines(3)).toEqual([
      "consumed -1 g1 unit",
      "consumed -2 g2 unit",
      "overdraft -4 unit",
      "overage -2 unit -2 USD",
      "granted 1 g3",
      "overdraft_settled -1 g3 unit",
      "overdraft_settled(overdraft) 1 unit",
      "reversed(overage) 2 unit 2 USD",
      "reversed(overdraft) 3 unit",
      "reversed 1 g3 unit",
      "reversed 0.5 g2 unit",
    ]);
    expect(story.refused("reverse", { withdrawalId: used.id, amount: "2.500001" })).toBe("invalid_input");
    story.do("reverse", { withdrawalId: used.id });
    expect(story.balance()).toMatchObject({ available: "4", overdraft: "0", overage: "0" });
  });

  test("returns to a grant that has expired go at once, or to a new one with their money", () => {
    const story = new Story();
    story.paid("4", "1.00", { expiresAt: START + DAY, features: ["unit"], priority: 7 });
    const used = story.use("unit", "4");
    story.now += DAY;
    story.do("reverse", { withdrawalId: used.id, amount: "1" });
    story.do("reverse", { withdrawalId: used.id, amount: "2", regrant: true });
    story.do("reverse", { withdrawalId: used.id, regrant: { expiresAt: START + 9 * DAY } });
    expect(story.lines(3)).toEqual([
      "reversed 1 g1 unit 0.25 USD",
      "expired -1 g1 -0.25 USD",
      "reversed 2 g1 unit 0.5 USD",
      "transferred_out -2 g1 -0.5 USD",
      "transferred_in 2 g2 0.5 USD",
      "reversed 1 g1 unit 0.25 USD",
      "transferred_out -1 g1 -0.25 USD",
      "transferred_in 1 g3 0.25 USD",
    ]);
    expect(story.grant("g2")).toMatchObject({
      source: "regrant",
      category: "paid",
      priority: 7,
      features: ["unit"],
      originGrantId: "g1",
      expiresAt: null,
    });
    expect(story.grant("g3").expiresAt).toBe(START + 9 * DAY);
    expect(story.refused("reverse", { withdrawalId: "w9" })).toBe("withdrawal_not_found");
  });

  test("credits that return settle debts", () => {
    const story = new Story();
    story.promo("5");
    const used = story.use("unit", "5");
    story.policy({ mode: "soft" });
    story.use("unit", "2");
    story.do("reverse", { withdrawalId: used.id });
    expect(story.balance()).toMatchObject({ available: "3", overdraft: "0" });
  });
});

describe("void, amend, adjust", () => {
  test("void takes the free credits, once", () => {
    const story = new Story();
    story.paid("10", "1.00");
    story.spend("3");
    expect(story.do("voidGrant", { grantId: "g1" })).toMatchObject({ voided: "7", status: "voided" });
    story.do("voidGrant", { grantId: "g1" });
    expect(story.lines(3)).toEqual(["voided -7 g1 -0.7 USD"]);
    expect(story.refused("voidGrant", { grantId: "g2" })).toBe("grant_not_found");
    expect(story.refused("amendGrant", { grantId: "g1", priority: 1 })).toBe("grant_closed");
    expect(story.refused("refundGrant", { grantId: "g1" })).toBe("grant_closed");
  });

  test("an expired grant is closed", () => {
    const story = new Story();
    story.paid("10", "1.00", { expiresAt: START + DAY });
    story.now += DAY;
    expect(story.refused("voidGrant", { grantId: "g1" })).toBe("grant_closed");
    expect(story.refused("amendGrant", { grantId: "g1", expiresAt: START + 2 * DAY })).toBe("grant_closed");
  });

  test("amend moves the expiry and writes a zero entry", () => {
    const story = new Story();
    story.promo("10", { expiresAt: START + DAY });
    expect(story.refused("amendGrant", { grantId: "g1", expiresAt: START })).toBe("invalid_input");
    story.do("amendGrant", { grantId: "g1", expiresAt: START + 2 * DAY, priority: 3, displayName: "Gift" });
    story.now += DAY;
    expect(story.grant("g1")).toMatchObject({ remaining: "10", priority: 3, displayName: "Gift" });
    expect(story.lines(2)).toEqual(["amended 0 g1"]);
  });

  test("adjust up is a new promotional grant, down takes free credits in burn order", () => {
    const story = new Story();
    const terms = { customerId: "ann", currency: "tokens", ...who };
    story.do("adjust", { ...terms, amount: "5" });
    story.paid("10", "1.00", { features: ["unit"] });
    story.do("adjust", { ...terms, amount: "-12" });
    expect(story.lines()).toEqual([
      "adjusted 5 g1",
      "granted 10 g2 1 USD",
      "adjusted -10 g2 -1 USD",
      "adjusted -2 g1",
    ]);
    expect(story.grant("g1")).toMatchObject({ source: "adjustment", amount: "5", adjusted: "2" });
    expect(story.refused("adjust", { ...terms, amount: "-4" })).toBe("insufficient_credits");
    expect(story.refused("adjust", { ...terms, amount: "-1", grantId: "g2" })).toBe("insufficient_credits");
    story.do("voidGrant", { grantId: "g2" });
    expect(story.refused("adjust", { ...terms, amount: "-1", grantId: "g2" })).toBe("grant_closed");
    expect(story.refused("adjust", { ...terms, amount: "1", actor: undefined })).toBe("invalid_input");
  });
});

test("transfer moves free credits with their money to grants alike, and settles debts there", () => {
  const story = new Story();
  story.do("setPolicy", { customerId: "ann", scope: "team", currency: "tokens", policy: { mode: "soft" } });
  story.use("unit", "1", { scope: "team" });
  story.paid("3", "1.00", { expiresAt: START + DAY, priority: 2, displayName: "Pack" });
  story.promo("5", { features: ["unit"] });
  const terms = { from: "ann", to: { customerId: "ann", scope: "team" }, currency: "tokens" };
  expect(story.refused("transfer", { ...terms, amount: "9" })).toBe("insufficient_credits");
  expect(story.refused("transfer", { ...terms, to: "ann", amount: "1" })).toBe("invalid_input");
  const moved = story.do("transfer", { ...terms, amount: "4" });
  expect(moved.grants.map((grant) => [grant.id, grant.amount, grant.originGrantId])).toEqual([
    ["g3", "3", "g1"],
    ["g4", "1", "g2"],
  ]);
  expect(story.lines(3)).toEqual(["transferred_out -3 g1 -1 USD", "transferred_out -1 g2"]);
  expect(story.grants("team")).toMatchObject([
    {
      expiresAt: START + DAY,
      priority: 2,
      displayName: "Pack",
      cost: { amount: "1" },
      consumed: "1",
      source: "transfer",
    },
    { features: ["unit"], cost: null, consumed: "0" },
  ]);
});

describe("idempotency", () => {
  test("the same key and request are answered again; another request is a conflict", () => {
    const story = new Story();
    story.promo("10", { idempotencyKey: "a" });
    expect(story.promo("10", { idempotencyKey: "a" })).toMatchObject({ id: "g1", replayed: true });
    expect(story.useFails("unit", "1", { idempotencyKey: "a" })).toBe("idempotency_conflict");
    expect(story.use("unit", "1", { idempotencyKey: "b" }).replayed).toBe(false);
    expect(story.useFails("unit", "2", { idempotencyKey: "b" })).toBe("idempotency_conflict");
    expect(story.balance().available).toBe("9");
  });

  test("a denial leaves no receipt", () => {
    const story = new Story();
    expect(story.useFails("unit", "1", { idempotencyKey: "a" })).toBe("insufficient_credits");
    story.promo("10");
    story.use("unit", "1", { idempotencyKey: "a" });
    expect(story.useFails("unit", "1", { idempotencyKey: "coffer:a" })).toBe("invalid_input");
    expect(story.useFails("unit", "1", { idempotencyKey: undefined })).toBe("invalid_input");
  });
});
