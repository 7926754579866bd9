/** What callers read of events: ids, numbers, payloads, in the commit of their cause; and whose thresholds hold. */
import { type CreditEvent, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock, sequentialIds } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { ACME, DAY, START, expectSound, gift, newKey, refusedWith, use, world } from "../support.js";
import { virtualPace } from "../virtual-pace.js";
import { eventsOf, plainEvents } from "./reading.js";

test("an event names its wallet, its place there, and what happened", async () => {
  const { credits } = world();
  const grant = await gift(credits, "10.5", { scope: "pool", expiresAt: START + DAY });
  const [event] = await eventsOf(credits);
  expect(event?.id).toBe(grant.id.replace(/^gr_(.*)_.*$/, "ev_$1_1"));
  expect(plainEvents([event])).toEqual([
    {
      id: event?.id,
      type: "credits.granted",
      version: 1,
      at: "2026-01-10T00:00:00.000Z",
      customerId: "acme",
      scope: "pool",
      currency: "tokens",
      sequence: 1,
      data: {
        by: "granted",
        grant: {
          grantId: grant.id,
          amount: "10.5",
          remaining: "10.5",
          held: "0",
          consumed: "0",
          usedPercent: "0",
          status: "active",
          category: "promotional",
          source: "promotional",
          priority: 50,
          features: null,
          effectiveAt: "2026-01-10T00:00:00.000Z",
          expiresAt: "2026-01-11T00:00:00.000Z",
          displayName: null,
          originGrantId: null,
        },
      },
    },
  ]);
});

test("events stand in the order of each wallet's numbers; a plain withdrawal tells nothing", async () => {
  const { credits, store, clock } = world();
  await gift(credits, 10);
  await use(credits, 4);
  await use(credits, 6);
  await gift(credits, 5, { customerId: "beta", expiresAt: START + DAY });
  clock.advance({ days: 2 });
  await credits.balance({ ...ACME, customerId: "beta" });
  await credits.grants({ ...ACME, customerId: "beta" });
  const told = (await eventsOf(credits)).map(({ customerId, sequence, type, at }) => [
    customerId,
    sequence,
    type,
    at.getTime() - START,
  ]);
  expect(told.filter(([customerId]) => customerId === "acme")).toEqual([
    ["acme", 1, "credits.granted", 0],
    ["acme", 2, "credits.grant.depleted", 0],
    ["acme", 3, "credits.balance.depleted", 0],
  ]);
  expect(told.filter(([customerId]) => customerId === "beta")).toEqual([
    ["beta", 1, "credits.granted", 0],
    ["beta", 2, "credits.expired", DAY],
    ["beta", 3, "credits.balance.depleted", DAY],
  ]);
  await expectSound(store);
});

test("what is repeated, denied or only looked at tells nothing", async () => {
  const { credits, clock } = world();
  await gift(credits, 10, { idempotencyKey: "once" });
  const before = await eventsOf(credits);
  await gift(credits, 10, { idempotencyKey: "once" });
  await refusedWith(use(credits, 11), "insufficient_credits");
  await credits.estimate({ ...ACME, amount: 10 });
  clock.advance({ days: 1 });
  await credits.forecast({ ...ACME, until: START + 9 * DAY, burn: { amount: 5, per: { days: 1 } } });
  expect(await eventsOf(credits)).toEqual(before);
});

test("both wallets of a transfer tell their part, and a subscription's wallets theirs", async () => {
  const { credits, store } = world();
  await gift(credits, 10);
  await credits.transfer({
    from: "acme",
    to: "beta",
    currency: "tokens",
    amount: 10,
    idempotencyKey: newKey(),
  });
  await credits.subscribe({ customerId: "beta", plan: "pro", addOns: ["extra"], idempotencyKey: newKey() });
  const told = (await eventsOf(credits)).map(({ customerId, currency, type }) => [
    customerId,
    currency,
    type,
  ]);
  expect(told).toHaveLength(5);
  expect(told).toEqual(
    expect.arrayContaining([
      ["acme", "tokens", "credits.granted"],
      ["acme", "tokens", "credits.balance.depleted"],
      ["beta", "tokens", "credits.granted"],
      ["beta", "gold", "credits.granted"],
    ]),
  );
  await expectSound(store);
});

