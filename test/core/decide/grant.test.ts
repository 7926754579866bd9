import { describe, expect, it } from "vitest";
import { MAX_AMOUNT, formatScaled } from "../../../src/core/amounts.js";
import { DAY, START, TestWallet, grantRequest, plain, refusal } from "../support.js";

describe("a grant", () => {
  it("brings its credits at once, with one entry", () => {
    const wallet = new TestWallet();
    const { grant, available } = wallet.grant("gift", 100, { source: "welcome", displayName: "Welcome" });
    expect(available).toBe(100);
    expect(grant).toMatchObject({
      id: "gift",
      amount: 100,
      category: "promotional",
      source: "welcome",
      priority: 50,
      effectiveAt: START,
      expiresAt: null,
      features: null,
      displayName: "Welcome",
      metadata: null,
      originGrantId: null,
      phase: "live",
      createdAt: START,
      closedAt: null,
      voidedAt: null,
      remaining: 100,
      held: 0,
      consumed: 0,
      expired: 0,
      voided: 0,
      adjusted: 0,
      refunded: 0,
      moved: 0,
      lapses: [],
      cost: null,
    });
    expect(plain(wallet.written)).toEqual([
      {
        seq: 1,
        type: "granted",
        account: "grant",
        amount: 100,
        balanceAfter: 100,
        grantId: "gift",
        operationId: `${START}-1`,
        reservationId: null,
        feature: null,
        quantity: null,
        dimensions: null,
        rateVersion: null,
        money: null,
        moneyCurrency: null,
        price: null,
        actor: "ann",
        reason: "why",
        cause: null,
        occurredAt: START,
        recordedAt: START,
      },
    ]);
  });

  it("that was paid defers its cost, which may be nothing", () => {
    const wallet = new TestWallet();
    const { grant } = wallet.grant("paid", 1_000, { cost: 10_000 });
    expect(grant.cost).toEqual({
      currency: "USD",
      total: 10_000,
      recognised: 0,
      breakage: 0,
      refunded: 0,
      moved: 0,
      restartDeferred: 10_000,
      restartOpen: 1_000,
    });
    expect(wallet.entries).toEqual([["granted", "paid", 1_000, 10_000]]);
    wallet.grant("free", 10, { cost: [0, "EUR"] });
    expect(wallet.written[0]).toMatchObject({ money: 0n, moneyCurrency: "EUR" });
  });

  it("that starts later is scheduled: part of the balance, not available", () => {
    const wallet = new TestWallet();
    const { grant, available } = wallet.grant("later", 10, { effectiveAt: START + 1, features: ["chat"] });
    expect([grant.phase, available, wallet.wallet.balance]).toEqual(["scheduled", 0, 10n]);
    expect(refusal(() => wallet.withdraw([["chat", 1]])).code).toBe("insufficient_credits");
    wallet.at(START + 1);
    expect([wallet.entries, wallet.wallet.available]).toEqual([[], 10n]);
  });

  it("may have started in the past", () => {
    const wallet = new TestWallet();
    expect(wallet.grant("old", 10, { effectiveAt: START - DAY }).grant).toMatchObject({
      phase: "live",
      effectiveAt: START - DAY,
      createdAt: START,
    });
  });

  it("must expire after it starts, and after now", () => {
    const wallet = new TestWallet();
    const at = (effectiveAt: number, expiresAt: number) => () =>
      wallet.grant("g", 1, { effectiveAt, expiresAt });
    expect(refusal(at(START + 5, START + 5))).toEqual({
      code: "invalid_input",
      message: "`expiresAt` must be after `effectiveAt`.",
      details: { field: "expiresAt" },
    });
    expect(refusal(at(START - 5, START))).toEqual({
      code: "invalid_input",
      message: "`expiresAt` must be in the future.",
      details: { field: "expiresAt" },
    });
    expect(at(START + 5, START + 6)().grant.expiresAt).toBe(START + 6);
  });
});

describe("what a wallet can hold", () => {
  it("is 2^63 − 1 in the last place of the scale", () => {
    const wallet = new TestWallet({ currency: { scale: 2, policy: { mode: "soft" } } });
    wallet.decide(grantRequest(MAX_AMOUNT - 5n), ["most"]);
    const most = formatScaled(MAX_AMOUNT, 2);
    expect(refusal(() => wallet.grant("more", 6))).toEqual({
      code: "over_limit",
      message: `A wallet of "tokens" holds at most ${most} credits; it has ${formatScaled(MAX_AMOUNT - 5n, 2)}, and 0.06 more do not fit.`,
      details: { open: formatScaled(MAX_AMOUNT - 5n, 2), amount: "0.06" },
    });
    expect(wallet.together([grantRequest(5)], ["rest"])[0]).toMatchObject({ available: MAX_AMOUNT });
  });

  it("counts open credits, though some are owed", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.withdraw(7);
    wallet.decide(grantRequest(MAX_AMOUNT, { features: ["chat"] }), ["most"]);
    expect(wallet.wallet.balance).toBe(MAX_AMOUNT - 7n);
    expect(refusal(() => wallet.grant("more", 1))).toMatchObject({
      code: "over_limit",
      details: { open: String(MAX_AMOUNT), amount: "1" },
    });
  });
});
