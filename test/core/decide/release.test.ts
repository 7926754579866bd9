import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, refusal } from "../support.js";

function reserved(): TestWallet {
  const wallet = new TestWallet();
  wallet.grant("any", 10);
  wallet.reserve("r", 6, { hours: 1 });
  return wallet;
}

describe("a release", () => {
  it("gives back what is held, without an entry", () => {
    const wallet = reserved();
    expect(wallet.release("r")).toMatchObject({
      id: "r",
      state: "released",
      held: 0,
      pins: [],
      price: 6,
      available: 10,
    });
    expect(wallet.entries).toEqual([]);
  });

  it("again does nothing more", () => {
    const wallet = reserved();
    wallet.release("r");
    wallet.withdraw(1);
    expect(wallet.release("r")).toMatchObject({ state: "released", available: 9 });
  });

  it("after the timeout closes the reservation", () => {
    const wallet = reserved();
    wallet.at(START + HOUR);
    expect(wallet.release("r")).toMatchObject({ state: "released", available: 10 });
    expect(refusal(() => wallet.capture("r")).code).toBe("reservation_closed");
  });

  it("of one closed by a capture is refused", () => {
    const wallet = reserved();
    wallet.capture("r");
    expect(refusal(() => wallet.release("r"))).toMatchObject({
      code: "reservation_closed",
      details: { reservationId: "rs:r", state: "captured" },
    });
  });

  it("loses credits of ended grants in the burn order of now, not of when they were held", () => {
    const wallet = new TestWallet();
    wallet.grant("first", 3, { expiresAt: START + HOUR });
    wallet.grant("second", 3, { expiresAt: START + HOUR });
    wallet.reserve("r", 6, { days: 1 });
    wallet.amend("second", { priority: 1 });
    wallet.at(START + 2 * HOUR);
    wallet.release("r");
    expect(wallet.entries).toEqual([
      ["expired", "second", -3],
      ["expired", "first", -3],
    ]);
  });

  it("of credits whose grants have ended loses them, in burn order", () => {
    const wallet = new TestWallet();
    wallet.grant("late", 3, { expiresAt: START + 2 * HOUR, cost: 30 });
    wallet.grant("soon", 3, { expiresAt: START + HOUR });
    wallet.grant("void", 3, { priority: 60 });
    wallet.grant("live", 3, { priority: 70 });
    wallet.reserve("r", 12, { days: 1 });
    wallet.voidGrant("void");
    wallet.at(START + 3 * HOUR);
    expect(wallet.entries).toEqual([]);
    expect(wallet.release("r").available).toBe(3);
    expect(wallet.entries).toEqual([
      ["expired", "soon", -3],
      ["expired", "late", -3, -30],
      ["voided", "void", -3],
    ]);
    expect(wallet.written[0]).toMatchObject({ actor: "ann", cause: null, recordedAt: START + 3 * HOUR });
  });

  it("pays debts with what it frees", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("any", 10);
    wallet.reserve("r", 10);
    wallet.withdraw(4);
    expect(wallet.release("r").available).toBe(6);
    expect(wallet.wallet.overdraft).toBe(0n);
  });

  it("of none is refused", () => {
    expect(refusal(() => reserved().release("x")).code).toBe("reservation_not_found");
  });
});

describe("an extension", () => {
  it("moves the timeout to so long from now", () => {
    const wallet = reserved();
    wallet.at(START + HOUR / 2);
    expect(wallet.extend("r", { hours: 3 })).toMatchObject({
      state: "held",
      held: 6,
      expiresAt: START + 3.5 * HOUR,
    });
    wallet.at(START + HOUR);
    expect(wallet.wallet.held).toBe(6n);
    wallet.at(START + 3.5 * HOUR);
    expect(wallet.wallet.held).toBe(0n);
  });

  it("may shorten it", () => {
    const wallet = reserved();
    expect(wallet.extend("r", { minutes: 1 }).expiresAt).toBe(START + 60_000);
    wallet.at(START + 60_000);
    expect(wallet.wallet.available).toBe(10n);
  });

  it("ends at most 7 days after the reserve, to the millisecond", () => {
    const wallet = new TestWallet();
    wallet.reserve("r", 0, { days: 6 });
    wallet.at(START + DAY);
    expect(refusal(() => wallet.extend("r", { days: 6, seconds: 0.001 }))).toMatchObject({
      code: "invalid_input",
      details: { field: "expiresIn" },
    });
    expect(wallet.extend("r", { days: 6 }).expiresAt).toBe(START + 7 * DAY);
  });

  it("comes too late at the timeout", () => {
    const wallet = reserved();
    wallet.at(START + HOUR);
    expect(refusal(() => wallet.extend("r", { hours: 1 }))).toEqual({
      code: "reservation_expired",
      message: `Reservation "rs:r" timed out at ${START + HOUR} (UTC ms) and holds nothing any more. Capture it without \`strict\` to charge what is there, or reserve again.`,
      details: { reservationId: "rs:r", expiresAt: START + HOUR },
    });
  });

  it("of a closed one, or of none, is refused", () => {
    const wallet = reserved();
    wallet.release("r");
    expect(refusal(() => wallet.extend("r", { hours: 1 })).code).toBe("reservation_closed");
    wallet.reserve("s", 0);
    wallet.capture("s");
    expect(refusal(() => wallet.extend("s", { hours: 1 })).code).toBe("reservation_closed");
    expect(refusal(() => wallet.extend("x", { hours: 1 })).code).toBe("reservation_not_found");
  });
});
