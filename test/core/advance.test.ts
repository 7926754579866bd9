import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance } from "../../src/core/advance.js";
import { Draft } from "../../src/core/draft.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { nextDueAt } from "../../src/core/due.js";
import { emptyWallet } from "../../src/core/wallet.js";
import { DAY, HOUR, MINUTE, START, TestWallet, plain } from "./support.js";

describe("what time alone does", () => {
  it("an expiry takes what is free, with its money, at its instant and not before", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 10, { cost: 100, expiresAt: START + HOUR });
    wallet.at(START + HOUR - 1);
    expect(wallet.entries).toEqual([]);
    wallet.at(START + HOUR);
    expect(plain(wallet.written)).toMatchObject([
      {
        type: "expired",
        account: "grant",
        grantId: "paid",
        amount: -10,
        money: -100,
        balanceAfter: 0,
        cause: "expiry",
        actor: null,
        reason: null,
        occurredAt: START + HOUR,
        recordedAt: START + HOUR,
        operationId: `${START + HOUR}-2`,
      },
    ]);
    expect(wallet.stored("paid")).toMatchObject({ phase: "expired", expired: 10, closedAt: START + HOUR });
  });

  it("a grant that has nothing left expires without an entry, and is no longer waited for", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.withdraw(10);
    expect([nextDueAt(wallet.wallet), wallet.stored("g").closedAt]).toEqual([null, START]);
    wallet.at(START + HOUR);
    expect([wallet.entries, wallet.stored("g").expired]).toEqual([[], 0]);
  });

  it("a grant whose credits are all held expires without an entry", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.reserve("r", 10, { days: 1 });
    wallet.at(START + HOUR);
    expect([wallet.entries, wallet.stored("g").phase]).toEqual([[], "expired"]);
  });

  it("a start makes credits available, without an entry", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { effectiveAt: START + HOUR, expiresAt: START + 2 * HOUR });
    expect(nextDueAt(wallet.wallet)).toBe(START + HOUR);
    wallet.at(START + HOUR);
    expect([wallet.entries, wallet.wallet.available, nextDueAt(wallet.wallet)]).toEqual([
      [],
      10n,
      START + 2 * HOUR,
    ]);
    wallet.at(START + 2 * HOUR);
    expect(wallet.entries).toEqual([["expired", "g", -10]]);
  });

  it("is all done in order of instant, each at its own, however late", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("held", 4, { expiresAt: START + HOUR });
    wallet.reserve("r", 4, { hours: 2 });
    wallet.withdraw(1);
    wallet.grant("later", 5, { effectiveAt: START + 3 * HOUR, expiresAt: START + 4 * HOUR });
    wallet.at(START + 5 * HOUR);
    expect(wallet.written.map(({ type, recordedAt }) => [type, (recordedAt - START) / HOUR])).toEqual([
      ["expired", 2],
      ["overdraft_settled", 3],
      ["overdraft_settled", 3],
      ["expired", 4],
    ]);
    expect(wallet.wallet.clock).toBe(START + 5 * HOUR);
  });

  it("does the same in one step as in many", () => {
    const hours = fc.integer({ min: 1, max: 12 });
    const lot = fc.record({ from: hours, until: hours, held: fc.boolean() });
    fc.assert(
      fc.property(fc.array(lot, { maxLength: 5 }), fc.array(hours, { maxLength: 5 }), (lots, stops) => {
        const stepwise = stops.sort((a, b) => a - b);
        const ledgers = [stepwise, []].map((instants) => {
          const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
          for (const [index, { from, until, held }] of lots.entries()) {
            wallet.grant(`g${index}`, 10, {
              effectiveAt: START + (from - 6) * HOUR,
              expiresAt: START + (from + until) * HOUR,
            });
            if (held) wallet.reserve(`r${index}`, 7, { hours: until });
          }
          wallet.withdraw(20);
          for (const hour of instants) wallet.at(START + hour * HOUR);
          wallet.at(START + DAY);
          return wallet.store.ledger;
        });
        expect(ledgers[0]).toEqual(ledgers[1]);
      }),
      { numRuns: 25 },
    );
  });
});

