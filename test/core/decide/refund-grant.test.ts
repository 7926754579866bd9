import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, refusal } from "../support.js";

function used(): TestWallet {
  const wallet = new TestWallet();
  wallet.grant("paid", 100, { cost: 10_000, expiresAt: START + DAY });
  wallet.withdraw(30);
  return wallet;
}

describe("a refund", () => {
  it("gives free credits back for their deferred money: 70 of 100 at $1 are $70", () => {
    const wallet = used();
    const result = wallet.refund("paid");
    expect(wallet.entries).toEqual([["refunded", "paid", -70, -7_000]]);
    expect(result).toMatchObject({
      kind: "refund",
      id: `${START}-3`,
      amount: 70,
      money: 7_000,
      moneyCurrency: "USD",
      available: 0,
      grant: { remaining: 0, refunded: 70, cost: { recognised: 3_000, refunded: 7_000, breakage: 0 } },
    });
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([]);
  });

  it("of a part closes nothing", () => {
    const wallet = used();
    expect(wallet.refund("paid", 20)).toMatchObject({ amount: 20, money: 2_000, available: 50 });
    expect(wallet.withdraw(50).available).toBe(0);
  });

  it("of a scheduled grant is possible", () => {
    const wallet = new TestWallet();
    wallet.grant("later", 3, { cost: 100, effectiveAt: START + HOUR });
    expect(wallet.refund("later", 1).money).toBe(33);
    expect(wallet.refund("later").money).toBe(67);
  });

  it("takes free credits alone", () => {
    const wallet = used();
    wallet.reserve("r", 60);
    expect(refusal(() => wallet.refund("paid", 11))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "11", available: "10", shortfall: "1" },
    });
    expect(wallet.refund("paid", 10).money).toBe(1_000);
    expect(refusal(() => wallet.refund("paid")).code).toBe("insufficient_credits");
    expect(refusal(() => wallet.refund("paid", 1)).code).toBe("insufficient_credits");
  });

  it("of promotional credits is none", () => {
    const wallet = new TestWallet();
    wallet.grant("gift", 10);
    expect(refusal(() => wallet.refund("gift"))).toEqual({
      code: "invalid_input",
      message: 'Grant "gr:gift" is promotional: it cost nothing, so there is nothing to refund. Void it.',
      details: { field: "grantId" },
    });
  });

  it("of a grant that has ended or is unknown is refused", () => {
    const wallet = used();
    wallet.at(START + DAY);
    expect(refusal(() => wallet.refund("paid"))).toMatchObject({
      code: "grant_closed",
      details: { status: "expired" },
    });
    wallet.grant("void", 10, { cost: 1 });
    wallet.voidGrant("void");
    expect(refusal(() => wallet.refund("void"))).toMatchObject({
      code: "grant_closed",
      details: { status: "voided" },
    });
    expect(refusal(() => wallet.refund("x")).code).toBe("grant_not_found");
  });
});
