import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, plain, refusal } from "../support.js";

describe("a reversal", () => {
  it("brings credits and money back to their grants, last entry first", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 4, { cost: 40 });
    wallet.grant("b", 10, { cost: 200 });
    const { id } = wallet.withdraw([
      ["chat", 6],
      ["image", 1],
    ]);
    wallet.at(START + HOUR);
    const result = wallet.reverse(id);
    expect(wallet.entries).toEqual([
      ["reversed", "b", 1, 20],
      ["reversed", "b", 2, 40],
      ["reversed", "a", 4, 40],
    ]);
    expect(wallet.written.map(({ feature, occurredAt, reason }) => [feature, occurredAt, reason])).toEqual([
      ["image", START + HOUR, "why"],
      ["chat", START + HOUR, "why"],
      ["chat", START + HOUR, "why"],
    ]);
    expect(result).toEqual({
      kind: "reversal",
      id: `${START + HOUR}-6`,
      withdrawalId: id,
      amount: 7,
      overage: 0,
      overdraft: 0,
      returns: [
        { grantId: "b", feature: "image", amount: 1, money: 20, moneyCurrency: "USD" },
        { grantId: "b", feature: "chat", amount: 2, money: 40, moneyCurrency: "USD" },
        { grantId: "a", feature: "chat", amount: 4, money: 40, moneyCurrency: "USD" },
      ],
      grants: [],
      available: 14,
    });
    expect(wallet.stored("a")).toMatchObject({ remaining: 4, consumed: 0, cost: { recognised: 0 } });
  });

  it("of a part takes the last first, and never more than is left", () => {
    const wallet = new TestWallet({ currency: { scale: 1 } });
    wallet.grant("a", 40);
    wallet.grant("b", 100);
    const { id } = wallet.withdraw(60);
    wallet.reverse(id, 30);
    expect(wallet.entries).toEqual([
      ["reversed", "b", 20],
      ["reversed", "a", 10],
    ]);
    expect(refusal(() => wallet.reverse(id, 31))).toEqual({
      code: "invalid_input",
      message: "`amount` is 3.1, but only 3 of this withdrawal are left to reverse.",
      details: { field: "amount", left: "3" },
    });
    expect(wallet.reverse(id, 30).amount).toBe(30);
    expect(wallet.entries).toEqual([["reversed", "a", 30]]);
    expect(refusal(() => wallet.reverse(id, 1)).details["left"]).toBe("0");
  });

  it("counts what comes back off the use, at the quarter of an hour of that use", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 10);
    wallet.at(START + 2 * HOUR);
    const { id } = wallet.withdraw(
      [
        ["chat", 3],
        ["image", 2],
      ],
      { occurredAt: START + HOUR + 1 },
    );
    const { id: byAmount } = wallet.withdraw(1);
    wallet.at(START + DAY);
    wallet.reverse(id, 4);
    const back = { at: START + HOUR, group: "", quantity: 0n, count: 0 };
    expect(wallet.counted).toEqual([
      { ...back, feature: "image", amount: -2n },
      { ...back, feature: "chat", amount: -2n },
    ]);
    wallet.reverse(byAmount);
    expect(wallet.counted).toEqual([{ ...back, at: START + 2 * HOUR, feature: "", amount: -1n }]);
  });

  it("of what is wholly back is nothing, with a receipt", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 4);
    const { id } = wallet.withdraw(4);
    wallet.reverse(id);
    wallet.decide({ kind: "reverse", withdrawalId: id, amount: null, regrant: null }, ["own"]);
    expect([wallet.entries, [...wallet.store.operations].at(-1)]).toEqual([[], "own"]);
    const free = wallet.withdraw(0);
    expect(wallet.reverse(free.id)).toMatchObject({ amount: 0, returns: [] });
  });

  it("in parts brings the entry's money to the unit: $10 for 3 is 3.33, 3.33, 3.34", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 3, { cost: 1_000 });
    const { id } = wallet.withdraw(3);
    const money = [1, 1, 1].map((part) => wallet.reverse(id, part).returns[0]?.money);
    expect(money).toEqual([333, 333, 334]);
  });

  it("undoes a withdrawal to the unit, however it is split", () => {
    const part = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(part, { minLength: 1, maxLength: 4 }), part, (cost, uses, back) => {
        const wallet = new TestWallet();
        wallet.grant("a", 40, { cost });
        wallet.grant("b", 4, { cost: 7, expiresAt: START + DAY });
        const ids = uses.map((use) => wallet.withdraw(use).id);
        for (const [index, id] of ids.entries()) {
          const left = uses[index] ?? 0;
          wallet.reverse(id, Math.min(back, left));
          wallet.reverse(id);
        }
        expect(wallet.wallet.balance).toBe(44n);
        const recognised = ["a", "b"].map((id) => wallet.stored(id).cost?.recognised);
        expect(recognised).toEqual([0, 0]);
      }),
      { numRuns: 20 },
    );
  });

  it("of a withdrawal that never was, or of no withdrawal, is refused", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 4);
    const refused = refusal(() => wallet.reverse("1-1"));
    expect(refused).toEqual({
      code: "withdrawal_not_found",
      message:
        'There is no withdrawal "wd:1-1" in this wallet. Pass the `id` that withdraw or capture returned.',
      details: { withdrawalId: "wd:1-1" },
    });
    expect(refusal(() => wallet.reverse(`${START}-1`)).code).toBe("withdrawal_not_found");
    const { id } = wallet.adjust(-1);
    expect(refusal(() => wallet.reverse(id)).code).toBe("withdrawal_not_found");
    wallet.reverse(wallet.withdraw(1).id);
    expect(refusal(() => wallet.reverse(wallet.written[0]?.operationId ?? "")).code).toBe(
      "withdrawal_not_found",
    );
  });

  it("of a capture is as of a withdrawal", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("a", 4);
    wallet.reserve("r", 5);
    const { id } = wallet.capture("r", 6);
    expect(wallet.reverse(id)).toMatchObject({ amount: 6, overdraft: 2, available: 4 });
  });

  it("of late use leaves the reversed expiry: credits go again, at once", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 4, { cost: 40, expiresAt: START + HOUR });
    wallet.at(START + HOUR);
    const { id } = wallet.withdraw(3, { occurredAt: START });
    wallet.reverse(id);
    expect(wallet.entries).toEqual([
      ["reversed", "a", 3, 30],
      ["expired", "a", -3, -30],
    ]);
  });
});

