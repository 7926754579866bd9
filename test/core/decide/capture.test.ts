import { describe, expect, it } from "vitest";
import { HOUR, START, TestWallet, quantityOf, refusal } from "../support.js";

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
      { at: START, feature: "chat", group: "", quantity: quantityOf(6), amount: 6n, count: 1 },
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

  it("spends no pin on what its grant may not pay for", () => {
    const wallet = new TestWallet();
    wallet.grant("chat", 4, { features: ["chat"] });
    wallet.grant("any", 1);
    wallet.reserve("r", [
      ["chat", 4],
      ["image", 1],
    ]);
    expect(wallet.capture("r", [["image", 3]])).toMatchObject({ price: 3, shortfall: 2 });
    expect(wallet.entries).toEqual([["consumed", "any", -1]]);
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