describe("thresholds", () => {
  const catalog = defineCatalog({
    currencies: {
      tokens: { name: "Tokens", scale: 0, thresholds: { balanceLow: 10, expiringLead: [{ days: 1 }] } },
    },
    plans: {
      base: { name: "Base", thresholds: { tokens: { balanceLow: 20 } } },
      pro: { name: "Pro", rank: 2, thresholds: { tokens: { balanceLow: 30, expiringLead: [{ days: 7 }] } } },
      silent: { name: "Silent", rank: 3 },
    },
  });
  const here = () => {
    const clock = manualClock(START);
    const store = memoryStore();
    const engine = createCreditEngine({ catalog, store, clock, ids: sequentialIds(), pace: virtualPace() });
    return { clock, store, engine };
  };
  const low = (events: readonly CreditEvent[]) =>
    events.flatMap((event) => (event.type === "credits.balance.low" ? [String(event.data.threshold)] : []));
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  const grant = (amount: number, more: object = {}) =>
    ({ ...wallet, amount, category: "promotional", idempotencyKey: newKey(), ...more }) as const;
  const withdraw = (amount: number) => ({ ...wallet, amount, idempotencyKey: newKey() });

  test("are the wallet's, else those of the highest-ranked plan that has some, else the currency's", async () => {
    const { engine } = here();
    const fall = async () => {
      await engine.grant(grant(40));
      await engine.withdraw(withdraw(40));
      return low(await eventsOf(engine)).at(-1);
    };
    expect(await fall()).toBe("10");
    await engine.subscribe({ customerId: "acme", plan: "base", idempotencyKey: newKey() });
    expect(await fall()).toBe("20");
    const pro = await engine.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() });
    await engine.subscribe({ customerId: "acme", plan: "silent", idempotencyKey: newKey() });
    expect(await fall()).toBe("30");
    const { thresholds } = await engine.setThresholds({
      ...wallet,
      thresholds: { balanceLow: 35 },
      actor: "ops",
    });
    expect([String(thresholds.balanceLow), thresholds.usageLow]).toEqual(["35", []]);
    expect(await fall()).toBe("35");
    await engine.setThresholds({ ...wallet, thresholds: null });
    await engine.cancelSubscription({ subscriptionId: pro.id, when: "now" });
    expect(await fall()).toBe("20");
  });

  test("a plan's lead time holds while the plan does, whoever looks when, and makes the wallet due", async () => {
    const { engine, clock, store } = here();
    const pro = await engine.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() });
    await engine.grant(grant(5, { expiresAt: START + 20 * DAY }));
    await engine.grant(grant(5, { expiresAt: START + 40 * DAY }));
    const parts = Array.from({ length: 256 }, (_, part) => part);
    expect(await store.due({ before: START + 13 * DAY - 1, parts, limit: 9 })).toEqual([]);
    expect(await store.due({ before: START + 13 * DAY, parts, limit: 9 })).toHaveLength(1);
    clock.advance({ days: 30 });
    await engine.cancelSubscription({ subscriptionId: pro.id });
    clock.advance({ days: 90 });
    await engine.grants(wallet);
    const notices = (await eventsOf(engine)).flatMap((event) =>
      event.type === "credits.grant.expiring" ? [[(event.at.getTime() - START) / DAY, event.data.lead]] : [],
    );
    expect(notices).toEqual([
      [13, { days: 7 }],
      [39, { days: 1 }],
    ]);
    expect(await store.due({ before: START + 999 * DAY, parts, limit: 9 })).toEqual([]);
    await expectSound(store);
  });

  test("survive in the store: another process goes by them, and knows what was told", async () => {
    const { engine, clock, store } = here();
    await engine.setThresholds({ ...wallet, thresholds: { balanceLow: 5, usageLow: ["50"] } });
    await engine.grant(grant(10));
    await engine.withdraw(withdraw(6));
    const other = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
    await other.grant(grant(10));
    const types = (await eventsOf(other)).map(({ type }) => type);
    expect(types).toEqual([
      "credits.granted",
      "credits.grant.usage_low",
      "credits.balance.low",
      "credits.granted",
      "credits.balance.recovered",
    ]);
  });

  test.each([
    [{ usageLow: [0] }, "thresholds.usageLow.0"],
    [{ usageLow: ["100.1"] }, "thresholds.usageLow.0"],
    [{ balanceLow: -1 }, "thresholds.balanceLow"],
    [{ balanceLow: "0.5" }, "thresholds.balanceLow"],
    [{ expiringLead: [{ days: 0 }] }, "thresholds.expiringLead.0"],
    [{ usageLow: [1, 2, 3, 4, 5, 6] }, "thresholds.usageLow"],
  ])("%j make no sense", async (thresholds, field) => {
    const { engine } = here();
    const error = await refusedWith(engine.setThresholds({ ...wallet, thresholds }), "invalid_input");
    expect(error.details).toMatchObject({ field });
  });
});
