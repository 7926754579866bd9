import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { refusedWith } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const monthly = { id: "monthly", currency: "tokens", every: { months: 1 }, category: "paid" } as const;

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens", scale: 0 }, images: { name: "Images", scale: 0 } },
  features: { chat: { currency: "tokens", rate: { credits: 10 } } },
  plans: {
    basic: {
      name: "Basic",
      rank: 1,
      grants: [{ ...monthly, amount: 310, cost: { amount: "31.00", currency: "USD" } }],
    },
    pro: {
      name: "Pro",
      rank: 2,
      grants: [
        { ...monthly, amount: 930, cost: { amount: "93.00", currency: "USD" }, rollover: { max: 100 } },
        { id: "pictures", currency: "images", amount: 5, every: { months: 1 }, category: "promotional" },
        { id: "welcome", currency: "tokens", amount: 50, category: "promotional" },
      ],
      rates: { chat: { credits: 7 } },
      policy: { tokens: { mode: "soft", limit: 20 } },
    },
    boost: {
      name: "Boost",
      grants: [
        { id: "boost", currency: "tokens", amount: 100, every: { months: 1 }, category: "promotional" },
      ],
    },
  },
});

const TOKENS = { customerId: "acme", currency: "tokens" } as const;

/** A customer on 1 January 2026, whose every wallet is checked at the end. */
function world() {
  const clock = manualClock(Date.parse("2026-01-01T00:00:00Z"));
  const store = memoryStore();
  const credits = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
  let keys = 0;
  const key = () => ({ idempotencyKey: `key-${++keys}` });
  const available = async () => (await credits.balance(TOKENS)).available.toNumber();
  const grants = async () =>
    (await credits.grants(TOKENS)).items.map(
      ({ amount, status, source, cost }) =>
        `${source} ${amount.toString()} ${status} ${cost?.amount.toFixed(2) ?? "free"}`,
    );
  const sound = async () => expect(await checkStore(store, { catalog })).toEqual([]);
  return { clock, store, credits, key, available, grants, sound };
}

