import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, START, TestWallet, refusal } from "./support.js";

describe("when a use may have occurred", () => {
  it("up to 35 days before now, to the millisecond", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10, { effectiveAt: START - 100 * DAY });
    const earliest = START - 35 * DAY;
    expect(wallet.withdraw(1, { occurredAt: earliest }).available).toBe(9);
    expect(wallet.written).toMatchObject([{ occurredAt: earliest, recordedAt: START }]);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: earliest - 1 }))).toEqual({
      code: "occurred_at_out_of_window",
      message: `\`occurredAt\` is ${earliest - 1}; now (${START}) it must lie in [${earliest}, ${START + 5 * MINUTE}], in UTC milliseconds. The currency's \`lateWindow\` sets how far back it may lie.`,
      details: { occurredAt: earliest - 1, earliest, latest: START + 5 * MINUTE },
    });
  });

  it("within the currency's own window", () => {
    const wallet = new TestWallet({ currency: { lateWindow: { hours: 1 } } });
    expect(wallet.withdraw(0, { occurredAt: START - HOUR }).price).toBe(0);
    expect(refusal(() => wallet.withdraw(0, { occurredAt: START - HOUR - 1 })).code).toBe(
      "occurred_at_out_of_window",
    );
  });

  it("at most 5 minutes ahead, which counts as now", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.withdraw(1, { occurredAt: START + 5 * MINUTE });
    expect(wallet.written).toMatchObject([{ occurredAt: START, recordedAt: START }]);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START + 5 * MINUTE + 1 })).code).toBe(
      "occurred_at_out_of_window",
    );
    wallet.withdraw(1, { occurredAt: START });
    expect(wallet.written).toMatchObject([{ occurredAt: START }]);
  });
});

describe("late use draws on", () => {
  it("grants alive at its instant, in burn order", () => {
    const wallet = new TestWallet();
    wallet.grant("since", 10, { priority: 1 });
    wallet.grant("b", 10, { effectiveAt: START - HOUR });
    wallet.grant("a", 3, { effectiveAt: START - 2 * HOUR });
    wallet.withdraw(5, { occurredAt: START - HOUR });
    expect(wallet.entries).toEqual([
      ["consumed", "a", -3],
      ["consumed", "b", -2],
    ]);
    expect(refusal(() => wallet.withdraw(9, { occurredAt: START - HOUR })).details).toEqual({
      price: "9",
      available: "8",
      shortfall: "1",
    });
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START - HOUR - 1 })).details["available"]).toBe(
      "0",
    );
  });

  it("what they lost by expiry: that expiry is reversed, with its money, then drawn", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 100, { cost: 10_000, expiresAt: START + DAY });
    wallet.withdraw(30);
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["expired", "paid", -70, -7_000]]);
    wallet.at(START + DAY + HOUR);
    const result = wallet.withdraw([["chat", 20]], { occurredAt: START + HOUR });
    expect(result).toMatchObject({
      price: 20,
      available: 0,
      draws: [{ grantId: "paid", amount: 20, money: 2_000 }],
    });
    expect(wallet.entries).toEqual([
      ["expiry_reversed", "paid", 20, 2_000],
      ["consumed", "paid", -20, -2_000],
    ]);
    expect(wallet.written[0]).toMatchObject({
      feature: "chat",
      occurredAt: START + HOUR,
      recordedAt: START + DAY + HOUR,
    });
    expect(wallet.stored("paid")).toMatchObject({
      consumed: 50,
      expired: 50,
      lapses: [{ amount: 70, money: 7_000, back: 20 }],
      cost: { recognised: 5_000, breakage: 5_000 },
    });
    expect(refusal(() => wallet.withdraw(51, { occurredAt: START })).details["available"]).toBe("50");
    expect(wallet.withdraw(50, { occurredAt: START }).shortfall).toBe(0);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START })).code).toBe("insufficient_credits");
  });

  it("up to the expiry, which is not in a grant's life", () => {
    const wallet = new TestWallet();
    wallet.grant("soon", 10, { expiresAt: START + HOUR });
    wallet.at(START + 2 * HOUR);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START + HOUR })).code).toBe("insufficient_credits");
    expect(wallet.withdraw(1, { occurredAt: START + HOUR - 1 }).price).toBe(1);
  });

  it("from the start on, which is in it", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { effectiveAt: START + HOUR, expiresAt: START + 2 * HOUR });
    wallet.at(START + 3 * HOUR);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START + HOUR - 1 })).code).toBe(
      "insufficient_credits",
    );
    expect(wallet.withdraw(1, { occurredAt: START + HOUR }).price).toBe(1);
  });

  it("expired and live grants together, in burn order, as far as they may pay", () => {
    const wallet = new TestWallet();
    wallet.grant("chat", 4, { features: ["chat"], expiresAt: START + HOUR });
    wallet.grant("image", 4, { features: ["image"], expiresAt: START + HOUR });
    wallet.grant("late", 4, { features: ["chat"], expiresAt: START + 2 * HOUR });
    wallet.grant("first", 1, { priority: 1 });
    wallet.grant("any", 9);
    wallet.at(START + 3 * HOUR);
    wallet.withdraw([["chat", 10]], { occurredAt: START });
    expect(wallet.entries).toEqual([
      ["consumed", "first", -1],
      ["expiry_reversed", "chat", 4],
      ["consumed", "chat", -4],
      ["expiry_reversed", "late", 4],
      ["consumed", "late", -4],
      ["consumed", "any", -1],
    ]);
    expect(refusal(() => wallet.withdraw(9, { occurredAt: START })).details["available"]).toBe("8");
  });

  it("live and lapsed credits under one restriction, so that the most is paid", () => {
    const wallet = new TestWallet();
    wallet.grant("gone", 5, { features: ["chat", "image"], expiresAt: START + HOUR });
    wallet.grant("both", 5, { features: ["chat", "image"] });
    wallet.grant("chat", 8, { features: ["chat"], priority: 60 });
    wallet.at(START + 2 * HOUR);
    wallet.withdraw(
      [
        ["chat", 10],
        ["image", 8],
      ],
      { occurredAt: START },
    );
    expect(wallet.entries).toEqual([
      ["expiry_reversed", "gone", 2],
      ["consumed", "gone", -2],
      ["consumed", "chat", -8],
      ["expiry_reversed", "gone", 3],
      ["consumed", "gone", -3],
      ["consumed", "both", -5],
    ]);
  });

  it("never credits that were voided, adjusted, refunded or moved", () => {
    const wallet = new TestWallet();
    wallet.grant("void", 10);
    wallet.grant("paid", 10, { cost: 100, expiresAt: START + HOUR });
    wallet.grant("down", 10, { expiresAt: START + HOUR });
    wallet.voidGrant("void");
    wallet.refund("paid", 4);
    wallet.adjust(-4, { grantId: "down" });
    wallet.transferOut(6);
    wallet.at(START + 2 * HOUR);
    expect(refusal(() => wallet.withdraw(7, { occurredAt: START })).details["available"]).toBe("6");
    wallet.withdraw(6, { occurredAt: START });
    expect(wallet.entries.filter(([type]) => type === "consumed")).toEqual([["consumed", "paid", -6, -60]]);
  });

  it("what was lost when pins were freed after the expiry, latest first", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 3, { cost: 100, expiresAt: START + HOUR });
    wallet.reserve("r", 1, { hours: 2 });
    wallet.at(START + HOUR);
    wallet.at(START + 2 * HOUR);
    expect(wallet.stored("paid").lapses).toEqual([
      { amount: 2, money: 66, back: 0 },
      { amount: 1, money: 34, back: 0 },
    ]);
    wallet.withdraw(2, { occurredAt: START });
    expect(wallet.entries).toEqual([
      ["expiry_reversed", "paid", 2, 67],
      ["consumed", "paid", -2, -67],
    ]);
    expect(wallet.stored("paid").lapses).toEqual([{ amount: 2, money: 66, back: 1 }]);
  });

  it("what a grant lost that still holds pins", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.reserve("r", 4, { hours: 5 });
    wallet.at(START + 2 * HOUR);
    expect(wallet.withdraw(6, { occurredAt: START }).shortfall).toBe(0);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START })).code).toBe("insufficient_credits");
    expect(wallet.capture("r").price).toBe(4);
  });

  it("nothing of what expires only in the same instant's due effects is missed", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.now = START + 2 * HOUR;
    wallet.withdraw(4, { occurredAt: START });
    expect(wallet.entries).toEqual([
      ["expired", "g", -10],
      ["expiry_reversed", "g", 4],
      ["consumed", "g", -4],
    ]);
    expect(wallet.written.map(({ recordedAt }) => recordedAt - START)).toEqual([HOUR, 2 * HOUR, 2 * HOUR]);
  });
});

