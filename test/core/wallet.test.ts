import { describe, expect, it } from "vitest";
import { nextDueAt } from "../../src/core/due.js";
import { emptyWallet, mayPay, restrictionKey } from "../../src/core/wallet.js";
import { DAY, HOUR, START, TestWallet } from "./support.js";

describe("an empty wallet", () => {
  it("has nothing, owes nothing and waits for nothing", () => {
    const { terms } = new TestWallet();
    const names = { customerId: "acme", currency: "tokens", scope: "" };
    expect(emptyWallet(names, terms.currency)).toMatchObject({
      names,
      version: 0,
      seq: 0,
      eventNo: 0,
      balance: 0n,
      overdraft: 0n,
      overage: 0n,
      available: 0n,
      held: 0n,
      scheduled: 0n,
      liveOpen: 0n,
      lapsedAt: null,
      policy: null,
      headroomHeld: { overdraft: 0n, overage: 0n },
      overagePeriod: null,
      basisCurrency: null,
    });
    expect(nextDueAt(emptyWallet(names, terms.currency))).toBeNull();
  });
});

describe("what a wallet waits for next", () => {
  it("is the earliest start, expiry or timeout", () => {
    const wallet = new TestWallet();
    const next = () => ((nextDueAt(wallet.wallet) ?? Number.NaN) - START) / HOUR;
    wallet.grant("g", 10, { expiresAt: START + DAY });
    expect(next()).toBe(24);
    wallet.reserve("r", 1, { hours: 3 });
    expect(next()).toBe(3);
    wallet.grant("h", 10, { effectiveAt: START + 2 * HOUR });
    expect(next()).toBe(2);
    wallet.voidGrant("h");
    wallet.extend("r", { hours: 5 });
    expect(next()).toBe(5);
    wallet.capture("r");
    expect(next()).toBe(24);
    wallet.withdraw(9);
    expect(next()).toBeNaN();
  });
});

describe("the sums of a wallet", () => {
  it("balance is all that is open, less what is owed; available is what is free and live", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("live", 10, { features: ["chat"] });
    wallet.grant("later", 7, { effectiveAt: START + HOUR });
    wallet.grant("soon", 4, { expiresAt: START + 1 });
    wallet.reserve("r", 4);
    wallet.reserve("s", [["chat", 3]]);
    wallet.withdraw(2);
    expect(wallet.wallet).toMatchObject({
      balance: 19n,
      overdraft: 2n,
      available: 7n,
      held: 7n,
      scheduled: 7n,
      liveOpen: 14n,
    });
    wallet.at(START + 1);
    expect(wallet.wallet).toMatchObject({ balance: 19n, available: 7n, held: 7n, liveOpen: 10n });
  });
});

it("a restriction is named by its features", () => {
  expect([restrictionKey(null), restrictionKey(["a"]), restrictionKey(["a", "b"])]).toEqual([
    "",
    '["a"]',
    '["a","b"]',
  ]);
});

it("restricted credits pay for their features only, never for an amount", () => {
  expect([
    mayPay(null, "a"),
    mayPay(null, null),
    mayPay(["a"], "a"),
    mayPay(["a"], "b"),
    mayPay(["a"], null),
  ]).toEqual([true, true, true, false, false]);
});
