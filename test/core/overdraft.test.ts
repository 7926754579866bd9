import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../src/core/amounts.js";
import { DAY, HOUR, START, TestWallet, refusal } from "./support.js";

const soft = (limit?: number) =>
  new TestWallet({ currency: { policy: { mode: "soft", ...(limit === undefined ? {} : { limit }) } } });

describe("under `soft`", () => {
  it("past zero the rest is overdraft", () => {
    const wallet = soft();
    wallet.grant("any", 10, { cost: 1_000 });
    const result = wallet.withdraw(25);
    expect(result).toMatchObject({ price: 25, overdraft: 15, overage: 0, shortfall: 0, available: 0 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -10, -1_000],
      ["overdraft", "overdraft", -15],
    ]);
    expect([wallet.wallet.balance, wallet.wallet.overdraft]).toEqual([-15n, 15n]);
    expect(wallet.counted).toMatchObject([{ amount: 25n }]);
  });

  it("up to the limit exactly", () => {
    const wallet = soft(10);
    expect(wallet.withdraw(6).overdraft).toBe(6);
    expect(refusal(() => wallet.withdraw(5))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "5", available: "0", shortfall: "1" },
    });
    expect(wallet.withdraw(4).overdraft).toBe(4);
    expect(refusal(() => wallet.withdraw(1)).code).toBe("insufficient_credits");
  });

  it("without a limit up to what a wallet can keep", () => {
    const wallet = soft();
    const ask = (amount: bigint) => () =>
      wallet.decide({
        kind: "withdraw",
        lines: [{ feature: null, amount }],
        occurredAt: null,
        partial: false,
      });
    expect(ask(MAX_AMOUNT)()).toMatchObject({ overdraft: MAX_AMOUNT });
    expect(refusal(ask(1n)).details["shortfall"]).toBe("1");
  });

  it("a limit of zero is as `hard`", () => {
    expect(refusal(() => soft(0).withdraw(1)).code).toBe("insufficient_credits");
  });

  it("a limit that falls below what is owed leaves no room, and no debt is touched", () => {
    const wallet = soft(10);
    wallet.withdraw(8);
    wallet.setPolicy({ mode: "soft", limit: 5n });
    expect(refusal(() => wallet.withdraw(1)).details["shortfall"]).toBe("1");
    expect(wallet.wallet.overdraft).toBe(8n);
    wallet.grant("any", 1);
    expect(wallet.wallet.overdraft).toBe(7n);
  });

  it("`partial` uses the headroom up, in line order", () => {
    const wallet = soft(4);
    wallet.grant("any", 3);
    const result = wallet.withdraw(
      [
        ["chat", 5],
        ["image", 4],
      ],
      { partial: true },
    );
    expect(result).toMatchObject({ price: 9, overdraft: 4, shortfall: 2 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -3],
      ["overdraft", "overdraft", -2],
      ["overdraft", "overdraft", -2],
    ]);
    expect(refusal(() => wallet.withdraw(1, { partial: true })).code).toBe("insufficient_credits");
  });

  it("`partial` draws as much from credits as from headroom, where these are alike", () => {
    const wallet = soft(3);
    wallet.grant("any", 3);
    expect(wallet.withdraw(7, { partial: true })).toMatchObject({ overdraft: 3, shortfall: 1 });
  });

  it("a `partial` that draws on headroom alone passes", () => {
    expect(soft(4).withdraw(5, { partial: true })).toMatchObject({ overdraft: 4, shortfall: 1, draws: [] });
  });
});