describe("what late use leaves unpaid", () => {
  it("goes past zero by today's policy; then today's credits pay the debt", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("old", 3, { effectiveAt: START - DAY });
    wallet.grant("new", 10, { cost: 100 });
    expect(wallet.withdraw(5, { occurredAt: START - HOUR })).toMatchObject({ overdraft: 2, available: 8 });
    expect(wallet.entries).toEqual([
      ["consumed", "old", -3],
      ["overdraft", "overdraft", -2],
      ["overdraft_settled", "new", -2, -20],
      ["overdraft_settled", "overdraft", 2],
    ]);
    expect(wallet.written.map(({ occurredAt }) => START - occurredAt)).toEqual([HOUR, HOUR, 0, 0]);
  });

  it("is billed in the month in which it is booked", () => {
    const policy = { mode: "overage", price: { amount: "0.01", currency: "USD" }, limit: 5 } as const;
    const wallet = new TestWallet({ currency: { policy } });
    const february = Date.UTC(2025, 1, 1);
    wallet.withdraw(5);
    wallet.at(february);
    expect(wallet.withdraw(5, { occurredAt: START }).overage).toBe(5);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START })).code).toBe("insufficient_credits");
    expect(wallet.wallet.overagePeriod?.startsAt).toBe(february);
  });

  it("is denied under `hard`, or left by `partial`", () => {
    const wallet = new TestWallet();
    wallet.grant("new", 10);
    expect(refusal(() => wallet.withdraw(1, { occurredAt: START - 1 })).code).toBe("insufficient_credits");
    wallet.grant("old", 2, { effectiveAt: START - 1 });
    expect(wallet.withdraw(3, { occurredAt: START - 1, partial: true }).shortfall).toBe(1);
  });
});