describe("subscribing", () => {
  test("grants the plan's credits in all its currencies, once and each period", async () => {
    const { credits, key, available, clock, sound } = world();
    const pro = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    expect(pro).toMatchObject({ plan: "pro", quantity: 1, status: "active", endsAt: null, pending: null });
    expect(pro.currentPeriod).toEqual({
      from: new Date("2026-01-01T00:00:00Z"),
      to: new Date("2026-02-01T00:00:00Z"),
    });
    expect(pro.grants.map(({ currency, amount }) => `${amount.toString()} ${currency}`)).toEqual([
      "5 images",
      "930 tokens",
      "50 tokens",
    ]);
    expect(pro.grants.every(({ subscriptionId }) => subscriptionId === pro.id)).toBe(true);
    expect(await available()).toBe(980);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    // 100 rolled over, 830 expired, 930 came; the welcome never expires.
    expect(await available()).toBe(1_080);
    expect((await credits.balance(TOKENS)).nextRefillAt).toEqual(new Date("2026-03-01T00:00:00Z"));
    await sound();
  });

  test("a quantity multiplies credits, costs and what rolls over", async () => {
    const { credits, key, clock, available } = world();
    const { grants } = await credits.subscribe({ customerId: "acme", plan: "pro", quantity: 3, ...key() });
    expect(grants.map(({ amount, cost }) => [amount.toNumber(), cost?.amount.toNumber()])).toEqual([
      [15, undefined],
      [2_790, 279],
      [150, undefined],
    ]);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await available()).toBe(2_790 + 300 + 150);
  });

  test("again with the same key is the same subscription", async () => {
    const { credits, available } = world();
    const request = { customerId: "acme", plan: "pro", idempotencyKey: "once" } as const;
    const first = await credits.subscribe(request);
    expect(await credits.subscribe(request)).toEqual({ ...first, replayed: true });
    expect(await available()).toBe(980);
    expect(await credits.subscriptions({ customerId: "acme" })).toHaveLength(1);
  });

  test("with an anchor in the past gives the phase only", async () => {
    const { credits, key } = world();
    const { currentPeriod, grants } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      anchor: "2020-05-31T00:00:00Z",
      ...key(),
    });
    expect(currentPeriod).toEqual({
      from: new Date("2025-12-31T00:00:00Z"),
      to: new Date("2026-01-31T00:00:00Z"),
    });
    expect(grants.map(({ expiresAt }) => expiresAt)).toEqual([new Date("2026-01-31T00:00:00Z")]);
  });

  test("later: nothing comes before the start", async () => {
    const { credits, key, clock, available } = world();
    const { status } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      startsAt: "2026-01-15T00:00:00Z",
      ...key(),
    });
    expect([status, await available()]).toEqual(["scheduled", 0]);
    clock.set(Date.parse("2026-01-15T00:00:00Z"));
    expect(await available()).toBe(310);
  });

  test("to a plan that there is not, or twice to one, is refused", async () => {
    const { credits, key, store } = world();
    const before = store.dump();
    const wrong = { customerId: "acme", plan: "gold" as "pro", ...key() };
    await refusedWith(credits.subscribe(wrong), "unknown_plan");
    await refusedWith(
      credits.subscribe({ customerId: "acme", plan: "pro", addOns: ["boost", "boost"], ...key() }),
      "invalid_input",
    );
    expect(store.dump()).toEqual(before);
  });

  test("the plan's rate and policy hold, and explain says so", async () => {
    const { credits, key } = world();
    const cost = async () =>
      (await credits.check({ customerId: "acme", feature: "chat", quantity: 1 })).price;
    expect((await cost()).toNumber()).toBe(10);
    const { id } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    expect((await cost()).toNumber()).toBe(7);
    const { policy, policySource, rate } = await credits.explain({ ...TOKENS, feature: "chat" });
    expect(policy).toMatchObject({ mode: "soft" });
    expect([policySource, rate?.source]).toEqual([{ plan: "pro" }, { plan: "pro" }]);
    await credits.cancelSubscription({ subscriptionId: id, when: "now" });
    expect((await cost()).toNumber()).toBe(10);
    expect((await credits.explain({ ...TOKENS, feature: "chat" })).policySource).toBe("currency");
  });

  test("late use is rated by the plan of its instant", async () => {
    const { credits, key, clock } = world();
    const occurredAt = clock();
    const { id } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    clock.advance({ days: 1 });
    await credits.cancelSubscription({ subscriptionId: id, when: "now" });
    const chat = { customerId: "acme", feature: "chat", quantity: 1 } as const;
    const late = await credits.withdraw({ ...chat, occurredAt, ...key() });
    const now = await credits.withdraw({ ...chat, ...key() });
    expect([late.price.toNumber(), now.price.toNumber()]).toEqual([7, 10]);
    expect(late.lines[0]?.rateVersion).not.toBe(now.lines[0]?.rateVersion);
  });
});

