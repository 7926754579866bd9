import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, plain, quantityOf, refusal } from "../support.js";

const CENT = { amount: "0.01", currency: "USD" };

describe("a reservation", () => {
  it("pins credits to grants in burn order, and moves nothing in the ledger", () => {
    const wallet = new TestWallet();
    wallet.grant("second", 10, { cost: 100 });
    wallet.grant("first", 4, { expiresAt: START + DAY });
    const result = wallet.reserve(
      "r",
      [
        ["chat", 6],
        ["image", 1],
      ],
      { hours: 1 },
    );
    expect(wallet.entries).toEqual([]);
    expect(result).toEqual({
      kind: "reservation",
      id: "r",
      state: "held",
      price: 7,
      held: 7,
      pins: [
        { grantId: "first", amount: 4 },
        { grantId: "second", amount: 3 },
      ],
      lines: [
        { feature: "chat", quantity: Number(quantityOf(6)), price: 6, rateVersion: "chat@1" },
        { feature: "image", quantity: Number(quantityOf(1)), price: 1, rateVersion: "image@1" },
      ],
      overdraft: 0,
      overage: 0,
      available: 7,
      expiresAt: START + HOUR,
    });
    expect(wallet.stored("second")).toMatchObject({ remaining: 7, held: 3, cost: { recognised: 0 } });
    expect(wallet.wallet).toMatchObject({ balance: 14n, available: 7n, held: 7n });
    expect(wallet.counted).toEqual([]);
    expect(wallet.store.reservations.get("r")).toMatchObject({ reservedAt: START, expiresAt: START + HOUR });
  });

  it("under `hard` holds all or nothing", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 5);
    expect(refusal(() => wallet.reserve("r", 6))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "6", available: "5", shortfall: "1" },
    });
    expect(wallet.reserve("r", 5)).toMatchObject({ held: 5, available: 0 });
  });

  it("of nothing holds nothing", () => {
    const result = new TestWallet().reserve("r", 0);
    expect(result).toMatchObject({ state: "held", held: 0, pins: [], price: 0 });
  });

  it("keeps others off what it holds", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", 7);
    expect(refusal(() => wallet.withdraw(4)).details["available"]).toBe("3");
    expect(refusal(() => wallet.reserve("s", 4)).code).toBe("insufficient_credits");
    expect(wallet.withdraw(3).available).toBe(0);
  });

  it("lasts at most 7 days, to the millisecond", () => {
    const wallet = new TestWallet();
    expect(wallet.reserve("r", 0, { days: 7 }).expiresAt).toBe(START + 7 * DAY);
    const message =
      "`expiresIn` must end after now and at most 7 days after the reserve; capture what was used and reserve again to hold longer.";
    const refused = { code: "invalid_input", message, details: { field: "expiresIn" } };
    expect(refusal(() => wallet.reserve("s", 0, { days: 7, seconds: 0.001 }))).toEqual(refused);
    expect(refusal(() => wallet.reserve("s", 0, { seconds: 0 }))).toEqual(refused);
    expect(refusal(() => wallet.reserve("s", 0, { years: 1_000_000 }))).toEqual(refused);
    expect(wallet.reserve("s", 0, { seconds: 0.001 }).expiresAt).toBe(START + 1);
  });

  it("pins credits of as many grants as can be freed at once", () => {
    const wallet = new TestWallet({ mostPins: 2 });
    for (const id of ["a", "b", "c"]) wallet.grant(id, 1);
    expect(refusal(() => wallet.reserve("r", 3))).toEqual({
      code: "over_limit",
      message: "This would pin credits of 3 grants; a reservation pins at most 2. Reserve in parts.",
      details: { pins: 3, limit: 2 },
    });
    expect(wallet.reserve("r", 2).held).toBe(2);
  });

  it("holds each feature with the same dimensions once", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    expect(
      refusal(() =>
        wallet.reserve("r", [
          ["chat", 1, { a: "1" }],
          ["chat", 2, { a: "1" }],
        ]),
      ),
    ).toEqual({
      code: "invalid_input",
      message:
        'A reservation holds each feature with the same dimensions once; "chat" stands twice. Add up their quantities.',
      details: { feature: "chat" },
    });
    expect(
      wallet.reserve("r", [
        ["chat", 1, { a: "1" }],
        ["chat", 2, { a: "2" }],
        ["chat", 3],
      ]).held,
    ).toBe(6);
  });
});

