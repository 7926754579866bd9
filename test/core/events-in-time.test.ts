import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance } from "../../src/core/advance.js";
import { Draft } from "../../src/core/draft.js";
import type { WalletEvent } from "../../src/core/events.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { DAY, HOUR, START, TestWallet } from "./support.js";

const hours = fc.integer({ min: 1, max: 60 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const grant = fc.record({
  amount: fc.integer({ min: 1, max: 20 }),
  from: fc.integer({ min: 0, max: 20 }),
  life: maybe(hours),
});
const setting = fc.record({
  grants: fc.array(grant, { maxLength: 6 }),
  owed: fc.nat(12),
  held: fc.nat(8),
  schedule: maybe(
    fc.record({
      amount: fc.integer({ min: 1, max: 9 }),
      count: fc.integer({ min: 3, max: 9 }),
      rollover: maybe(fc.record({ max: fc.nat(4), periods: fc.integer({ min: 1, max: 2 }) })),
    }),
  ),
  thresholds: fc.record({
    usageLow: fc.subarray(["25", "80", "100"]),
    balanceLow: maybe(fc.nat(20)),
    expiringLead: fc.uniqueArray(
      hours.map((count) => ({ hours: count })),
      { maxLength: 3 },
    ),
  }),
});
type Setting = typeof setting extends fc.Arbitrary<infer Value> ? Value : never;

/** A wallet with grants, a debt, a hold and a schedule, about to grow old. */
function begun({ grants, owed, held, schedule, thresholds }: Setting): TestWallet {
  const wallet = new TestWallet({ currency: { thresholds, policy: { mode: "soft" } } });
  wallet.withdraw([["chat", owed]]);
  for (const [index, { amount, from, life }] of grants.entries())
    wallet.grant(`g${index}`, amount, {
      effectiveAt: START + from * HOUR,
      expiresAt: life === undefined ? null : START + (from + life) * HOUR,
    });
  wallet.reserve("r", held, { hours: 5 });
  if (schedule !== undefined) {
    const { amount, count, rollover } = schedule;
    wallet.schedule("s", amount, {
      every: { unit: "hours", count },
      ...(rollover === undefined ? {} : { rollover }),
    });
  }
  return wallet;
}

/** Time goes on by changes that are small: what does not fit waits for the next. */
function eventsInPortions(wallet: TestWallet, until: number, most: number): readonly WalletEvent[] {
  const events: WalletEvent[] = [];
  for (let state = wallet.wallet; ;) {
    const draft = new Draft(state, wallet.terms, NOTHING_KNOWN);
    const isDone = advance(draft, until, most);
    events.push(...draft.events);
    if (isDone) return events;
    state = draft.wallet;
  }
}

/** What an event is of, whatever else had happened by then. */
function gist({ type, at, eventNo, data }: WalletEvent): unknown {
  return [
    eventNo,
    type,
    at,
    "grant" in data && data.grant.grantId,
    "thresholdPercent" in data && data.thresholdPercent,
    "threshold" in data && data.threshold,
    "lead" in data && data.lead,
    "totals" in data && data.totals,
  ];
}

const UNTIL = START + 4 * DAY;

describe("time", () => {
  it("tells the same in one step as in many", () => {
    fc.assert(
      fc.property(setting, fc.array(fc.nat(96), { maxLength: 8 }), (all, stops) => {
        const [once, often] = [begun(all), begun(all)];
        for (const stop of stops.sort((a, b) => a - b)) often.at(START + stop * HOUR);
        for (const wallet of [once, often]) wallet.at(UNTIL);
        expect(often.store.events).toEqual(once.store.events);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("tells the same where a change has no room for all of an instant", () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 0, max: 6 }), (all, most) => {
        const [once, cut] = [begun(all), begun(all)];
        once.at(UNTIL);
        const events = eventsInPortions(cut, UNTIL, most);
        expect(events.map(gist)).toEqual(once.told.map(gist));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("tells of a balance by turns: down, and up again", () => {
    fc.assert(
      fc.property(setting, fc.array(fc.nat(12), { maxLength: 12 }), (all, uses) => {
        const wallet = begun(all);
        for (const [index, amount] of uses.entries()) {
          wallet.at(START + index * 4 * HOUR);
          wallet.withdraw(amount);
        }
        wallet.at(UNTIL);
        let level = "enough";
        for (const event of wallet.store.events) {
          if (event.type === "credits.balance.low") {
            expect(level).toBe("enough");
            level = "low";
          }
          if (event.type === "credits.balance.depleted") {
            expect(level).not.toBe("depleted");
            level = "depleted";
          }
          if (event.type === "credits.balance.recovered") {
            expect(level).not.toBe("enough");
            level = event.data.isLow ? "low" : "enough";
          }
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
