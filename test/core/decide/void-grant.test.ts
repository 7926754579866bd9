import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, refusal } from "../support.js";

describe("voiding a grant", () => {
  it("takes its free credits now, as breakage", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100 });
    wallet.withdraw(3);
    wallet.at(START + HOUR);
    const { grant, available } = wallet.voidGrant("paid");
    expect(wallet.entries).toEqual([["voided", "paid", -7, -70]]);
    expect(available).toBe(0);
    expect(grant).toMatchObject({
      phase: "voided",
      voidedAt: START + HOUR,
      closedAt: START + HOUR,
      voided: 7,
      cost: { recognised: 30, breakage: 70 },
    });
  });

  it("leaves held credits until they are freed", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + DAY });
    wallet.reserve("r", 4, { days: 2 });
    expect(wallet.voidGrant("g").grant).toMatchObject({ remaining: 0, held: 4, voided: 6, closedAt: null });
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([]);
    wallet.capture("r", 1);
    expect(wallet.entries).toEqual([
      ["consumed", "g", -1],
      ["voided", "g", -3],
    ]);
    expect(wallet.stored("g")).toMatchObject({ phase: "voided", voided: 9, expired: 0 });
  });

  it("writes one entry, also where nothing is free", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    wallet.withdraw(10);
    expect(wallet.voidGrant("g").grant).toMatchObject({ phase: "voided", voided: 0 });
    expect(wallet.entries).toEqual([["voided", "g", 0]]);
  });

  it("takes a scheduled one, which then never starts", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { effectiveAt: START + HOUR });
    wallet.voidGrant("g");
    wallet.at(START + HOUR);
    expect(wallet.wallet).toMatchObject({ available: 0n, scheduled: 0n, balance: 0n });
  });

  it("again does nothing more, also past the expiry", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + DAY });
    wallet.voidGrant("g");
    wallet.at(START + DAY);
    expect(wallet.voidGrant("g").grant).toMatchObject({ phase: "voided", voidedAt: START, voided: 10 });
    expect(wallet.entries).toEqual([]);
  });

  it("that has expired is refused, and so is one that never was", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.at(START + HOUR);
    expect(refusal(() => wallet.voidGrant("g"))).toEqual({
      code: "grant_closed",
      message: 'Grant "gr:g" has expired, which cannot be undone; make a new grant.',
      details: { grantId: "gr:g", status: "expired" },
    });
    expect(refusal(() => wallet.voidGrant("x"))).toEqual({
      code: "grant_not_found",
      message: 'There is no grant "gr:x" in this wallet. Pass the `id` that grant returned.',
      details: { grantId: "gr:x" },
    });
  });
});