describe("headroom", () => {
  it("is held for what grants lack, within the limit", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft", limit: 10 } } });
    wallet.grant("any", 5);
    expect(wallet.reserve("r", 11)).toMatchObject({
      held: 5,
      overdraft: 6,
      overage: 0,
      price: 11,
      available: 0,
    });
    expect(wallet.wallet).toMatchObject({ overdraft: 0n, headroomHeld: { overdraft: 6n, overage: 0n } });
    expect(refusal(() => wallet.reserve("s", 5)).details["shortfall"]).toBe("1");
    expect(refusal(() => wallet.withdraw(5)).details["shortfall"]).toBe("1");
    expect(wallet.withdraw(4).overdraft).toBe(4);
  });

  it("is freed by a release, and by the timeout", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft", limit: 10 } } });
    wallet.reserve("r", 10);
    wallet.release("r");
    wallet.reserve("s", 10, { hours: 1 });
    wallet.at(START + HOUR);
    expect(wallet.withdraw(10).overdraft).toBe(10);
  });

  it("of overage counts within the period's limit, beside what was billed", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "overage", price: CENT, limit: 10 } } });
    expect(wallet.reserve("r", 6)).toMatchObject({ held: 0, overdraft: 0, overage: 6 });
    expect(wallet.withdraw(3).overage).toBe(3);
    expect(refusal(() => wallet.withdraw(2)).details["shortfall"]).toBe("1");
    expect(wallet.withdraw(1).overage).toBe(1);
  });

  it("of one kind takes nothing off the limit of the other", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "overage", price: CENT, limit: 10 } } });
    wallet.reserve("r", 6);
    wallet.setPolicy({ mode: "soft", limit: 10n });
    expect(wallet.reserve("s", 10).overdraft).toBe(10);
    wallet.setPolicy(null);
    expect(wallet.reserve("t", 4).overage).toBe(4);
  });

  it("is honoured whatever the policy becomes", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.reserve("r", 6);
    wallet.setPolicy({ mode: "hard" });
    expect(wallet.capture("r")).toMatchObject({ overdraft: 6, shortfall: 0 });
    expect(wallet.wallet.overdraft).toBe(6n);
  });

  it("of overage is billed at the price at which it was held", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "overage", price: CENT } } });
    wallet.reserve("r", 6);
    wallet.setPolicy({
      mode: "overage",
      price: { amount: "9", currency: "USD" },
      limit: null,
      consent: null,
    });
    wallet.capture("r", 7);
    expect(wallet.entries).toEqual([
      ["overage", "overage", -6, -6],
      ["overage", "overage", -1, -900],
    ]);
    expect(wallet.written.map(({ price }) => plain(price)?.amount)).toEqual(["0.01", "9"]);
  });

  it("needs consent where overage does", () => {
    const policy = { mode: "overage", price: CENT, consent: "required" } as const;
    expect(refusal(() => new TestWallet({ currency: { policy } }).reserve("r", 1)).code).toBe(
      "consent_required",
    );
  });
});

describe("the timeout", () => {
  it("comes at its instant: credits are free again, without an entry", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", 6, { hours: 1 });
    wallet.at(START + HOUR - 1);
    expect(wallet.wallet.available).toBe(4n);
    wallet.at(START + HOUR);
    expect([wallet.entries, wallet.wallet.available]).toEqual([[], 10n]);
    expect(wallet.store.reservations.get("r")).toMatchObject({ state: "expired", pins: [] });
  });

  it("of credits whose grant has expired loses them at once", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100, expiresAt: START + HOUR });
    wallet.reserve("r", 6, { hours: 2 });
    wallet.at(START + HOUR);
    expect(wallet.entries).toEqual([["expired", "paid", -4, -40]]);
    expect(wallet.stored("paid")).toMatchObject({ phase: "expired", held: 6, remaining: 0 });
    wallet.at(START + 3 * HOUR);
    expect(wallet.entries).toEqual([["expired", "paid", -6, -60]]);
    expect(wallet.written).toMatchObject([
      {
        cause: "reservation_timeout",
        recordedAt: START + 2 * HOUR,
        occurredAt: START + 2 * HOUR,
        actor: null,
      },
    ]);
  });

  it("pays debts with what it frees", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("any", 10);
    wallet.reserve("r", 10, { hours: 1 });
    wallet.withdraw(3);
    wallet.at(START + HOUR);
    expect(wallet.entries).toEqual([
      ["overdraft_settled", "any", -3],
      ["overdraft_settled", "overdraft", 3],
    ]);
    expect(wallet.written[0]).toMatchObject({ cause: "settlement", recordedAt: START + HOUR });
  });
});
