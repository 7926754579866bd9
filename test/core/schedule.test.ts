import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../src/core/amounts.js";
import { nextDueAt } from "../../src/core/due.js";
import { DAY, HOUR, MINUTE, START, TestWallet, plain, refusal, scheduleRequest } from "./support.js";

const JANUARY_31 = Date.UTC(2025, 0, 31);
const FEBRUARY_28 = Date.UTC(2025, 1, 28);
const MARCH_31 = Date.UTC(2025, 2, 31);
const every = (unit: "days" | "months" | "hours", count: number = 1) => ({ unit, count });

describe("a schedule", () => {
  it("grants the period that holds its start at once, and whole", () => {
    const wallet = new TestWallet({}, Date.UTC(2025, 1, 14));
    const { schedule, grant, available } = wallet.schedule("s", 100, { anchor: JANUARY_31, cost: 1_000 });
    expect([schedule.nextPeriod, available]).toEqual([1, 100]);
    expect(grant).toMatchObject({
      id: "s.0",
      amount: 100,
      category: "paid",
      effectiveAt: Date.UTC(2025, 1, 14),
      expiresAt: FEBRUARY_28,
      createdAt: Date.UTC(2025, 1, 14),
      recurrence: { scheduleId: "s", rolls: 0 },
    });
    expect(plain(wallet.written)).toMatchObject([
      { type: "granted", cause: null, actor: "ann", money: 1_000 },
    ]);
  });

  it("refills at each period's start, whoever comes when: the entry bears that instant", () => {
    const wallet = new TestWallet({}, JANUARY_31);
    wallet.schedule("s", 100);
    wallet.withdraw(30);
    wallet.at(MARCH_31 + DAY);
    expect(wallet.entries).toEqual([
      ["expired", "s.0", -70],
      ["granted", "s.1", 100],
      ["expired", "s.1", -100],
      ["granted", "s.2", 100],
    ]);
    expect(plain(wallet.written)).toMatchObject([
      { recordedAt: FEBRUARY_28, cause: "expiry" },
      { recordedAt: FEBRUARY_28, cause: "refill", actor: null, occurredAt: FEBRUARY_28 },
      { recordedAt: MARCH_31 },
      { recordedAt: MARCH_31, operationId: `${MARCH_31}-6` },
    ]);
    expect(wallet.stored("s.2")).toMatchObject({ effectiveAt: MARCH_31, expiresAt: Date.UTC(2025, 3, 30) });
  });

  it("may begin later, and then waits", () => {
    const wallet = new TestWallet();
    const { grant } = wallet.schedule("s", 5, { startsAt: START + DAY, every: every("days") });
    expect([grant, wallet.wallet.available, nextDueAt(wallet.wallet)]).toEqual([null, 0n, START + DAY]);
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["granted", "s.0", 5]]);
  });

  it("ends before the period that would begin at its end", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days"), until: START + 2 * DAY });
    wallet.at(START + 10 * DAY);
    expect(wallet.entries.filter(([type]) => type === "granted")).toEqual([["granted", "s.1", 5]]);
    expect([wallet.store.schedules.get("s")?.hasEnded, nextDueAt(wallet.wallet)]).toEqual([true, null]);
  });

  it.each([
    ["never", null],
    [{ days: 3 }, START + 3 * DAY],
  ] as const)("credits that expire %j", (expires, expiresAt) => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days"), expires });
    expect(wallet.stored("s.0").expiresAt).toBe(expiresAt);
    wallet.at(START + DAY);
    expect(wallet.wallet.available).toBe(10n);
  });

  it("does not begin in the past, but a start of a moment ago is now", () => {
    const wallet = new TestWallet();
    expect(refusal(() => wallet.schedule("s", 5, { startsAt: START - 5 * MINUTE - 1 }))).toMatchObject({
      code: "invalid_input",
      details: { field: "startsAt" },
    });
    const { schedule } = wallet.schedule("s", 5, { startsAt: START - 5 * MINUTE });
    expect(schedule.startsAt).toBe(START);
    expect(refusal(() => wallet.schedule("t", 5, { until: START }))).toMatchObject({
      details: { field: "until" },
    });
  });

  it("leaves a refill out that the wallet could not keep", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days"), expires: "never" });
    wallet.adjust(1);
    const room = MAX_AMOUNT - 6n;
    wallet.decide(scheduleRequest(room, { every: every("days"), startsAt: START + HOUR }), ["t"]);
    wallet.at(START + DAY);
    expect(wallet.wallet.balance).toBe(MAX_AMOUNT);
  });

  it("pays debts with what comes", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.withdraw(7);
    wallet.schedule("s", 5, { every: every("days") });
    expect(wallet.entries).toEqual([
      ["granted", "s.0", 5],
      ["overdraft_settled", "s.0", -5],
      ["overdraft_settled", "overdraft", 5],
    ]);
    wallet.at(START + DAY);
    expect([wallet.wallet.overdraft, wallet.wallet.available]).toEqual([0n, 3n]);
  });

  it("at one instant the old credits go before the new ones come, and a request finds the new ones", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days") });
    wallet.now = START + DAY;
    wallet.withdraw(5);
    expect(wallet.entries).toEqual([
      ["expired", "s.0", -5],
      ["granted", "s.1", 5],
      ["consumed", "s.1", -5],
    ]);
  });

  it("refills of one instant come in burn order", () => {
    const wallet = new TestWallet();
    wallet.schedule("b", 1, { every: every("days") });
    wallet.schedule("a", 1, { every: every("days") });
    wallet.schedule("c", 1, { every: every("days"), priority: 1 });
    wallet.at(START + DAY);
    expect(wallet.entries.slice(3).map(([, id]) => id)).toEqual(["c.1", "a.1", "b.1"]);
  });
});

