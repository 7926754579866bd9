import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, refusal } from "../support.js";

describe("an adjustment up", () => {
  it("is a new promotional grant, active now, for ever", () => {
    const wallet = new TestWallet();
    const result = wallet.adjust(7, { id: "up" });
    expect(wallet.entries).toEqual([["adjusted", "up", 7]]);
    expect(result).toMatchObject({
      kind: "adjustment",
      id: `${START}-1`,
      amount: 7,
      draws: [],
      available: 7,
      grant: {
        id: "up",
        category: "promotional",
        cost: null,
        source: "adjustment",
        priority: 50,
        effectiveAt: START,
        expiresAt: null,
        features: null,
        displayName: null,
        metadata: null,
        originGrantId: null,
        adjusted: 0,
      },
    });
  });

  it("pays debts", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.withdraw(3);
    expect(wallet.adjust(7)).toMatchObject({ available: 4, grant: { remaining: 4 } });
    expect(wallet.entries).toHaveLength(3);
  });

  it("names no grant", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 1);
    expect(refusal(() => wallet.adjust(7, { grantId: "g" }))).toEqual({
      code: "invalid_input",
      message: "An adjustment up makes a new grant; leave out `grantId`.",
      details: { field: "grantId" },
    });
  });
});

describe("an adjustment down", () => {
  it("takes free credits in burn order, of every restriction, as breakage", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100 });
    wallet.grant("chat", 4, { features: ["chat"] });
    wallet.grant("later", 9, { effectiveAt: START + 1 });
    const result = wallet.adjust(-6);
    expect(wallet.entries).toEqual([
      ["adjusted", "chat", -4],
      ["adjusted", "paid", -2, -20],
    ]);
    expect(result).toEqual({
      kind: "adjustment",
      id: `${START}-4`,
      amount: -6,
      grant: null,
      draws: [
        { grantId: "chat", feature: null, amount: 4, money: null, moneyCurrency: null },
        { grantId: "paid", feature: null, amount: 2, money: 20, moneyCurrency: "USD" },
      ],
      available: 8,
    });
    expect(wallet.stored("paid")).toMatchObject({ adjusted: 2, cost: { breakage: 20 } });
  });

  it("never goes below zero, whatever the policy", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("g", 10);
    wallet.reserve("r", 4);
    expect(refusal(() => wallet.adjust(-7))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "7", available: "6", shortfall: "1" },
    });
    expect(wallet.adjust(-6).available).toBe(0);
  });

  it("of one grant takes from it alone, scheduled too", () => {
    const wallet = new TestWallet();
    wallet.grant("first", 10, { priority: 1 });
    wallet.grant("later", 9, { effectiveAt: START + 1 });
    expect(refusal(() => wallet.adjust(-10, { grantId: "later" })).details).toEqual({
      price: "10",
      available: "9",
      shortfall: "1",
    });
    expect(wallet.adjust(-9, { grantId: "later" })).toMatchObject({
      draws: [{ grantId: "later", amount: 9 }],
    });
    wallet.adjust(-3, { grantId: "first" });
    expect(wallet.entries).toEqual([["adjusted", "first", -3]]);
  });

  it("of a grant that is closed or unknown is refused", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.grant("void", 10);
    wallet.voidGrant("void");
    wallet.at(START + DAY);
    expect(refusal(() => wallet.adjust(-1, { grantId: "g" })).code).toBe("grant_closed");
    expect(refusal(() => wallet.adjust(-1, { grantId: "x" })).code).toBe("grant_not_found");
    expect(refusal(() => wallet.adjust(-1, { grantId: "void" }))).toMatchObject({
      code: "grant_closed",
      message: 'Grant "gr:void" has been voided, which cannot be undone; make a new grant.',
      details: { grantId: "gr:void", status: "voided" },
    });
  });
});