describe("a change of plan", () => {
  test("now, without proration: the new amount comes with the next period", async () => {
    const { credits, key, clock, available, grants, sound } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const changed = await credits.changePlan({ subscriptionId, plan: "pro", ...key() });
    expect(changed).toMatchObject({ plan: "pro", pending: null });
    // What comes once comes at once.
    expect(await available()).toBe(310 + 50);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await available()).toBe(930 + 50);
    expect(await grants()).toEqual([
      "plan:basic 310 expired 31.00",
      "plan:pro 50 active free",
      "plan:pro 930 active 93.00",
    ]);
    await sound();
  });

  test("now, with the difference: (930 − 310) × 21 days of 31 are 420, for $42", async () => {
    const { credits, key, clock, grants, sound } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const change = { subscriptionId, plan: "pro", proration: "difference", ...key() } as const;
    const { grants: made } = await credits.changePlan(change);
    expect(
      made.map(({ amount, cost, expiresAt }) => [amount.toNumber(), cost?.amount.toNumber(), expiresAt]),
    ).toContainEqual([420, 42, new Date("2026-02-01T00:00:00Z")]);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await grants()).toContain("plan:pro 930 active 93.00");
    await sound();
  });

  test("down and up again in one period brings the difference once", async () => {
    const { credits, key, clock, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const proration = "difference";
    await credits.changePlan({ subscriptionId, plan: "pro", proration, ...key() });
    await credits.changePlan({ subscriptionId, plan: "basic", proration, ...key() });
    await credits.changePlan({ subscriptionId, plan: "pro", proration, ...key() });
    expect(await available()).toBe(310 + 420 + 50);
  });

  test("step by step costs what it costs at once: 420 for $42, then 630 for $63", async () => {
    const { credits, key, clock } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    // What was to come counts for nothing, as it had not come.
    await credits.changePlan({ subscriptionId, plan: "pro", when: "periodEnd", ...key() });
    const moneyOf = async (quantity: number) => {
      const change = { subscriptionId, plan: "pro", quantity, proration: "difference", ...key() } as const;
      const { grants } = await credits.changePlan(change);
      return grants.flatMap(({ amount, cost }) =>
        cost === null ? [] : [[amount.toNumber(), cost.amount.toNumber()]],
      );
    };
    expect(await moneyOf(1)).toEqual([[420, 42]]);
    expect(await moneyOf(2)).toEqual([[630, 63]]);
    expect(await moneyOf(2)).toEqual([]);
  });

  test("of seats: the cost that was paid for the difference may be given", async () => {
    const { credits, key, clock } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const { grants, quantity } = await credits.changePlan({
      subscriptionId,
      quantity: 3,
      proration: "difference",
      cost: { amount: "40.00", currency: "USD" },
      ...key(),
    });
    expect([
      quantity,
      grants.map(({ amount, cost }) => [amount.toNumber(), cost?.amount.toNumber()]),
    ]).toEqual([3, [[420, 40]]]);
  });

  test("full: a new period begins now, whole", async () => {
    const { credits, key, clock, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const changed = await credits.changePlan({ subscriptionId, plan: "pro", proration: "full", ...key() });
    expect(changed.currentPeriod.to).toEqual(new Date("2026-02-11T00:00:00Z"));
    expect(await available()).toBe(310 + 930 + 50);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await available()).toBe(930 + 50);
  });

  test("at the period's end, to the millisecond", async () => {
    const { credits, key, clock, available, grants, sound } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    const changed = await credits.changePlan({ subscriptionId, plan: "basic", when: "periodEnd", ...key() });
    expect(changed).toMatchObject({
      plan: "pro",
      pending: { at: new Date("2026-02-01T00:00:00Z"), plan: "basic", quantity: 1 },
    });
    clock.set(Date.parse("2026-02-01T00:00:00Z") - 1);
    expect(await available()).toBe(980);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    // The subscription goes on, so 100 of the old plan's credits roll over.
    expect(await available()).toBe(310 + 100 + 50);
    expect(await credits.subscription({ subscriptionId })).toMatchObject({ plan: "basic", pending: null });
    expect(await grants()).toContain("plan:basic 310 active 31.00");
    await sound();
  });

  test("that was to come is replaced by another one", async () => {
    const { credits, key, clock, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    await credits.changePlan({ subscriptionId, plan: "basic", when: "periodEnd", ...key() });
    await credits.changePlan({ subscriptionId, quantity: 2, when: "periodEnd", ...key() });
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await credits.subscription({ subscriptionId })).toMatchObject({ plan: "pro", quantity: 2 });
    expect(await available()).toBe(1_860 + 100 + 50);
  });

  test("what comes once comes once, however often plans change", async () => {
    const { credits, key, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    for (const plan of ["basic", "pro", "basic", "pro"] as const)
      await credits.changePlan({ subscriptionId, plan, ...key() });
    expect(await available()).toBe(980);
  });

  test("purchased credits survive all of it", async () => {
    const { credits, key, clock, sound } = world();
    const bought = await credits.grant({
      ...TOKENS,
      amount: 70,
      category: "paid",
      cost: { amount: "7.00", currency: "USD" },
      priority: 90,
      ...key(),
    });
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    await credits.changePlan({ subscriptionId, plan: "basic", proration: "full", ...key() });
    await credits.pauseSubscription({ subscriptionId });
    await credits.cancelSubscription({ subscriptionId, when: "now", unused: "refund" });
    clock.advance({ years: 1 });
    const { items } = await credits.grants({ ...TOKENS, status: "active" });
    expect(items.map(({ id, remaining }) => [id, remaining.toNumber()])).toEqual([[bought.id, 70]]);
    await sound();
  });
});

