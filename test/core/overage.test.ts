import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../src/core/amounts.js";
import type { PolicyInput } from "../../src/catalog/definition.js";
import { Draft } from "../../src/core/draft.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { roomPastZero } from "../../src/core/past-zero.js";
import type { Policy } from "../../src/core/policy.js";
import { HOUR, START, TestWallet, plain, refusal } from "./support.js";

const CENT = { amount: "0.01", currency: "USD" };
const FEBRUARY = Date.UTC(2025, 1, 1);

function billed(more: Partial<Extract<PolicyInput, { mode: "overage" }>> = {}): TestWallet {
  return new TestWallet({ currency: { policy: { mode: "overage", price: CENT, ...more } } });
}

describe("under `overage`", () => {
  it("past zero the rest is billed in money, and no grant pays it later", () => {
    const wallet = billed();
    wallet.grant("any", 10);
    const result = wallet.withdraw([["chat", 25]]);
    expect(result).toMatchObject({ price: 25, overage: 15, overdraft: 0, shortfall: 0, available: 0 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -10],
      ["overage", "overage", -15, -15],
    ]);
    expect(wallet.written[1]).toMatchObject({
      feature: "chat",
      grantId: null,
      moneyCurrency: "USD",
      price: CENT,
      balanceAfter: 0n,
    });
    expect(wallet.wallet).toMatchObject({ balance: 0n, overage: 15n, overdraft: 0n });
    wallet.grant("more", 10);
    expect([wallet.entries, wallet.wallet.available]).toEqual([[["granted", "more", 10]], 10n]);
  });

  it("money is price × credits of the period, half-up, so that no split changes it", () => {
    const wallet = billed({ price: { amount: "0.004", currency: "USD" } });
    const money = [1, 1, 1, 1, 1, 1].map(() => {
      wallet.withdraw(1);
      return plain(wallet.written[0]?.money ?? null);
    });
    expect(money.map((step) => Math.abs(step ?? 0))).toEqual([0, 1, 0, 1, 0, 0]);
    const whole = billed({ price: { amount: "0.004", currency: "USD" } });
    whole.withdraw(6);
    expect(whole.entries).toEqual([["overage", "overage", -6, -2]]);
  });

  it("of several lines, each has its step", () => {
    const wallet = billed({ price: { amount: "0.005", currency: "USD" } });
    wallet.withdraw([
      ["chat", 1],
      ["image", 1],
      ["video", 1],
    ]);
    expect(wallet.entries).toEqual([
      ["overage", "overage", -1, -1],
      ["overage", "overage", -1, 0],
      ["overage", "overage", -1, -1],
    ]);
  });

  it("each price has a sum of its own", () => {
    const wallet = billed({ price: { amount: "0.005", currency: "USD" } });
    const at = (amount: string, currency = "USD"): Policy => ({
      mode: "overage",
      price: { amount, currency },
      limit: null,
      consent: null,
    });
    wallet.withdraw(1);
    wallet.setPolicy(at("0.005", "EUR"));
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["overage", "overage", -1, -1]]);
    wallet.setPolicy(at("0.004"));
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["overage", "overage", -1, 0]]);
    wallet.setPolicy(at("0.005"));
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["overage", "overage", -1, 0]]);
    const { prices } = plain(wallet.wallet.overagePeriod ?? { prices: [] });
    expect(prices).toEqual([
      { price: { amount: "0.005", currency: "EUR" }, credits: 1, money: 1 },
      { price: { amount: "0.004", currency: "USD" }, credits: 1, money: 0 },
      { price: { amount: "0.005", currency: "USD" }, credits: 2, money: 1 },
    ]);
  });

  it("up to the limit of a UTC month exactly; the next month begins anew", () => {
    const wallet = billed({ limit: 10 });
    wallet.withdraw(6);
    expect(refusal(() => wallet.withdraw(5))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "5", available: "0", shortfall: "1" },
    });
    wallet.at(FEBRUARY - 1);
    expect(wallet.withdraw(4).overage).toBe(4);
    expect(refusal(() => wallet.withdraw(1)).code).toBe("insufficient_credits");
    wallet.at(FEBRUARY);
    expect(wallet.withdraw(10).overage).toBe(10);
    expect(plain([...wallet.store.overage.values()])).toEqual([
      { startsAt: Date.UTC(2025, 0, 1), open: false, prices: [{ price: CENT, credits: 10, money: 10 }] },
      { startsAt: FEBRUARY, open: true, prices: [{ price: CENT, credits: 10, money: 10 }] },
    ]);
    expect(wallet.wallet.overage).toBe(20n);
  });

  it("a month keeps its own prices", () => {
    const wallet = billed();
    wallet.withdraw(1);
    wallet.at(FEBRUARY);
    const price = { amount: "2", currency: "USD" };
    wallet.setPolicy({ mode: "overage", price, limit: null, consent: null });
    wallet.withdraw(1);
    expect(plain(wallet.wallet.overagePeriod)).toEqual({
      startsAt: FEBRUARY,
      prices: [{ price, credits: 1, money: 200 }],
    });
  });

  it("without a limit ends at what can be kept, beside what is held", () => {
    const wallet = billed({ price: { amount: "0", currency: "USD" } });
    const lines = [{ feature: null, amount: MAX_AMOUNT - 5n }];
    wallet.decide({ kind: "reserve", lines, expiresIn: { hours: 1 } }, ["r"]);
    expect(refusal(() => wallet.withdraw(6)).details["shortfall"]).toBe("1");
    expect(wallet.withdraw(5).overage).toBe(5);
  });

  it("a month's rounding begins anew too", () => {
    const wallet = billed({ price: { amount: "0.005", currency: "USD" } });
    wallet.withdraw(1);
    wallet.at(FEBRUARY);
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["overage", "overage", -1, -1]]);
  });

  it("`partial` uses the headroom up and returns the shortfall", () => {
    const wallet = billed({ limit: 4 });
    wallet.grant("any", 3);
    expect(wallet.withdraw(9, { partial: true })).toMatchObject({ overage: 4, shortfall: 2 });
  });

  it("money past what can be kept is refused, for the month in all", () => {
    const wallet = billed({ price: { amount: String(MAX_AMOUNT), currency: "JPY" } });
    wallet.withdraw(1);
    expect(wallet.written[0]?.money).toBe(-MAX_AMOUNT);
    expect(refusal(() => wallet.withdraw(1))).toEqual({
      code: "over_limit",
      message: "The overage of this month would cost more money than can be kept.",
      details: {},
    });
    wallet.at(FEBRUARY);
    expect(wallet.withdraw(1).overage).toBe(1);
  });

  it("never gives money back: what a reversal left to pay is paid first", () => {
    const wallet = billed({ price: { amount: "0.002", currency: "USD" } });
    const ids = [1, 1, 1].map((credits) => wallet.withdraw(credits).id);
    expect(wallet.entries).toEqual([["overage", "overage", -1, -1]]);
    for (const id of ids.slice(0, 2)) wallet.reverse(id);
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["overage", "overage", -1, 0]]);
    expect(plain(wallet.wallet.overagePeriod)?.prices).toMatchObject([{ credits: 2, money: 1 }]);
  });
});

