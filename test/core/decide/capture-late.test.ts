import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, quantityOf, refusal } from "../support.js";

describe("a capture after the timeout", () => {
  it("charges what is there, as used when it was reserved", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 8]], { hours: 1 });
    wallet.at(START + HOUR);
    expect(wallet.capture("r")).toMatchObject({ price: 8, shortfall: 0, available: 2, reservationId: "r" });
    expect(wallet.entries).toEqual([["consumed", "any", -8]]);
    expect(wallet.written).toMatchObject([
      { occurredAt: START, recordedAt: START + HOUR, reservationId: "r", feature: "chat" },
    ]);
    expect(wallet.counted).toEqual([
      { at: START, feature: "chat", group: "", quantity: quantityOf(8), amount: 8n, count: 1 },
    ]);
    expect(wallet.store.reservations.get("r")).toMatchObject({ state: "captured" });
  });

  it("takes what is there and returns the shortfall", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + HOUR);
    wallet.withdraw(7);
    expect(wallet.capture("r")).toMatchObject({ price: 8, shortfall: 5, available: 0 });
  });

  it("under `strict` is refused", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + HOUR);
    expect(refusal(() => wallet.capture("r", "all", { strict: true }))).toMatchObject({
      code: "reservation_expired",
      details: { reservationId: "rs:r", expiresAt: START + HOUR },
    });
    expect(wallet.capture("r").price).toBe(8);
  });

  it("draws on grants that expired since, and on those that came since, in burn order", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100, expiresAt: START + 2 * HOUR });
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + 3 * HOUR);
    wallet.grant("first", 3, { priority: 10 });
    wallet.grant("last", 3);
    expect(wallet.capture("r", 14)).toMatchObject({ price: 14, shortfall: 0, available: 2 });
    expect(wallet.entries).toEqual([
      ["consumed", "first", -3],
      ["expiry_reversed", "paid", 10, 100],
      ["consumed", "paid", -10, -100],
      ["consumed", "last", -1],
    ]);
  });

  it("draws on no grant that expired before the reserve, or started after it and expired", () => {
    const wallet = new TestWallet();
    wallet.grant("before", 10, { expiresAt: START + HOUR });
    wallet.at(START + HOUR);
    wallet.grant("any", 1);
    wallet.reserve("r", 1, { hours: 1 });
    wallet.grant("after", 10, { effectiveAt: START + HOUR + 1, expiresAt: START + 2 * HOUR });
    wallet.at(START + 3 * HOUR);
    expect(wallet.capture("r", 5)).toMatchObject({ shortfall: 4 });
  });

  it("goes past zero by today's policy", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 8);
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + HOUR);
    wallet.setPolicy({ mode: "soft", limit: 1n });
    expect(wallet.capture("r", 10)).toMatchObject({ overdraft: 1, shortfall: 1 });
    expect(wallet.written[1]).toMatchObject({ type: "overdraft", occurredAt: START });
  });

  it("holds no headroom any more", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + HOUR);
    wallet.setPolicy({ mode: "hard" });
    expect(wallet.capture("r")).toMatchObject({ overdraft: 0, shortfall: 8 });
  });

  it("that is not final can go on", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.reserve("r", [["chat", 8]], { hours: 1 });
    wallet.at(START + HOUR);
    wallet.capture("r", { quantity: 3 }, { final: false });
    expect(wallet.store.reservations.get("r")).toMatchObject({ state: "expired" });
    expect(wallet.capture("r")).toMatchObject({ price: 5, available: 2 });
    expect(refusal(() => wallet.capture("r")).code).toBe("reservation_closed");
  });

  it("brings expired credits back while the reserve lies within the window, to the millisecond", () => {
    const late = (elapsed: number) => {
      const wallet = new TestWallet({ currency: { lateWindow: { days: 2 } } });
      wallet.grant("paid", 8, { expiresAt: START + DAY });
      wallet.reserve("r", 8, { hours: 1 });
      wallet.at(START + elapsed);
      return wallet.capture("r").shortfall;
    };
    expect([late(2 * DAY), late(2 * DAY + 1)]).toEqual([0, 8]);
  });

  it("of a reservation that timed out long ago, and was stored since", () => {
    const wallet = new TestWallet();
    wallet.grant("old", 10, { expiresAt: START + 2 * HOUR });
    wallet.reserve("r", 8, { hours: 1 });
    wallet.at(START + HOUR);
    wallet.at(START + 2 * HOUR);
    wallet.grant("any", 1);
    expect(wallet.capture("r")).toMatchObject({ price: 8, shortfall: 0, available: 1 });
  });
});