describe("at one instant", () => {
  it("timeouts come first, then expiries, then starts, then settlement, then the request", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("ends", 10, { expiresAt: START + HOUR });
    wallet.reserve("r", 6, { hours: 1 });
    wallet.withdraw(5);
    wallet.grant("starts", 10, { effectiveAt: START + HOUR });
    wallet.now = START + HOUR;
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([
      ["expired", "ends", -6],
      ["overdraft_settled", "starts", -1],
      ["overdraft_settled", "overdraft", 1],
      ["consumed", "starts", -1],
    ]);
    expect(wallet.written.map(({ cause, actor }) => cause ?? actor)).toEqual([
      "expiry",
      "settlement",
      "settlement",
      "ann",
    ]);
  });

  it("grants expire in burn order, and reservations time out by id", () => {
    const wallet = new TestWallet();
    const ends = { expiresAt: START + HOUR };
    wallet.grant("b", 1, ends);
    wallet.grant("a", 1, ends);
    wallet.grant("c", 1, { ...ends, priority: 1 });
    wallet.at(START + HOUR);
    expect(wallet.entries.map(([, id]) => id)).toEqual(["c", "a", "b"]);
    wallet.grant("y", 1, { expiresAt: START + HOUR + 1 });
    wallet.reserve("s", 1, { hours: 1 });
    wallet.grant("z", 1, { expiresAt: START + HOUR + 1 });
    wallet.reserve("r", 1, { hours: 1 });
    wallet.at(START + 2 * HOUR);
    expect(wallet.entries.map(([, id]) => id)).toEqual(["z", "y"]);
  });

  it("starts come in burn order", () => {
    const wallet = new TestWallet();
    for (const id of ["b", "a"]) wallet.grant(id, 1, { effectiveAt: START + HOUR });
    expect([...wallet.wallet.due.keys()].map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("each kind bears the id of its first entry", () => {
    const wallet = new TestWallet();
    for (const id of ["a", "b"]) wallet.grant(id, 1, { expiresAt: START + HOUR });
    wallet.at(START + HOUR);
    expect(wallet.written.map(({ operationId }) => operationId)).toEqual([
      `${START + HOUR}-3`,
      `${START + HOUR}-4`,
    ]);
  });
});

describe("in parts", () => {
  it("stops when enough has changed, and goes on from there", () => {
    const wallet = new TestWallet();
    for (const id of ["a", "b", "c"]) wallet.grant(id, 1, { expiresAt: START + HOUR });
    const part = (most: number, base = wallet.wallet) => {
      const draft = new Draft(base, wallet.terms, NOTHING_KNOWN);
      return { isDone: advance(draft, START + DAY, most), draft };
    };
    // An expiry is an entry, a grant and an event; the last one of this instant also depletes the wallet.
    const first = part(3);
    expect([first.isDone, first.draft.entries.length, first.draft.now]).toEqual([false, 2, START + HOUR]);
    const second = part(3, first.draft.wallet);
    expect([second.isDone, second.draft.entries.length, second.draft.now]).toEqual([true, 1, START + DAY]);
    expect([part(6).draft.entries.length, part(5).draft.entries.length, part(6).isDone]).toEqual([
      3,
      2,
      true,
    ]);
    expect([part(1).draft.entries.length, part(0).draft.entries.length]).toEqual([1, 1]);
  });
});

describe("the clock", () => {
  it("never goes back, and starts before all time", () => {
    const wallet = new TestWallet();
    const draft = new Draft(
      emptyWallet(wallet.wallet.names, wallet.terms.currency),
      wallet.terms,
      NOTHING_KNOWN,
    );
    expect(draft.now).toBe(Number.MIN_SAFE_INTEGER);
    expect(advance(draft, START)).toBe(true);
    advance(draft, START - MINUTE);
    expect(draft.now).toBe(START);
  });
});
