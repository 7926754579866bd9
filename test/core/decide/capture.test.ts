import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, quantityOf, refusal } from "../support.js";

const CENT = { amount: "0.01", currency: "USD" };

describe("a capture", () => {
  it("of all charges what was reserved, from its pins", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100 });
    wallet.reserve("r", [["chat", 6]]);
    wallet.at(START + 60_000);
    const result = wallet.capture("r");
    expect(wallet.entries).toEqual([["consumed", "paid", -6, -60]]);
    expect(wallet.written).toMatchObject([
      {
        reservationId: "r",
        feature: "chat",
        quantity: quantityOf(6),
        rateVersion: "chat@1",
        occurredAt: START + 60_000,
      },
    ]);
    expect(result).toEqual({
      kind: "withdrawal",
      id: `${START + 60_000}-2`,
      reservationId: "r",
      price: 6,
      draws: [{ grantId: "paid", feature: "chat", amount: 6, money: 60, moneyCurrency: "USD" }],
      lines: [{ feature: "chat", quantity: Number(quantityOf(6)), price: 6, rateVersion: "chat@1" }],
      overdraft: 0,
      overage: 0,
      shortfall: 0,
      available: 4,
    });
    expect(wallet.counted).toEqual([
      { at: START, feature: "chat", quantity: quantityOf(6), amount: 6n, count: 1 },
    ]);
    expect(wallet.store.reservations.get("r")).toMatchObject({ state: "captured", pins: [] });
  });

  it("of a part frees the rest", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 8]]);
    expect(wallet.capture("r", { quantity: 3 })).toMatchObject({ price: 3, available: 7 });
    expect(wallet.wallet.held).toBe(0n);
  });

  it("of nothing charges nothing, with a zero entry, and frees all", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 8]]);
    expect(wallet.capture("r", { quantity: 0 })).toMatchObject({ price: 0, draws: [], available: 10 });
    expect(wallet.entries).toEqual([["consumed", "grant", 0]]);
  });

  it("spends pins in burn order, though they were pinned for other lines", () => {
    const wallet = new TestWallet();
    wallet.grant("chat", 4, { features: ["chat"] });
    wallet.grant("any", 10);
    wallet.reserve("r", [
      ["image", 3],
      ["chat", 6],
    ]);
    wallet.capture("r", [
      ["chat", 5],
      ["image", 1],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "chat", -4],
      ["consumed", "any", -1],
      ["consumed", "any", -1],
    ]);
    expect(wallet.wallet.available).toBe(8n);
  });

  it("that is not final leaves the rest held", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 8]]);
    expect(wallet.capture("r", { quantity: 3 }, { final: false })).toMatchObject({ price: 3, available: 2 });
    expect(wallet.wallet.held).toBe(5n);
    wallet.capture("r", { quantity: 2 }, { final: false });
    expect(wallet.capture("r")).toMatchObject({ price: 3, available: 2 });
  });

  it("of all, again, charges what is left, which may be nothing", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 20);
    wallet.reserve("r", [
      ["chat", 3],
      ["image", 5],
    ]);
    wallet.capture("r", [["chat", 7]], { final: false });
    expect(wallet.wallet.held).toBe(1n);
    expect(wallet.capture("r").lines).toMatchObject([
      { feature: "chat", price: 0 },
      { feature: "image", price: 5 },
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "grant", 0],
      ["consumed", "any", -1],
      ["consumed", "any", -4],
    ]);
  });

  it("survives its grant's expiry and void", () => {
    const wallet = new TestWallet();
    wallet.grant("soon", 4, { expiresAt: START + HOUR });
    wallet.grant("any", 4);
    wallet.reserve("r", 8, { days: 1 });
    wallet.voidGrant("any");
    wallet.at(START + 2 * HOUR);
    expect(wallet.capture("r", 6)).toMatchObject({ price: 6, shortfall: 0 });
    expect(wallet.entries).toEqual([
      ["consumed", "soon", -4],
      ["consumed", "any", -2],
      ["voided", "any", -2],
    ]);
  });

  it("that frees credits pays debts with them", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("any", 10);
    wallet.reserve("r", 10);
    wallet.withdraw(3);
    expect(wallet.capture("r", 4).available).toBe(3);
    expect(wallet.entries).toEqual([
      ["consumed", "any", -4],
      ["overdraft_settled", "any", -3],
      ["overdraft_settled", "overdraft", 3],
    ]);
  });
});

