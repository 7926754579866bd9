import { describe, expect, test } from "vitest";
import { CATALOG, DAY, START, Story } from "./story.js";

const price = { amount: "0.015", currency: "USD" };

describe("hard", () => {
  test("denies what is not there, all or nothing, unless partial", () => {
    const story = new Story();
    story.promo("10");
    expect(story.useFails("unit", "11")).toBe("insufficient_credits");
    expect(story.use("unit", "11", { partial: true })).toMatchObject({
      amount: "10",
      shortfall: "1",
      price: "11",
    });
    expect(story.useFails("unit", "1", { partial: true })).toBe("insufficient_credits");
  });

  test("a zero line succeeds on an empty wallet with one zero entry", () => {
    const story = new Story();
    story.use("unit", "0");
    story.spend("0");
    expect(story.lines()).toEqual(["consumed 0 unit", "consumed 0"]);
  });
});

describe("soft", () => {
  test("what the grants lack is overdraft, within the limit", () => {
    const story = new Story();
    story.policy({ mode: "soft", limit: "20" });
    story.promo("10");
    expect(story.use("unit", "25")).toMatchObject({ overdraft: "15", amount: "25", available: "0" });
    expect(story.useFails("unit", "6")).toBe("insufficient_credits");
    expect(story.use("unit", "6", { partial: true })).toMatchObject({ overdraft: "5", shortfall: "1" });
    expect(story.balance()).toMatchObject({ balance: "-20", net: "-20", overdraft: "20", available: "0" });
  });

  test("an overdraft of 15 is settled by a later paid grant, which recognises it", () => {
    const story = new Story();
    story.policy({ mode: "soft" });
    const used = story.use("unit", "15");
    story.policy(null);
    story.paid("100", "50.00");
    expect(story.lines()).toEqual([
      "overdraft -15 unit",
      "granted 100 g1 50 USD",
      "overdraft_settled -15 g1 unit -7.5 USD",
      "overdraft_settled(overdraft) 15 unit",
    ]);
    expect(story.grant("g1")).toMatchObject({
      consumed: "15",
      remaining: "85",
      recognised: { amount: "7.5" },
    });
    story.do("reverse", { withdrawalId: used.id, amount: "5" });
    expect(story.lines(5)).toEqual(["reversed 5 g1 unit 2.5 USD"]);
  });

  test("debts are settled oldest first, by grants that may pay them", () => {
    const story = new Story();
    story.policy({ mode: "soft" });
    story.spend("3");
    story.use("unit", "4");
    story.use("image", "0.1");
    story.promo("9", { features: ["image", "unit"] });
    expect(story.lines(5)).toEqual([
      "overdraft_settled -4 g1 unit",
      "overdraft_settled(overdraft) 4 unit",
      "overdraft_settled -4 g1 image",
      "overdraft_settled(overdraft) 4 image",
    ]);
    expect(story.balance()).toMatchObject({ overdraft: "3", available: "1", net: "-2" });
  });

  test("a debt is settled when a scheduled grant begins", () => {
    const story = new Story();
    story.policy({ mode: "soft" });
    story.promo("10", { effectiveAt: START + DAY });
    story.use("unit", "4");
    story.now += 2 * DAY;
    expect(story.ledger().slice(2)).toMatchObject([
      {
        type: "overdraft_settled",
        recordedAt: START + DAY,
        occurredAt: START + DAY,
        operationId: `due:${START + DAY}`,
      },
      { type: "overdraft_settled", account: "overdraft" },
    ]);
  });
});

describe("overage", () => {
  test("money is price × the month's credits, half-up, in steps", () => {
    const story = new Story();
    story.policy({ mode: "overage", price });
    for (let times = 0; times < 3; times += 1) story.use("unit", "1");
    expect(story.lines()).toEqual([
      "overage -1 unit -0.02 USD", // 0.015
      "overage -1 unit -0.01 USD", // 0.030
      "overage -1 unit -0.02 USD", // 0.045
    ]);
    expect(story.balance()).toMatchObject({ balance: "0", overage: "3" });
    story.now = Date.UTC(2025, 1, 1);
    expect(story.balance().overage).toBe("0");
    expect(story.use("unit", "1").overage).toBe("1");
    expect(story.lines(4)).toEqual(["overage -1 unit -0.02 USD"]);
  });

  test("the limit counts the month's overage, less what was reversed", () => {
    const story = new Story();
    story.policy({ mode: "overage", price, limit: "10" });
    const first = story.use("unit", "8");
    expect(story.useFails("unit", "3")).toBe("insufficient_credits");
    story.do("reverse", { withdrawalId: first.id, amount: "5" });
    story.use("unit", "7");
    // floor(12 × 5/8) cents back; then 0.015 × 10 = 0.15, less 0.12 − 0.07.
    expect(story.lines()).toEqual([
      "overage -8 unit -0.12 USD",
      "reversed(overage) 5 unit 0.07 USD",
      "overage -7 unit -0.1 USD",
    ]);
  });

  test("a reversal in a later month is negative there; money never is", () => {
    const story = new Story();
    story.policy({ mode: "overage", price: { amount: "1", currency: "USD" } });
    const first = story.use("unit", "8");
    story.now = Date.UTC(2025, 1, 3);
    story.do("reverse", { withdrawalId: first.id });
    expect(story.balance().overage).toBe("-8");
    expect(story.use("unit", "3")).toMatchObject({ overage: "3" });
    story.use("unit", "10");
    expect(story.lines(2)).toEqual([
      "reversed(overage) 8 unit 8 USD",
      // -5 credits come to -5.00, billed so far -8.00.
      "overage -3 unit -3 USD",
      "overage -10 unit -10 USD",
    ]);
  });

  test("without consent nothing goes past zero; a consent's smaller limit holds", () => {
    const story = new Story();
    story.promo("1");
    story.policy({ mode: "overage", price, consent: "required" });
    expect(story.useFails("unit", "2")).toBe("consent_required");
    expect(story.use("unit", "2", { partial: true })).toMatchObject({ amount: "1", shortfall: "1" });
    story.policy({ mode: "overage", price, limit: "9", consent: { by: "ann", limit: "2" } });
    expect(story.useFails("unit", "3")).toBe("insufficient_credits");
    expect(story.use("unit", "2").overage).toBe("2");
  });

  test("later grants never settle overage", () => {
    const story = new Story({
      ...CATALOG,
      currencies: { tokens: { name: "Tokens", policy: { mode: "overage", price } } },
    });
    story.use("unit", "2");
    story.promo("10");
    expect(story.balance()).toMatchObject({ available: "10", overage: "2", overdraft: "0" });
  });
});
