/** What changes of plans, add-ons and cancellations grant, in tables that a person can check. */
import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { refusedWith } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const tokens = { currency: "tokens", category: "paid" } as const;
const usd = (amount: string) => ({ amount, currency: "USD" }) as const;

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens", scale: 0 } },
  plans: {
    monthly: {
      name: "Monthly",
      grants: [{ ...tokens, id: "credits", every: { months: 1 }, amount: 310, cost: usd("31.00") }],
    },
    yearly: {
      name: "Yearly",
      grants: [{ ...tokens, id: "credits", every: { years: 1 }, amount: 4_000, cost: usd("365.00") }],
    },
    /** Billed by the year, with credits by the month. */
    annual: {
      name: "Annual",
      every: { years: 1 },
      grants: [{ ...tokens, id: "credits", every: { months: 1 }, amount: 620, cost: usd("50.00") }],
    },
    boost: {
      name: "Boost",
      grants: [{ ...tokens, id: "boost", every: { months: 1 }, amount: 100, cost: usd("10.00") }],
    },
    kit: {
      name: "Kit",
      grants: [
        { ...tokens, id: "boost", every: { months: 1 }, amount: 100, cost: usd("10.00") },
        { ...tokens, id: "setup", amount: 7, cost: usd("3.00") },
      ],
    },
  },
});

const TOKENS = { customerId: "acme", currency: "tokens" } as const;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** A customer on 31 January 2026. */
function world(start: string = "2026-01-31") {
  const clock = manualClock(at(start));
  const store = memoryStore();
  const credits = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
  let keys = 0;
  const key = () => ({ idempotencyKey: `key-${++keys}` });
  const subscribe = async (plan: keyof typeof catalog.plans, more: object = {}) =>
    (await credits.subscribe({ customerId: "acme", plan, ...more, ...key() })).id;
  /** Grants so far: when they came, how many credits, until when, for how much. */
  const grants = async () => {
    const { items } = await credits.grants({ ...TOKENS, limit: 100 });
    return items.map(({ effectiveAt, amount, expiresAt, cost, source }) =>
      [
        source.slice("plan:".length),
        amount.toString(),
        `${effectiveAt.toISOString().slice(0, 10)}…${expiresAt?.toISOString().slice(0, 10) ?? ""}`,
        cost?.amount.toFixed(2) ?? "free",
      ].join(" "),
    );
  };
  const sound = async () => expect(await checkStore(store, { catalog })).toEqual([]);
  return { clock, store, credits, key, subscribe, grants, sound };
}

describe("from a month to a year", () => {
  test("none: the year begins, whole, when the month that is under way has ended", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world();
    const subscriptionId = await subscribe("monthly");
    clock.set(at("2026-02-10"));
    const changed = await credits.changePlan({ subscriptionId, plan: "yearly", ...key() });
    expect(changed).toMatchObject({
      plan: "yearly",
      every: { months: 1 },
      currentPeriod: { to: new Date("2026-02-28T00:00:00Z") },
      pending: { at: new Date("2026-02-28T00:00:00Z"), plan: "yearly", quantity: 1 },
    });
    clock.set(at("2026-02-28"));
    expect(await credits.subscription({ subscriptionId })).toMatchObject({
      every: { years: 1 },
      currentPeriod: { from: new Date("2026-02-28T00:00:00Z"), to: new Date("2027-02-28T00:00:00Z") },
      pending: null,
    });
    clock.set(at("2027-03-01"));
    expect(await grants()).toEqual([
      "monthly 310 2026-01-31…2026-02-28 31.00",
      "yearly 4000 2026-02-28…2027-02-28 365.00",
      "yearly 4000 2027-02-28…2028-02-28 365.00",
    ]);
    await sound();
  });

  test("at the period's end: a whole year from there, no stub", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world();
    const subscriptionId = await subscribe("monthly");
    clock.set(at("2026-03-05"));
    await credits.changePlan({ subscriptionId, plan: "yearly", when: "periodEnd", ...key() });
    clock.set(at("2026-04-01"));
    expect((await grants()).at(-1)).toBe("yearly 4000 2026-03-31…2027-03-31 365.00");
    await sound();
  });

  test("the difference of two lengths is refused, with what to do", async () => {
    const { clock, store, credits, key, subscribe } = world();
    const subscriptionId = await subscribe("monthly");
    clock.set(at("2026-02-10"));
    const before = store.dump();
    const change = { subscriptionId, plan: "yearly", proration: "difference", ...key() } as const;
    const { message } = await refusedWith(credits.changePlan(change), "invalid_input");
    expect(message).toContain("full");
    expect(store.dump()).toEqual(before);
  });

  test("cancelled or changed again before it began, it never does", async () => {
    for (const undo of ["cancel", "change"] as const) {
      const { clock, credits, key, subscribe, grants, sound } = world();
      const subscriptionId = await subscribe("monthly");
      clock.set(at("2026-02-10"));
      await credits.changePlan({ subscriptionId, plan: "yearly", ...key() });
      if (undo === "cancel") await credits.cancelSubscription({ subscriptionId });
      else await credits.changePlan({ subscriptionId, plan: "monthly", ...key() });
      clock.set(at("2026-03-15"));
      expect(await grants()).toEqual([
        "monthly 310 2026-01-31…2026-02-28 31.00",
        ...(undo === "cancel" ? [] : ["monthly 310 2026-02-28…2026-03-31 31.00"]),
      ]);
      await sound();
    }
  });

  test("there and back in one period brings no difference: the month had its credits", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world();
    const subscriptionId = await subscribe("monthly");
    clock.set(at("2026-02-10"));
    await credits.changePlan({ subscriptionId, plan: "yearly", ...key() });
    const back = { subscriptionId, plan: "monthly", proration: "difference" } as const;
    await credits.changePlan({ ...back, ...key() });
    expect(await grants()).toEqual(["monthly 310 2026-01-31…2026-02-28 31.00"]);
    // 18 of 28 days are left: twice the quantity brings 310 × 18 ÷ 28 = 199 for $19.93.
    await credits.changePlan({ ...back, quantity: 2, ...key() });
    expect((await grants()).at(-1)).toBe("monthly 199 2026-02-10…2026-02-28 19.93");
    await sound();
  });

  test("credits that come by the month under both keep their days, whatever the bill does", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world();
    const subscriptionId = await subscribe("monthly");
    clock.set(at("2026-02-10"));
    await credits.changePlan({ subscriptionId, plan: "annual", ...key() });
    clock.set(at("2026-03-31"));
    expect(await grants()).toEqual([
      "monthly 310 2026-01-31…2026-02-28 31.00",
      "annual 620 2026-02-28…2026-03-31 50.00",
      "annual 620 2026-03-31…2026-04-30 50.00",
    ]);
    expect((await credits.subscription({ subscriptionId })).currentPeriod.to).toEqual(
      new Date("2027-02-28T00:00:00Z"),
    );
    await sound();
  });

  test("back to the month, none: the year that was paid is lived out", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world();
    const subscriptionId = await subscribe("yearly");
    clock.set(at("2026-02-10"));
    await credits.changePlan({ subscriptionId, plan: "monthly", ...key() });
    clock.set(at("2027-02-28"));
    expect(await grants()).toEqual([
      "yearly 4000 2026-01-31…2027-01-31 365.00",
      "monthly 310 2027-01-31…2027-02-28 31.00",
      "monthly 310 2027-02-28…2027-03-31 31.00",
    ]);
    await sound();
  });
});

