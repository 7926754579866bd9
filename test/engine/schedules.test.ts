import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACME, START, catalog, engineOn, newKey, refusedWith, use, world } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const DAY = 86_400_000;
const daily = { ...ACME, amount: 100, every: { days: 1 }, category: "promotional" } as const;

describe("recurring credits", () => {
  test("daily free credits are one line", async () => {
    const { credits, clock } = world();
    const { id, grant, available } = await credits.schedule({ ...daily, idempotencyKey: newKey() });
    expect([available.toNumber(), grant?.scheduleId]).toEqual([100, id]);
    clock.advance({ days: 3 });
    expect((await credits.balance(ACME)).available.toNumber()).toBe(100);
    expect((await credits.schedules(ACME)).map(({ id: one, status }) => [one, status])).toEqual([
      [id, "active"],
    ]);
  });

  test("say what they are", async () => {
    const { credits } = world();
    const made = await credits.schedule({
      ...ACME,
      amount: 50,
      every: { months: 1 },
      anchor: "2026-01-31T00:00:00+01:00",
      timeZone: "Europe/Berlin",
      startsAt: START + DAY,
      until: START + 400 * DAY,
      category: "paid",
      cost: { amount: "5.00", currency: "USD" },
      expires: { days: 45 },
      rollover: { max: 10, fraction: "0.5", periods: 2, keepFor: { months: 2 }, total: 15 },
      priority: 10,
      features: ["chat"],
      displayName: "Monthly",
      metadata: { plan: "x" },
      source: "crm",
      idempotencyKey: newKey(),
    });
    expect(JSON.parse(JSON.stringify(made))).toMatchObject({
      status: "scheduled",
      amount: "50",
      every: { months: 1 },
      anchor: "2026-01-30T23:00:00.000Z",
      timeZone: "Europe/Berlin",
      nextRefillAt: "2026-01-11T00:00:00.000Z",
      cost: { amount: "5", currency: "USD" },
      expires: { days: 45 },
      rollover: { max: "10", fraction: "0.5", periods: 2, keepFor: { months: 2 }, total: "15" },
      priority: 10,
      features: ["chat"],
      displayName: "Monthly",
      metadata: { plan: "x" },
      source: "crm",
      grant: null,
    });
  });

  test.each([
    [{ every: { minutes: 59 } }, "shorter than an hour"],
    [{ every: { months: 1, days: 1 } }, "one unit"],
    [{ every: { hours: 1.5 } }, "whole number"],
    [{ expires: "never", rollover: { max: 1 } }, "it has none"],
    [{ rollover: { fraction: "1.01" } }, "between 0 and 1"],
    [{ timeZone: "Mars/Base" }, "time zone"],
    [{ amount: 0 }, "above zero"],
    [{ startsAt: START - 6 * 60_000 }, "past"],
    [{ features: ["gilt"] }, "not priced"],
  ])("%j is refused before anything is touched", async (wrong, words) => {
    const { credits, store } = world();
    const request = { ...daily, idempotencyKey: newKey(), ...wrong } as Parameters<
      typeof credits.schedule
    >[0];
    const { message } = await refusedWith(credits.schedule(request), "invalid_input");
    expect(message).toContain(words);
    expect(store.dump()).toEqual(memoryStore().dump());
  });

  test("end, and are then no longer listed", async () => {
    const { credits } = world();
    const { id: scheduleId } = await credits.schedule({ ...daily, idempotencyKey: newKey() });
    expect((await credits.endSchedule({ scheduleId })).status).toBe("ended");
    expect(await credits.schedules(ACME)).toEqual([]);
    expect((await credits.endSchedule({ scheduleId })).status).toBe("ended");
    await refusedWith(credits.endSchedule({ scheduleId: `${scheduleId}x` }), "schedule_not_found");
  });

  test("that began later than they were made are active when they are ended with their period", async () => {
    const { credits, clock } = world();
    const { id: scheduleId, status } = await credits.schedule({
      ...daily,
      startsAt: START + DAY,
      idempotencyKey: newKey(),
    });
    expect(status).toBe("scheduled");
    clock.advance({ days: 2 });
    expect((await credits.endSchedule({ scheduleId, when: "periodEnd" })).status).toBe("active");
  });

  test("of a plan are ended with the plan only", async () => {
    const { credits } = world();
    await credits.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() });
    const [schedule] = await credits.schedules(ACME);
    await refusedWith(credits.endSchedule({ scheduleId: schedule?.id ?? "" }), "invalid_input");
  });

  test("years of hourly periods that nobody looked at are caught up in portions", async () => {
    const { credits, store, clock } = world({ rowsPerChange: 400 });
    await credits.schedule({ ...daily, every: { hours: 1 }, idempotencyKey: newKey() });
    clock.advance({ days: 100 });
    expect((await credits.balance(ACME)).available.toNumber()).toBe(100);
    expect((await credits.balance(ACME)).version).toBeGreaterThan(80);
    expect((await use(credits, 40)).available.toNumber()).toBe(60);
    expect(await checkStore(store, { catalog })).toEqual([]);
  });
});

