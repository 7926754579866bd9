import { describe, expect, it } from "vitest";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { needsOf } from "../../src/core/needs.js";
import type { Request } from "../../src/core/requests.js";
import { DAY, HOUR, START, TestWallet, grantRequest } from "./support.js";

const NOW = START + 4 * HOUR;
const LAPSED = START + HOUR;

/** One open grant and one used up, one held reservation and one timed out, one debt and one withdrawal without. */
function story() {
  const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
  wallet.grant("gone", 2, { priority: 1 });
  wallet.grant("late", 2, { expiresAt: LAPSED });
  const paid = wallet.withdraw(3).id;
  wallet.at(START + 2 * HOUR);
  wallet.grant("chat", 10, { features: ["chat"] });
  const owing = wallet.withdraw(3).id;
  wallet.reserve("timed", 0, { hours: 1 });
  wallet.reserve("held", 0, { days: 1 });
  wallet.at(NOW);
  const needs = (request: Request, known = NOTHING_KNOWN) => needsOf(request, wallet.wallet, known, NOW);
  const stored = (request: Request) => wallet.store.knownFor([request], NOW);
  return { wallet, paid, owing, needs, stored };
}

const unchanged = { expiresAt: undefined, priority: undefined, displayName: undefined, metadata: undefined };
const capture = (reservationId: string) =>
  ({ kind: "capture", reservationId, of: { all: true }, final: true, strict: false }) as const;
const reverse = (withdrawalId: string) =>
  ({ kind: "reverse", withdrawalId, amount: null, regrant: null }) as const;

describe("what a decision has to be told of beside the open grants and records", () => {
  it("a grant that is named and not open", () => {
    const { needs } = story();
    const requests = (grantId: string): Request[] => [
      { kind: "voidGrant", grantId },
      { kind: "amendGrant", grantId, ...unchanged },
      { kind: "refundGrant", grantId, amount: null },
      { kind: "adjust", amount: -1n, grantId },
    ];
    expect(requests("chat").map((request) => needs(request))).toEqual([{}, {}, {}, {}]);
    const gone = { grants: ["gone"] };
    expect(requests("gone").map((request) => needs(request))).toEqual([gone, gone, gone, gone]);
    expect(needs({ kind: "adjust", amount: -1n, grantId: null })).toEqual({});
  });

  it("of an empty wallet only what is named", () => {
    const ask = (request: Request) => needsOf(request, new TestWallet().wallet, NOTHING_KNOWN, NOW);
    expect(ask({ kind: "adjust", amount: -1n, grantId: null })).toEqual({});
    expect(ask({ kind: "withdraw", lines: [], occurredAt: -1, partial: false })).toEqual({});
    expect(ask(reverse("x"))).toEqual({ operations: ["x"], withdrawals: ["x"] });
  });

  it("nothing where all that counts is open", () => {
    const { needs } = story();
    const lines = [{ feature: null, amount: 1n }];
    const requests: Request[] = [
      grantRequest(1),
      { kind: "withdraw", lines, occurredAt: null, partial: false },
      { kind: "reserve", lines, expiresIn: { hours: 1 } },
      { kind: "setPolicy", policy: null },
      { kind: "transferOut", amount: 1n },
      { kind: "transferIn", source: "transfer", parcels: [] },
    ];
    expect(requests.map((request) => needs(request))).toEqual(requests.map(() => ({})));
  });

  it("grants that lost credits after an instant, where any did", () => {
    const { wallet, needs } = story();
    const late = (occurredAt: number): Request => ({
      kind: "withdraw",
      lines: [],
      occurredAt,
      partial: false,
    });
    expect(wallet.wallet.lapsedAt).toBe(LAPSED);
    expect(needs(late(LAPSED - 1))).toEqual({ lapsedSince: LAPSED - 1 });
    expect(needs(late(LAPSED))).toEqual({});
    expect(needsOf(late(0), new TestWallet().wallet, NOTHING_KNOWN, NOW)).toEqual({});
  });

  it("a reservation that holds nothing any more", () => {
    const { needs } = story();
    expect(needs({ kind: "release", reservationId: "held" })).toEqual({});
    expect(needs({ kind: "release", reservationId: "timed" })).toEqual({ reservations: ["timed"] });
    expect(needs({ kind: "extend", reservationId: "timed", expiresIn: {} })).toEqual({
      reservations: ["timed"],
    });
  });

  it("for a capture after the timeout what late use at the reserve needs", () => {
    const { needs, stored } = story();
    expect(needs(capture("held"))).toEqual({});
    expect(needs(capture("timed"))).toEqual({ reservations: ["timed"] });
    expect(needs(capture("timed"), stored(capture("timed")))).toEqual({ reservations: ["timed"] });
    const early = new TestWallet();
    early.grant("g", 1, { expiresAt: START + HOUR });
    early.reserve("r", 0, { hours: 3 });
    early.at(START + HOUR);
    const ask = (now: number) => needsOf(capture("r"), early.wallet, NOTHING_KNOWN, now);
    expect(ask(START + 3 * HOUR - 1)).toEqual({});
    expect(ask(START + 3 * HOUR)).toEqual({ lapsedSince: START });
    early.at(START + DAY);
    const release: Request = { kind: "release", reservationId: "r" };
    const toRelease = early.store.knownFor([release], early.now);
    expect(needsOf(release, early.wallet, toRelease, early.now)).toEqual({ reservations: ["r"] });
    const extend: Request = { kind: "extend", reservationId: "r", expiresIn: { hours: 1 } };
    expect(needsOf(extend, early.wallet, toRelease, early.now)).toEqual({ reservations: ["r"] });
    const known = early.store.knownFor([capture("r")], early.now);
    expect(needsOf(capture("r"), early.wallet, known, START)).toEqual({
      reservations: ["r"],
      lapsedSince: START,
    });
  });

  it("for a reversal the entries, the record unless it is owing, and the closed grants that it returns to", () => {
    const { needs, stored, paid, owing } = story();
    expect(needs(reverse(paid))).toEqual({ operations: [paid], withdrawals: [paid] });
    expect(needs(reverse(paid), stored(reverse(paid)))).toEqual({
      operations: [paid],
      withdrawals: [paid],
      grants: ["gone", "late"],
    });
    expect(needs(reverse(owing))).toEqual({ operations: [owing], withdrawals: [] });
  });

  it("for a reversal the grants that settled its debts, too, each once", () => {
    const soft = new TestWallet({ currency: { policy: { mode: "soft" } } });
    soft.grant("a", 1);
    const { id } = soft.withdraw([
      ["chat", 2],
      ["image", 2],
    ]);
    soft.grant("b", 2);
    expect(needsOf(reverse(id), soft.wallet, soft.store.knownFor([reverse(id)], START), START)).toEqual({
      operations: [id],
      withdrawals: [],
      grants: ["a", "b"],
    });
    soft.grant("c", 5);
    const known = soft.store.knownFor([reverse(id)], START);
    expect(needsOf(reverse(id), soft.wallet, known, START)).toEqual({
      operations: [id],
      withdrawals: [id],
      grants: ["a", "b"],
    });
  });
});