describe("an add-on that goes and comes again in one period", () => {
  test("is not granted again", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { addOns: ["boost"] });
    for (const day of ["2026-01-01", "2026-01-11", "2026-01-21"]) {
      clock.set(at(day));
      await credits.removeAddOn({ subscriptionId, addOn: "boost" });
      await credits.addAddOn({ subscriptionId, addOn: "boost", ...key() });
    }
    clock.set(at("2026-02-01"));
    expect((await grants()).filter((grant) => grant.startsWith("boost"))).toEqual([
      "boost 100 2026-01-01…2026-02-01 10.00",
      "boost 100 2026-02-01…2026-03-01 10.00",
    ]);
    await sound();
  });

  test("in a larger quantity brings what is missing, whole; in a smaller one nothing", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly");
    for (const quantity of [2, 1, 3, 3]) {
      await credits.addAddOn({ subscriptionId, addOn: "boost", quantity, ...key() });
      clock.advance({ days: 1 });
      await credits.removeAddOn({ subscriptionId, addOn: "boost" });
    }
    await credits.addAddOn({ subscriptionId, addOn: "boost", ...key() });
    clock.set(at("2026-02-01"));
    expect((await grants()).filter((grant) => grant.startsWith("boost"))).toEqual([
      "boost 200 2026-01-01…2026-02-01 20.00",
      "boost 100 2026-01-03…2026-02-01 10.00",
      "boost 100 2026-02-01…2026-03-01 10.00",
    ]);
    await sound();
  });

  test("in the next period it is granted whole", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { addOns: ["boost"] });
    await credits.removeAddOn({ subscriptionId, addOn: "boost" });
    clock.set(at("2026-02-01"));
    await credits.addAddOn({ subscriptionId, addOn: "boost", ...key() });
    expect((await grants()).at(-1)).toBe("boost 100 2026-02-01…2026-03-01 10.00");
  });

  test("a pause in between makes no second grant, and takes none away", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { addOns: ["boost"] });
    const again = async () => {
      await credits.pauseSubscription({ subscriptionId });
      await credits.removeAddOn({ subscriptionId, addOn: "boost" });
      await credits.resumeSubscription({ subscriptionId });
      await credits.addAddOn({ subscriptionId, addOn: "boost", ...key() });
    };
    await again();
    await credits.pauseSubscription({ subscriptionId });
    clock.set(at("2026-02-05"));
    await again();
    expect((await grants()).filter((grant) => grant.startsWith("boost"))).toEqual([
      "boost 100 2026-01-01…2026-02-01 10.00",
      "boost 100 2026-02-05…2026-03-01 10.00",
    ]);
  });
});