describe("a forecast", () => {
  test("runs the rules ahead, and changes nothing", async () => {
    const { credits, store } = world();
    await credits.schedule({ ...daily, amount: 300, every: { days: 30 }, idempotencyKey: newKey() });
    const before = store.dump();
    const burn = { amount: 12, per: { days: 1 } };
    const ahead = await credits.forecast({ ...ACME, until: START + 60 * DAY, burn });
    // 25 days of 12, five days of nothing, and again.
    expect(ahead).toMatchObject({
      nextRefillAt: new Date(START + 30 * DAY),
      expirations: [],
      refills: [{ at: new Date(START + 30 * DAY) }, { at: new Date(START + 60 * DAY) }],
    });
    expect(ahead.runsOutAt?.getTime()).toBeCloseTo(START + 25 * DAY, -2);
    expect([ahead.shortfall.toNumber(), ahead.burnPerDay.toNumber()]).toEqual([120, 12]);
    expect(store.dump()).toEqual(before);
  });

  test("says what expires unused", async () => {
    const { credits } = world();
    await credits.schedule({ ...daily, amount: 300, every: { days: 30 }, idempotencyKey: newKey() });
    const burn = { amount: 4, per: { days: 1 } };
    const ahead = await credits.forecast({ ...ACME, until: START + 40 * DAY, burn });
    expect(ahead.expiring.toNumber()).toBe(180);
    expect(ahead.expirations.map(({ amount, at }) => [amount.toNumber(), at.getTime()])).toEqual([
      [180, START + 30 * DAY],
    ]);
    expect([ahead.runsOutAt, ahead.available.toNumber()]).toEqual([null, 260]);
  });

  test("may burn as in the days before", async () => {
    const { credits, clock } = world();
    await credits.grant({ ...ACME, amount: 1_000, category: "promotional", idempotencyKey: newKey() });
    await use(credits, 70);
    clock.advance({ days: 7 });
    const ahead = await credits.forecast({ ...ACME, until: clock() + 20 * DAY, burn: { recentDays: 7 } });
    expect([ahead.burnPerDay.toNumber(), ahead.available.toNumber()]).toEqual([10, 730]);
  });

  test("looks ahead only, and not for ever", async () => {
    const { credits } = world();
    await refusedWith(credits.forecast({ ...ACME, until: START }), "invalid_input");
    await refusedWith(credits.forecast({ ...ACME, until: START + 4_000 * DAY }), "invalid_input");
    await credits.schedule({ ...daily, every: { hours: 1 }, idempotencyKey: newKey() });
    await refusedWith(credits.forecast({ ...ACME, until: START + 3_000 * DAY }), "over_limit");
  });
});