describe("a debt", () => {
  it("is paid at once by later credits, and recognises their cost then: 15 owed, 100 bought for $50", () => {
    const wallet = soft();
    const { id } = wallet.withdraw(15);
    wallet.at(START + HOUR);
    const { grant, available } = wallet.grant("paid", 100, { cost: 5_000 });
    expect([grant.remaining, available]).toEqual([85, 85]);
    expect(wallet.entries).toEqual([
      ["granted", "paid", 100, 5_000],
      ["overdraft_settled", "paid", -15, -750],
      ["overdraft_settled", "overdraft", 15],
    ]);
    expect(wallet.written.map(({ occurredAt, recordedAt }) => [occurredAt, recordedAt])).toEqual(
      wallet.written.map(() => [START + HOUR, START + HOUR]),
    );
    expect(wallet.stored("paid")).toMatchObject({ consumed: 15, cost: { recognised: 750 } });
    expect(wallet.store.withdrawals.get(id)).toEqual({
      id,
      debts: [{ seq: 1, feature: null, owed: 0n }],
      settlements: [
        {
          seq: 3,
          debtSeq: 1,
          grantId: "paid",
          feature: null,
          amount: 15n,
          money: 750n,
          moneyCurrency: "USD",
        },
      ],
      back: {},
    });
  });

  it("is one per line, and is paid only by credits that may pay for its feature", () => {
    const wallet = soft();
    wallet.withdraw([
      ["chat", 3],
      ["image", 4],
    ]);
    wallet.grant("image", 10, { features: ["image"] });
    expect(wallet.entries).toEqual([
      ["granted", "image", 10],
      ["overdraft_settled", "image", -4],
      ["overdraft_settled", "overdraft", 4],
    ]);
    expect(wallet.written[2]).toMatchObject({ feature: "image", grantId: null, money: null });
    expect(wallet.wallet.overdraft).toBe(3n);
    wallet.grant("any", 10);
    expect(wallet.written[1]).toMatchObject({ grantId: "any", amount: -3n, feature: "chat" });
  });

  it("by amount waits for unrestricted credits", () => {
    const wallet = soft();
    wallet.withdraw(5);
    wallet.grant("chat", 10, { features: ["chat"] });
    expect(wallet.entries).toEqual([["granted", "chat", 10]]);
    expect([wallet.wallet.balance, wallet.wallet.available]).toEqual([5n, 10n]);
  });

  it("that a promotional grant pays notes no money", () => {
    const wallet = soft();
    const { id } = wallet.withdraw(1);
    wallet.grant("gift", 2);
    expect(wallet.store.withdrawals.get(id)?.settlements).toEqual([
      { seq: 3, debtSeq: 1, grantId: "gift", feature: null, amount: 1n, money: null, moneyCurrency: null },
    ]);
  });

  it("that is older is paid first, whatever its feature, as far as credits go", () => {
    const wallet = soft();
    wallet.withdraw([["image", 4]]);
    wallet.withdraw([["chat", 3]]);
    wallet.withdraw([["image", 2]]);
    wallet.grant("any", 5);
    expect(wallet.written.map(({ feature, amount }) => [feature, amount])).toEqual([
      [null, 5n],
      ["image", -4n],
      ["image", 4n],
      ["chat", -1n],
      ["chat", 1n],
    ]);
    wallet.grant("more", 10);
    expect(wallet.written.slice(1).map(({ feature, amount }) => [feature, amount])).toEqual([
      ["chat", -2n],
      ["chat", 2n],
      ["image", -2n],
      ["image", 2n],
    ]);
  });

  it("is paid by several credits in burn order", () => {
    const wallet = soft();
    wallet.withdraw([["chat", 10]]);
    wallet.grant("chat", 4, { features: ["chat"], effectiveAt: START + HOUR, priority: 60 });
    wallet.grant("late", 3, { effectiveAt: START + HOUR, expiresAt: START + 2 * DAY });
    wallet.grant("soon", 3, { effectiveAt: START + HOUR, expiresAt: START + DAY });
    expect(wallet.wallet.overdraft).toBe(10n);
    wallet.at(START + HOUR);
    expect(wallet.entries.filter(([, where]) => where !== "overdraft")).toEqual([
      ["overdraft_settled", "soon", -3],
      ["overdraft_settled", "late", -3],
      ["overdraft_settled", "chat", -4],
    ]);
    expect(wallet.wallet.overdraft).toBe(0n);
  });

  it("is paid at the instant at which credits start, with a cause and no receipt", () => {
    const wallet = soft();
    wallet.withdraw(5);
    wallet.grant("later", 10, { effectiveAt: START + HOUR });
    expect(wallet.entries).toEqual([["granted", "later", 10]]);
    wallet.at(START + DAY);
    expect(wallet.written).toMatchObject([
      { type: "overdraft_settled", grantId: "later", cause: "settlement", actor: null, reason: null },
      { type: "overdraft_settled", account: "overdraft", cause: "settlement" },
    ]);
    expect(wallet.written.map(({ recordedAt, occurredAt }) => [recordedAt, occurredAt])).toEqual([
      [START + HOUR, START + HOUR],
      [START + HOUR, START + HOUR],
    ]);
  });

  it("takes nothing of a policy that comes later: nothing is forgiven", () => {
    const wallet = soft();
    wallet.withdraw(5);
    wallet.setPolicy({ mode: "hard" });
    expect([wallet.entries, wallet.wallet.overdraft]).toEqual([[], 5n]);
    wallet.grant("any", 8);
    expect(wallet.wallet).toMatchObject({ available: 3n, overdraft: 0n });
  });
});