describe("consent", () => {
  const required = { mode: "overage", price: { ...CENT }, limit: 10n, consent: "required" } as const;

  it("that is asked for and not given makes it `hard`, and says so", () => {
    const wallet = billed({ consent: "required" });
    wallet.grant("any", 3);
    expect(refusal(() => wallet.withdraw(5))).toEqual({
      code: "consent_required",
      message:
        'This costs 5 "tokens"; 3 are available, and using more is billed in money, to which nobody has agreed. Record a consent with setPolicy, or grant credits.',
      details: { price: "5", available: "3", shortfall: "2" },
    });
    expect(wallet.withdraw(5, { partial: true })).toMatchObject({ overage: 0, shortfall: 2 });
    expect(refusal(() => wallet.withdraw(1, { partial: true })).code).toBe("consent_required");
    expect(wallet.withdraw(0).price).toBe(0);
  });

  it("that is recorded opens it, up to the smaller limit", () => {
    const wallet = billed({ consent: "required" });
    wallet.setPolicy({ ...required, consent: { by: "ann", at: START, limit: 4n } });
    expect(refusal(() => wallet.withdraw(5)).code).toBe("insufficient_credits");
    expect(wallet.withdraw(4).overage).toBe(4);
    wallet.setPolicy({ ...required, consent: { by: "ann", at: START, limit: null } });
    expect(wallet.withdraw(6).overage).toBe(6);
    expect(refusal(() => wallet.withdraw(1)).code).toBe("insufficient_credits");
    wallet.setPolicy(required);
    expect(refusal(() => wallet.withdraw(1)).code).toBe("consent_required");
  });
});

describe("a new policy", () => {
  it("converts nothing: a debt stays a debt, overage stays overage", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.withdraw(5);
    const policy = { mode: "overage", price: CENT, limit: null, consent: null } as const;
    expect(wallet.setPolicy(policy)).toEqual({ kind: "policy", policy });
    expect(wallet.entries).toEqual([]);
    wallet.withdraw(7);
    expect(wallet.wallet).toMatchObject({ overdraft: 5n, overage: 7n, balance: -5n });
    expect(wallet.setPolicy(null)).toEqual({ kind: "policy", policy: { mode: "soft", limit: null } });
    wallet.at(START + HOUR);
    wallet.grant("any", 20);
    expect(wallet.wallet).toMatchObject({ overdraft: 0n, overage: 7n, available: 15n });
  });
});

it("without a limit, the room past zero is what the wallet can still keep, less what was ever billed and is held", () => {
  const wallet = billed();
  wallet.withdraw(5);
  wallet.at(FEBRUARY);
  wallet.reserve("r", 3, { hours: 1 });
  const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
  expect(roomPastZero(draft).amount).toBe(MAX_AMOUNT - 8n);
});