describe("a runner", () => {
  test("makes durable what is due, of all wallets", async () => {
    const { credits, store, clock } = world();
    for (const customerId of Array.from({ length: 300 }, (_, index) => `c${index}`))
      await credits.schedule({ ...daily, customerId, idempotencyKey: "daily" });
    clock.advance({ days: 1 });
    expect(await credits.runDue()).toEqual({ wallets: 300, skipped: 0 });
    expect(await credits.runDue()).toEqual({ wallets: 0, skipped: 0 });
    expect(await checkStore(store, { catalog })).toEqual([]);
  });

  test("goes no further than it is told, and never ahead", async () => {
    const { credits, clock } = world();
    await credits.schedule({ ...daily, idempotencyKey: newKey() });
    clock.advance({ days: 1 });
    expect((await credits.runDue({ until: START + DAY - 1 })).wallets).toBe(0);
    await refusedWith(credits.runDue({ until: clock() + 1 }), "invalid_input");
  });

  test("leaves wallets of a currency that it does not know to a process that does", async () => {
    const { credits, store, clock } = world();
    await credits.schedule({ ...daily, idempotencyKey: newKey() });
    clock.advance({ days: 1 });
    const { defineCatalog } = await import("coffer");
    const other = defineCatalog({ currencies: { other: { name: "Other" } } });
    const stranger = createCreditEngine({ catalog: other, store, clock, pace: virtualPace() });
    expect(await stranger.runDue()).toEqual({ wallets: 0, skipped: 1 });
    expect(await credits.runDue()).toEqual({ wallets: 1, skipped: 0 });
  });

  test("runs again and again until it is stopped, and tells what failed", async () => {
    const { store, clock } = world();
    const pace = virtualPace();
    const errors: unknown[] = [];
    let failures = 1;
    const failing = {
      ...store,
      limits: store.limits,
      load: store.load.bind(store),
      commit: store.commit.bind(store),
      transact: store.transact.bind(store),
      list: store.list.bind(store),
      usage: store.usage.bind(store),
      events: store.events.bind(store),
      prune: store.prune.bind(store),
      close: store.close.bind(store),
      due: async (query: Parameters<typeof store.due>[0]) => {
        if (failures-- > 0) throw new Error("not now");
        return store.due(query);
      },
    };
    const credits = createCreditEngine({ catalog, store: failing, clock, pace });
    await credits.schedule({ ...daily, idempotencyKey: newKey() });
    clock.advance({ days: 1 });
    const runner = credits.startRunner({ every: { seconds: 5 }, onError: (error) => errors.push(error) });
    while ((await credits.balance(ACME)).version < 2) await new Promise((resolve) => setImmediate(resolve));
    await runner.stop();
    expect(errors).toHaveLength(1);
    expect(pace.pauses).toContain(5_000);
    await credits.close();
  });

  test("on or off for a month: every balance, decision and later ledger is the same", async () => {
    const days = fc.integer({ min: 0, max: 31 });
    const plan = fc.record({
      terms: fc.array(
        fc.record({
          amount: fc.integer({ min: 1, max: 20 }),
          days: fc.integer({ min: 1, max: 9 }),
          max: days,
        }),
        { maxLength: 3 },
      ),
      uses: fc.array(fc.record({ day: days, amount: fc.integer({ min: 1, max: 30 }) }), { maxLength: 8 }),
      runs: fc.array(days, { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ terms, uses, runs }) => {
        const ledgers = await Promise.all([runs, []].map((at) => monthOf(terms, uses, at)));
        expect(ledgers[0]).toEqual(ledgers[1]);
      }),
      { numRuns: 25 },
    );
  });
});

interface Terms {
  readonly amount: number;
  readonly days: number;
  readonly max: number;
}

/** What a month leaves behind, with a runner on the days given. */
async function monthOf(
  terms: readonly Terms[],
  uses: readonly { readonly day: number; readonly amount: number }[],
  runs: readonly number[],
): Promise<unknown> {
  const store = memoryStore();
  const clock = manualClock(START);
  let ids = 0;
  const credits = engineOn(store, clock);
  const named = createCreditEngine({
    catalog,
    store,
    clock,
    pace: virtualPace(),
    ids: () => `id${String(++ids).padStart(9, "0")}`,
  });
  for (const [index, { amount, days, max }] of terms.entries())
    await named.schedule({
      ...daily,
      amount,
      every: { days },
      rollover: { max },
      idempotencyKey: `schedule-${index}`,
    });
  const seen: unknown[] = [];
  for (let day = 0; day <= 31; day++) {
    clock.set(START + day * DAY);
    if (runs.includes(day)) await credits.runDue();
    for (const [index, one] of uses.entries()) {
      if (one.day !== day) continue;
      const tried = await named.tryWithdraw({ ...ACME, amount: one.amount, idempotencyKey: `use-${index}` });
      seen.push(tried.ok ? tried.value.draws : tried.error.details);
    }
  }
  await credits.runDue();
  const { items } = await credits.ledger({ ...ACME, limit: 1_000 });
  expect(await checkStore(store, { catalog })).toEqual([]);
  return JSON.parse(JSON.stringify({ seen, items, balance: (await credits.balance(ACME)).available }));
}
