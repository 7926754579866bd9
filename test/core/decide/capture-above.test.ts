import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, quantityOf, refusal } from "../support.js";

const CENT = { amount: "0.01", currency: "USD" };

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