describe("add-ons", () => {
  test("come with their own credits and go without touching the plan's", async () => {
    const { credits, key, clock, available, sound } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    clock.set(Date.parse("2026-01-11T00:00:00Z"));
    const added = await credits.addAddOn({ subscriptionId, addOn: "boost", quantity: 2, ...key() });
    expect(added.addOns).toEqual([{ plan: "boost", quantity: 2, until: null }]);
    expect(await available()).toBe(310 + 200);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await available()).toBe(310 + 200);
    await credits.removeAddOn({ subscriptionId, addOn: "boost", when: "periodEnd" });
    expect(await available()).toBe(310 + 200);
    clock.set(Date.parse("2026-03-01T00:00:00Z"));
    expect(await available()).toBe(310);
    expect((await credits.subscription({ subscriptionId })).addOns).toEqual([]);
    await sound();
  });

  test("of which there is none cannot go, and one that is there cannot come twice", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      addOns: ["boost"],
      ...key(),
    });
    await refusedWith(credits.addAddOn({ subscriptionId, addOn: "boost", ...key() }), "invalid_input");
    await refusedWith(credits.removeAddOn({ subscriptionId, addOn: "pro" }), "invalid_input");
  });
});

describe("a pause", () => {
  test("stops refills only; resuming grants the current period if it had none", async () => {
    const { credits, key, clock, available, sound } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    await credits.pauseSubscription({ subscriptionId });
    expect([await available(), (await credits.subscription({ subscriptionId })).status]).toEqual([
      310,
      "paused",
    ]);
    clock.set(Date.parse("2026-03-10T00:00:00Z"));
    expect(await available()).toBe(0);
    const { grants } = await credits.resumeSubscription({ subscriptionId });
    expect(grants.map(({ amount, expiresAt }) => [amount.toNumber(), expiresAt])).toEqual([
      [310, new Date("2026-04-01T00:00:00Z")],
    ]);
    await credits.resumeSubscription({ subscriptionId });
    expect(await available()).toBe(310);
    clock.set(Date.parse("2026-04-01T00:00:00Z"));
    expect(await available()).toBe(310);
    await sound();
  });

  test("and resume within one period grants nothing twice", async () => {
    const { credits, key, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    await credits.pauseSubscription({ subscriptionId });
    await credits.resumeSubscription({ subscriptionId });
    expect(await available()).toBe(310);
  });
});

describe("cancelling", () => {
  test("at the period's end: before the refill, and what is live stays till its end", async () => {
    const { credits, key, clock, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    const { endsAt, status } = await credits.cancelSubscription({ subscriptionId });
    expect([endsAt, status]).toEqual([new Date("2026-02-01T00:00:00Z"), "active"]);
    clock.set(Date.parse("2026-02-01T00:00:00Z") - 1);
    expect(await available()).toBe(310);
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect([await available(), (await credits.subscription({ subscriptionId })).status]).toEqual([
      0,
      "ended",
    ]);
  });

  test("is taken back by a change of plan", async () => {
    const { credits, key, clock, available } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    await credits.cancelSubscription({ subscriptionId });
    const { endsAt } = await credits.changePlan({ subscriptionId, plan: "basic", ...key() });
    expect(endsAt).toBeNull();
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    expect(await available()).toBe(310);
  });

  test("now keeps, voids or refunds what is unused", async () => {
    const outcomes = await Promise.all(
      (["keep", "void", "refund"] as const).map(async (unused) => {
        const { credits, key, available, sound } = world();
        const { id: subscriptionId } = await credits.subscribe({
          customerId: "acme",
          plan: "basic",
          ...key(),
        });
        await credits.withdraw({ ...TOKENS, amount: 10, ...key() });
        const { refunds } = await credits.cancelSubscription({ subscriptionId, when: "now", unused });
        await sound();
        return [await available(), refunds.map(({ cost }) => cost.amount.toFixed(2))];
      }),
    );
    expect(outcomes).toEqual([
      [300, []],
      [0, []],
      [0, ["30.00"]],
    ]);
  });

  test("twice is harmless, and nothing can be changed after it", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    const first = await credits.cancelSubscription({ subscriptionId, when: "now" });
    expect((await credits.cancelSubscription({ subscriptionId })).endsAt).toEqual(first.endsAt);
    await refusedWith(
      credits.changePlan({ subscriptionId, plan: "pro", ...key() }),
      "subscription_not_found",
    );
  });
});

describe("a trial", () => {
  test("is promotional until its end, when the plan begins anew, paid", async () => {
    const { credits, key, clock, grants, sound } = world();
    const pro = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      trialEndsAt: "2026-01-15T00:00:00Z",
      ...key(),
    });
    expect(pro.status).toBe("trialing");
    expect(await grants()).toEqual(["plan:basic 310 active free"]);
    clock.set(Date.parse("2026-01-15T00:00:00Z"));
    expect(await grants()).toEqual(["plan:basic 310 active free", "plan:basic 310 active 31.00"]);
    const { status, currentPeriod } = await credits.subscription({ subscriptionId: pro.id });
    expect([status, currentPeriod.from]).toEqual(["active", new Date("2026-01-15T00:00:00Z")]);
    clock.set(Date.parse("2026-02-15T00:00:00Z"));
    expect((await grants()).filter((grant) => grant.includes("active"))).toEqual([
      "plan:basic 310 active 31.00",
    ]);
    await sound();
  });

  test("that is cancelled never begins to cost", async () => {
    const { credits, key, clock, grants } = world();
    const trialEndsAt = "2026-01-15T00:00:00Z";
    const { id } = await credits.subscribe({ customerId: "acme", plan: "basic", trialEndsAt, ...key() });
    const { endsAt } = await credits.cancelSubscription({ subscriptionId: id });
    expect(endsAt).toEqual(new Date(trialEndsAt));
    clock.set(Date.parse("2026-06-01T00:00:00Z"));
    expect(await grants()).toEqual(["plan:basic 310 expired free"]);
  });

  test("ends with a change of plan, add-ons too", async () => {
    const { credits, key, clock, grants } = world();
    const { id: subscriptionId } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      addOns: ["boost"],
      trialEndsAt: "2026-01-15T00:00:00Z",
      ...key(),
    });
    clock.advance({ days: 10 });
    const { status } = await credits.changePlan({ subscriptionId, plan: "pro", ...key() });
    expect(status).toBe("active");
    const active = await grants();
    expect(active).toContain("plan:pro 930 active 93.00");
    clock.set(Date.parse("2026-01-20T00:00:00Z"));
    expect(await grants()).toEqual(active);
  });
});