describe("a capture above the hold", () => {
  it("takes the excess of what is free, in the same operation", () => {
    const wallet = new TestWallet();
    wallet.grant("first", 5, { expiresAt: START + DAY });
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 7]]);
    expect(wallet.capture("r", { quantity: 9 })).toMatchObject({ price: 9, shortfall: 0, available: 6 });
    expect(wallet.entries).toEqual([
      ["consumed", "first", -5],
      ["consumed", "any", -2],
      ["consumed", "any", -2],
    ]);
  });

  it("takes what is there and returns the shortfall where the policy denies more", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 7]]);
    expect(wallet.capture("r", { quantity: 12 })).toMatchObject({ price: 12, shortfall: 2, available: 0 });
    expect(wallet.counted).toMatchObject([{ amount: 10n, quantity: quantityOf(12) }]);
  });

  it("takes even nothing but the hold", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 7);
    wallet.reserve("r", [["chat", 7]]);
    expect(
      wallet.capture("r", [
        ["chat", 7],
        ["image", 2],
      ]),
    ).toMatchObject({ price: 9, shortfall: 2 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -7],
      ["consumed", "grant", 0],
    ]);
  });

  it("draws on nothing that has expired, while the reservation holds", () => {
    const wallet = new TestWallet();
    wallet.grant("soon", 10, { expiresAt: START + HOUR });
    wallet.reserve("r", 4, { days: 1 });
    wallet.at(START + HOUR);
    expect(wallet.capture("r", 6)).toMatchObject({ price: 6, shortfall: 2 });
  });

  it("goes past zero by today's policy, joined to headroom of the same kind", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft", limit: 6 } } });
    wallet.grant("any", 5);
    wallet.reserve("r", [["chat", 8]]);
    expect(wallet.capture("r", { quantity: 12 })).toMatchObject({ price: 12, overdraft: 6, shortfall: 1 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -5],
      ["overdraft", "overdraft", -6],
    ]);
  });

  it("keeps headroom that was held apart from another kind or price", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.reserve("r", [["chat", 3]]);
    wallet.setPolicy({ mode: "overage", price: CENT, limit: null, consent: null });
    expect(wallet.capture("r", { quantity: 5 })).toMatchObject({ overdraft: 3, overage: 2 });
    expect(wallet.entries).toEqual([
      ["overdraft", "overdraft", -3],
      ["overage", "overage", -2, -2],
    ]);
  });

  it("joins overage at one price, though not in another money", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "overage", price: CENT } } });
    wallet.reserve("r", 3);
    wallet.capture("r", 5, { final: false });
    expect(wallet.entries).toEqual([["overage", "overage", -5, -5]]);
    wallet.reserve("s", 3);
    wallet.setPolicy({ mode: "overage", price: { ...CENT, currency: "EUR" }, limit: null, consent: null });
    wallet.capture("s", 5);
    expect(wallet.written.map(({ amount, moneyCurrency }) => [amount, moneyCurrency])).toEqual([
      [-3n, "USD"],
      [-2n, "EUR"],
    ]);
  });

  it("uses headroom before free credits, in line order", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.reserve("r", [
      ["chat", 2],
      ["image", 2],
    ]);
    wallet.grant("chat", 10, { features: ["chat"] });
    expect(
      wallet.capture("r", [
        ["image", 3],
        ["chat", 2],
      ]),
    ).toMatchObject({ overdraft: 4 });
    expect(wallet.entries).toEqual([
      ["overdraft", "overdraft", -3],
      ["consumed", "chat", -1],
      ["overdraft", "overdraft", -1],
      ["overdraft_settled", "chat", -1],
      ["overdraft_settled", "overdraft", 1],
    ]);
  });

  it("that is not final keeps the headroom that it did not use", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft", limit: 10 } } });
    wallet.reserve("r", [["chat", 8]]);
    wallet.capture("r", { quantity: 3 }, { final: false });
    expect(wallet.wallet).toMatchObject({ overdraft: 3n, headroomHeld: { overdraft: 5n } });
    expect(refusal(() => wallet.withdraw(3)).code).toBe("insufficient_credits");
    wallet.capture("r");
    expect(wallet.wallet).toMatchObject({ overdraft: 8n, headroomHeld: { overdraft: 0n } });
    expect(wallet.withdraw(2).overdraft).toBe(2);
  });
});

describe("a strict capture", () => {
  it("is denied above what there is, and changes nothing", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 7]]);
    expect(refusal(() => wallet.capture("r", { quantity: 11 }, { strict: true }))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "11", available: "10", shortfall: "1" },
    });
    expect(wallet.wallet).toMatchObject({ held: 7n, available: 3n });
    expect(wallet.capture("r", { quantity: 10 }, { strict: true })).toMatchObject({
      price: 10,
      available: 0,
    });
  });

  it("says where consent is lacking", () => {
    const policy = { mode: "overage", price: CENT, consent: "required" } as const;
    const wallet = new TestWallet({ currency: { policy } });
    wallet.grant("any", 7);
    wallet.reserve("r", 7);
    expect(refusal(() => wallet.capture("r", 8, { strict: true })).code).toBe("consent_required");
    expect(wallet.capture("r", 8).shortfall).toBe(1);
  });
});

describe("a reservation that is closed", () => {
  it("cannot be captured again", () => {
    const wallet = new TestWallet();
    wallet.reserve("r", 0);
    wallet.capture("r");
    expect(refusal(() => wallet.capture("r"))).toEqual({
      code: "reservation_closed",
      message: 'Reservation "rs:r" was captured finally; reserve again, or withdraw.',
      details: { reservationId: "rs:r", state: "captured" },
    });
    wallet.reserve("s", 0);
    wallet.release("s");
    expect(refusal(() => wallet.capture("s"))).toEqual({
      code: "reservation_closed",
      message: 'Reservation "rs:s" was released; reserve again, or withdraw.',
      details: { reservationId: "rs:s", state: "released" },
    });
  });

  it("nor one that never was", () => {
    expect(refusal(() => new TestWallet().capture("x"))).toEqual({
      code: "reservation_not_found",
      message: 'There is no reservation "rs:x" in this wallet. Pass the `id` that reserve returned.',
      details: { reservationId: "rs:x" },
    });
  });
});