describe("ending a schedule", () => {
  it("now: nothing comes any more, and what came stays", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days") });
    expect(wallet.endSchedule("s").schedule).toMatchObject({ hasEnded: true, until: START });
    expect([wallet.wallet.available, nextDueAt(wallet.wallet)]).toEqual([5n, START + DAY]);
    wallet.at(START + 3 * DAY);
    expect(wallet.entries).toEqual([["expired", "s.0", -5]]);
    expect(wallet.endSchedule("s").schedule).toMatchObject({ until: START });
  });

  it("with its period: the next one's credits do not come", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { every: every("days") });
    wallet.at(START + DAY + HOUR);
    expect(wallet.endSchedule("s", "periodEnd").schedule).toMatchObject({
      hasEnded: false,
      until: START + 2 * DAY,
    });
    wallet.at(START + 3 * DAY);
    expect(wallet.entries).toEqual([["expired", "s.1", -5]]);
  });

  it("before it began: it never begins", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 5, { startsAt: START + DAY });
    wallet.endSchedule("s", "periodEnd");
    wallet.at(START + 3 * DAY);
    expect(wallet.wallet.balance).toBe(0n);
  });

  it("that there is not is an error", () => {
    expect(refusal(() => new TestWallet().endSchedule("s"))).toMatchObject({
      code: "schedule_not_found",
      details: { scheduleId: "sc:s" },
    });
  });
});

describe("time", () => {
  it("does the same in one step as in many, in any order of looks", () => {
    const days = fc.integer({ min: 1, max: 40 });
    const terms = fc.record({
      every: fc.record({ unit: fc.constantFrom("days", "hours"), count: fc.integer({ min: 5, max: 9 }) }),
      rollover: fc.option(
        fc.record({
          max: fc.integer({ min: 0, max: 9 }),
          fraction: fc.constantFrom("1", "0.5", "0.33"),
          periods: fc.integer({ min: 1, max: 3 }),
          total: fc.integer({ min: 3, max: 12 }),
        }),
        { nil: undefined },
      ),
      cost: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
      until: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(terms, { maxLength: 3 }), fc.array(days, { maxLength: 6 }), (all, stops) => {
        const ledgers = [stops.sort((a, b) => a - b), []].map((instants) => {
          const wallet = new TestWallet();
          for (const [index, { until, rollover, cost, ...one }] of all.entries())
            wallet.schedule(`s${index}`, 10, {
              ...one,
              ...(until === undefined ? {} : { until: START + until * DAY }),
              ...(rollover === undefined ? {} : { rollover }),
              ...(cost === undefined ? {} : { cost }),
            });
          if (all.length > 0) wallet.withdraw(7);
          for (const day of instants) wallet.at(START + day * DAY);
          wallet.at(START + 50 * DAY);
          return wallet.store.ledger;
        });
        expect(ledgers[0]).toEqual(ledgers[1]);
      }),
      { numRuns: 40 },
    );
  });
});