describe("a reversal takes back first", () => {
  it("overage, last first, with its money, in the month in which it is booked", () => {
    const policy = { mode: "overage", price: { amount: "0.015", currency: "USD" }, limit: 8 } as const;
    const wallet = new TestWallet({ currency: { policy } });
    wallet.grant("a", 1);
    const { id } = wallet.withdraw([
      ["chat", 4],
      ["image", 3],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "a", -1],
      ["overage", "overage", -3, -5],
      ["overage", "overage", -3, -4],
    ]);
    const february = Date.UTC(2025, 1, 1);
    wallet.at(february);
    expect(wallet.reverse(id, 4)).toMatchObject({ amount: 4, overage: 4, overdraft: 0, returns: [] });
    expect(wallet.entries).toEqual([
      ["reversed", "overage", 3, 4],
      ["reversed", "overage", 1, 1],
    ]);
    expect(wallet.written[0]).toMatchObject({
      account: "overage",
      feature: "image",
      moneyCurrency: "USD",
      price: { amount: "0.015", currency: "USD" },
    });
    expect(plain(wallet.wallet.overagePeriod)).toEqual({
      startsAt: february,
      prices: [{ price: policy.price, credits: -4, money: -5 }],
    });
    expect(wallet.wallet).toMatchObject({ overage: 2n, balance: 0n });
    wallet.reverse(id, 2);
    expect(wallet.entries).toEqual([["reversed", "overage", 2, 4]]);
    wallet.reverse(id);
    expect(wallet.entries).toEqual([["reversed", "a", 1]]);
  });

  it("overage of one month, which then bills less", () => {
    const policy = { mode: "overage", price: { amount: "0.01", currency: "USD" }, limit: 5 } as const;
    const wallet = new TestWallet({ currency: { policy } });
    const { id } = wallet.withdraw(5);
    wallet.reverse(id, 2);
    expect(refusal(() => wallet.withdraw(3)).code).toBe("insufficient_credits");
    expect(wallet.withdraw(2).overage).toBe(2);
    expect(plain(wallet.wallet.overagePeriod)?.prices).toMatchObject([{ credits: 5, money: 5 }]);
  });

  it("bills nothing until what was returned is used up", () => {
    const policy = { mode: "overage", price: { amount: "0.01", currency: "USD" } } as const;
    const wallet = new TestWallet({ currency: { policy } });
    const { id } = wallet.withdraw(5);
    wallet.at(Date.UTC(2025, 1, 1));
    wallet.reverse(id);
    wallet.withdraw(3);
    expect(wallet.entries).toEqual([["overage", "overage", -3, -3]]);
    expect(plain(wallet.wallet.overagePeriod)?.prices).toMatchObject([{ credits: -2, money: -2 }]);
  });

  it("then open debt, last first, then draws and settlements together, last first", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("a", 2, { cost: 20 });
    const { id } = wallet.withdraw([
      ["chat", 5],
      ["image", 4],
    ]);
    wallet.grant("b", 4, { cost: 80 });
    expect(wallet.wallet.overdraft).toBe(3n);
    const result = wallet.reverse(id, 8);
    expect(result).toMatchObject({ amount: 8, overdraft: 3, available: 5 });
    expect(wallet.entries).toEqual([
      ["reversed", "overdraft", 3],
      ["reversed", "b", 1, 20],
      ["reversed", "b", 3, 60],
      ["reversed", "a", 1, 10],
    ]);
    expect(wallet.written.map(({ feature }) => feature)).toEqual(["image", "image", "chat", "chat"]);
    expect(wallet.reverse(id).amount).toBe(1);
  });

  it("overage before open debt, as a capture may leave both", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.reserve("r", 3);
    const price = { amount: "0.01", currency: "USD" };
    wallet.setPolicy({ mode: "overage", price, limit: null, consent: null });
    const { id } = wallet.capture("r", 5);
    expect(wallet.reverse(id, 3)).toMatchObject({ amount: 3, overage: 2, overdraft: 1 });
    expect(wallet.entries).toEqual([
      ["reversed", "overage", 2, 2],
      ["reversed", "overdraft", 1],
    ]);
    expect(wallet.wallet).toMatchObject({ overage: 0n, overdraft: 2n });
  });

  it("the last debt first", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    const { id } = wallet.withdraw([
      ["chat", 5],
      ["image", 4],
    ]);
    wallet.reverse(id, 6);
    expect(wallet.written.map(({ feature, amount }) => [feature, amount])).toEqual([
      ["image", 4n],
      ["chat", 2n],
    ]);
    expect(wallet.wallet.overdraft).toBe(3n);
    expect(wallet.reverse(id).amount).toBe(3);
    expect(wallet.wallet.balance).toBe(0n);
  });

  it("a debt that has been paid comes back to the credits that paid it", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    const { id } = wallet.withdraw(5);
    wallet.grant("b", 9, { cost: 90 });
    wallet.reverse(id, 2);
    expect(wallet.entries).toEqual([["reversed", "b", 2, 20]]);
    wallet.reverse(id);
    expect(wallet.entries).toEqual([["reversed", "b", 3, 30]]);
    expect(wallet.stored("b")).toMatchObject({ remaining: 9, cost: { recognised: 0 } });
  });
});