describe("an add-on that comes in a trial", () => {
  test("is tried too: free until the trial ends, then paid, with what is paid once", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { trialEndsAt: "2026-01-15T00:00:00Z" });
    clock.set(at("2026-01-05"));
    await credits.addAddOn({ subscriptionId, addOn: "kit", ...key() });
    expect((await grants()).at(-1)).toBe("kit 100 2026-01-05…2026-02-01 free");
    clock.set(at("2026-01-15"));
    expect((await grants()).slice(2).sort()).toEqual([
      "kit 100 2026-01-15…2026-02-15 10.00",
      "kit 7 2026-01-15… 3.00",
      "monthly 310 2026-01-15…2026-02-15 31.00",
    ]);
    clock.set(at("2026-02-15"));
    expect(await grants()).toHaveLength(7);
    await sound();
  });

  test("removed before the trial ends it never costs anything", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { trialEndsAt: "2026-01-15T00:00:00Z" });
    for (let times = 0; times < 2; times++) {
      await credits.addAddOn({ subscriptionId, addOn: "kit", ...key() });
      await credits.removeAddOn({ subscriptionId, addOn: "kit" });
    }
    clock.set(at("2026-03-01"));
    expect((await grants()).filter((grant) => grant.startsWith("kit"))).toEqual([
      "kit 100 2026-01-01…2026-02-01 free",
    ]);
  });

  test("what is paid once comes with a change that ends the trial, too", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { trialEndsAt: "2026-01-15T00:00:00Z" });
    await credits.addAddOn({ subscriptionId, addOn: "kit", ...key() });
    clock.set(at("2026-01-03"));
    await credits.changePlan({ subscriptionId, plan: "yearly", ...key() });
    clock.set(at("2026-01-20"));
    expect((await grants()).slice(2).sort()).toEqual([
      "kit 100 2026-01-03…2026-02-03 10.00",
      "kit 7 2026-01-03… 3.00",
      "yearly 4000 2026-01-03…2027-01-03 365.00",
    ]);
  });

  test("tried, removed and added after the trial it is granted whole, paid", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", {
      addOns: ["boost"],
      trialEndsAt: "2026-01-15T00:00:00Z",
    });
    await credits.removeAddOn({ subscriptionId, addOn: "boost" });
    clock.set(at("2026-01-15"));
    await credits.addAddOn({ subscriptionId, addOn: "boost", ...key() });
    expect((await grants()).at(-1)).toBe("boost 100 2026-01-15…2026-02-15 10.00");
  });
});

describe("full", () => {
  test("moves the anchor of the add-ons, too: a whole period of all begins now", async () => {
    const { clock, credits, key, subscribe, grants, sound } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { addOns: ["boost"] });
    clock.set(at("2026-01-11"));
    await credits.changePlan({ subscriptionId, plan: "annual", proration: "full", ...key() });
    clock.set(at("2026-02-11"));
    expect((await grants()).filter((grant) => grant.startsWith("boost"))).toEqual([
      "boost 100 2026-01-01…2026-02-01 10.00",
      "boost 100 2026-01-11…2026-02-11 10.00",
      "boost 100 2026-02-11…2026-03-11 10.00",
    ]);
    await sound();
  });

  test("an add-on that was removed does not come back", async () => {
    const { clock, credits, key, subscribe, grants } = world("2026-01-01");
    const subscriptionId = await subscribe("monthly", { addOns: ["boost"] });
    await credits.removeAddOn({ subscriptionId, addOn: "boost", when: "periodEnd" });
    clock.set(at("2026-01-11"));
    await credits.changePlan({ subscriptionId, quantity: 2, proration: "full", ...key() });
    clock.set(at("2026-03-01"));
    expect((await grants()).filter((grant) => grant.startsWith("boost"))).toHaveLength(1);
  });
});

describe("cancelling with a refund while credits are held", () => {
  test.each(["release", "timeout", "capture"] as const)(
    "refunds what comes free by %s: 31 dollars for 310 credits, 100 held, 40 of them used at most",
    async (how) => {
      const { clock, credits, key, subscribe, sound } = world("2026-01-01");
      const subscriptionId = await subscribe("monthly");
      const { id: reservationId } = await credits.reserve({
        ...TOKENS,
        amount: 100,
        expiresIn: { hours: 1 },
        ...key(),
      });
      const { refunds } = await credits.cancelSubscription({
        subscriptionId,
        when: "now",
        unused: "refund",
      });
      expect(refunds.map(({ cost }) => cost.amount.toFixed(2))).toEqual(["21.00"]);
      if (how === "release") await credits.release({ reservationId });
      if (how === "timeout") clock.advance({ hours: 2 });
      if (how === "capture") await credits.capture({ reservationId, amount: 40, ...key() });
      const { items } = await credits.ledger({ ...TOKENS, limit: 100 });
      const sums = new Map<string, number>();
      for (const { type, cost } of items)
        sums.set(type, (sums.get(type) ?? 0) + (cost?.amount.toNumber() ?? 0));
      const used = how === "capture" ? 4 : 0;
      expect([sums.get("refunded"), sums.get("voided") ?? 0]).toEqual([-(31 - used), 0]);
      await sound();
    },
  );
});
