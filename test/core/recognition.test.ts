import { describe, expect, it } from "vitest";
import { DAY, START, TestWallet, refusal } from "./support.js";

describe("what a paid grant recognises", () => {
  it("$8,500 for 10,000 credits: 1 used is $0.85, 3,333 are $2,833.05", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10_000, { cost: 850_000 });
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["consumed", "paid", -1, -85]]);
    wallet.withdraw(2_000);
    wallet.withdraw([
      ["chat", 1_000],
      ["image", 332],
    ]);
    expect(wallet.stored("paid").cost).toMatchObject({ recognised: 283_305, total: 850_000 });
  });

  it("promotional credits beside it recognise nothing: $100 for 1,000, and 200 as a gift", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 1_000, { cost: 10_000 });
    wallet.grant("gift", 200);
    wallet.withdraw(250);
    expect(wallet.entries).toEqual([
      ["consumed", "gift", -200],
      ["consumed", "paid", -50, -500],
    ]);
    wallet.withdraw(950);
    expect(wallet.entries).toEqual([["consumed", "paid", -950, -9_500]]);
  });

  it("100 credits at $1: 30 used and the rest expired is $30 and $70 breakage", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 100, { cost: 10_000, expiresAt: START + DAY });
    wallet.withdraw(30);
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["expired", "paid", -70, -7_000]]);
    expect(wallet.stored("paid").cost).toMatchObject({ recognised: 3_000, breakage: 7_000 });
  });

  it("a bonus within a sale is paid: its share of the price is its own", () => {
    const wallet = new TestWallet();
    wallet.grant("base", 1_000, { cost: 9_000 });
    wallet.grant("bonus", 100, { cost: 900, priority: 60 });
    wallet.withdraw(1_050);
    expect(wallet.entries).toEqual([
      ["consumed", "base", -1_000, -9_000],
      ["consumed", "bonus", -50, -450],
    ]);
  });
});

describe("a currency may burn otherwise", () => {
  it("by the lowest basis, in one money", () => {
    const wallet = new TestWallet({ currency: { burnOrder: ["lowestBasis"] } });
    wallet.grant("dear", 10, { cost: 200 });
    wallet.grant("cheap", 10, { cost: 100 });
    wallet.grant("gift", 10);
    wallet.withdraw(25);
    expect(wallet.entries.map(([, id, amount]) => [id, amount])).toEqual([
      ["gift", -10],
      ["cheap", -10],
      ["dear", -5],
    ]);
    expect(refusal(() => wallet.grant("euro", 1, { cost: [1, "EUR"] }))).toEqual({
      code: "invalid_input",
      message:
        "This currency burns by basis, so a wallet takes grants of one money: this one has USD, not EUR.",
      details: { field: "cost.currency" },
    });
    wallet.grant("more", 1, { cost: 1 });
  });

  it("and without a basis holds several monies", () => {
    const wallet = new TestWallet();
    wallet.grant("euro", 10, { cost: [100, "EUR"] });
    wallet.grant("dollar", 10, { cost: 200 });
    wallet.withdraw(15);
    expect(wallet.written.map(({ money, moneyCurrency }) => [money, moneyCurrency])).toEqual([
      [-200n, "USD"],
      [-50n, "EUR"],
    ]);
  });
});