test("two processes that change one subscription at once leave one of two orders", async () => {
  const { credits, store, clock, key, sound } = world();
  const other = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
  const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
  await Promise.all([
    credits.changePlan({ subscriptionId, plan: "pro", proration: "full", idempotencyKey: "a" }),
    other.changePlan({ subscriptionId, plan: "pro", proration: "full", idempotencyKey: "a" }),
    other.addAddOn({ subscriptionId, addOn: "boost", idempotencyKey: "b" }),
  ]);
  const { items } = await credits.grants(TOKENS);
  expect(items.map(({ amount }) => amount.toNumber()).sort((a, b) => a - b)).toEqual([50, 100, 310, 930]);
  await sound();
});

describe("what was asked for holds", () => {
  test("no add-on comes to a subscription that is about to end", async () => {
    const { credits, key, clock, grants } = world();
    const { id: subscriptionId } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      addOns: ["boost"],
      ...key(),
    });
    await credits.removeAddOn({ subscriptionId, addOn: "boost" });
    await credits.cancelSubscription({ subscriptionId });
    await refusedWith(credits.addAddOn({ subscriptionId, addOn: "boost", ...key() }), "invalid_input");
    clock.set(Date.parse("2026-04-16T00:00:00Z"));
    expect((await grants()).filter((grant) => grant.includes("active"))).toEqual([]);
  });

  test("an add-on that is the plan to come is refused", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    await credits.changePlan({ subscriptionId, plan: "boost", when: "periodEnd", ...key() });
    await refusedWith(credits.addAddOn({ subscriptionId, addOn: "boost", ...key() }), "invalid_input");
  });

  test.each([true, false])(
    "a removed add-on stays removed when a plan changes (on trial: %s)",
    async (isTrial) => {
      const { credits, key, clock, available } = world();
      const { id: subscriptionId } = await credits.subscribe({
        customerId: "acme",
        plan: "basic",
        addOns: ["boost"],
        ...(isTrial ? { trialEndsAt: "2026-01-15T00:00:00Z" } : {}),
        ...key(),
      });
      await credits.removeAddOn({ subscriptionId, addOn: "boost", when: "periodEnd" });
      if (!isTrial) await credits.cancelSubscription({ subscriptionId });
      await credits.changePlan({ subscriptionId, plan: "pro", ...key() });
      clock.set(Date.parse("2026-03-20T00:00:00Z"));
      // 930 of the month, 100 of the month before, 50 of the welcome: nothing of the add-on.
      expect(await available()).toBe(930 + 100 + 50);
      expect((await credits.subscription({ subscriptionId })).addOns).toEqual([]);
    },
  );

  test("a cost for nothing, or in another money, is refused", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "pro", ...key() });
    const change = { subscriptionId, plan: "basic", proration: "difference" } as const;
    for (const currency of ["USD", "JPY"])
      await refusedWith(
        credits.changePlan({ ...change, cost: { amount: 5, currency }, ...key() }),
        "invalid_input",
      );
  });

  test("nor is a cost taken where the plan begins whole", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({
      customerId: "acme",
      plan: "basic",
      trialEndsAt: "2026-01-15T00:00:00Z",
      ...key(),
    });
    const cost = { amount: 5, currency: "USD" };
    const change = { subscriptionId, plan: "pro", proration: "difference", cost } as const;
    await refusedWith(credits.changePlan({ ...change, ...key() }), "invalid_input");
  });

  test("refunding what is unused works after the end, too", async () => {
    const { credits, key } = world();
    const { id: subscriptionId } = await credits.subscribe({ customerId: "acme", plan: "basic", ...key() });
    await credits.cancelSubscription({ subscriptionId, when: "now" });
    const late = await credits.cancelSubscription({ subscriptionId, when: "now", unused: "refund" });
    expect(late.refunds.map(({ cost }) => cost.amount.toFixed(2))).toEqual(["31.00"]);
  });
});

test("monies are never compared: a difference between two needs its cost", async () => {
  const paid = (amount: string, currency: string) =>
    [{ ...monthly, amount: 100 * Number(amount), cost: { amount, currency } }] as const;
  const two = defineCatalog({
    currencies: { tokens: { name: "Tokens", scale: 0 } },
    plans: { usd: { name: "$", grants: paid("10", "USD") }, jpy: { name: "¥", grants: paid("2000", "JPY") } },
  });
  const clock = manualClock(Date.parse("2026-01-01T00:00:00Z"));
  const credits = createCreditEngine({ catalog: two, store: memoryStore(), clock, pace: virtualPace() });
  const { id: subscriptionId } = await credits.subscribe({
    customerId: "a",
    plan: "usd",
    idempotencyKey: "s",
  });
  const change = { subscriptionId, plan: "jpy", proration: "difference" } as const;
  await refusedWith(credits.changePlan({ ...change, idempotencyKey: "c" }), "invalid_input");
  const cost = { amount: 1_500, currency: "JPY" };
  const { grants } = await credits.changePlan({ ...change, cost, idempotencyKey: "d" });
  expect(grants.map((grant) => grant.cost?.amount.toNumber())).toEqual([1_500]);
});
