import { createCreditEngine, CreditError, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { virtualPace } from "../engine/virtual-pace.js";
import { runs, seed } from "./settings.js";

const every = fc.constantFrom({ months: 1 }, { weeks: 2 }, { days: 10 }, { days: 1 });
const rollover = fc.constantFrom(
  undefined,
  { max: 20 },
  { fraction: "0.5", periods: 2 },
  { max: 30, total: 40, periods: 3 },
);
const paid = fc.boolean();

const grantOf = (id: string, currency: "tokens" | "images") =>
  fc.record({ every, rollover, paid, amount: fc.integer({ min: 1, max: 300 }) }).map((terms) => ({
    id,
    currency,
    amount: terms.amount,
    every: terms.every,
    ...(terms.rollover === undefined ? {} : { rollover: terms.rollover }),
    ...(terms.paid
      ? { category: "paid" as const, cost: { amount: "12.34", currency: "USD" } }
      : { category: "promotional" as const }),
  }));
const once = fc.constantFrom(
  [],
  [{ id: "once", currency: "tokens" as const, amount: 50, category: "promotional" as const }],
);

/** Three plans with all kinds of terms. */
const catalogs = fc
  .tuple(grantOf("main", "tokens"), grantOf("main", "tokens"), grantOf("side", "images"), once)
  .map(([first, second, side, extra]) =>
    defineCatalog({
      currencies: {
        tokens: {
          name: "Tokens",
          scale: 2,
          policy: { mode: "soft", limit: 100 },
          thresholds: { balanceLow: 50 },
        },
        images: { name: "Images", scale: 0 },
      },
      plans: {
        a: { name: "A", rank: 1, grants: [first] },
        b: { name: "B", rank: 2, grants: [second, side, ...extra] },
        c: { name: "C", grants: [side] },
      },
    }),
  );

const plan = fc.constantFrom("a" as const, "b" as const);
const quantity = fc.integer({ min: 1, max: 3 });
const when = fc.constantFrom("now" as const, "periodEnd" as const);
const deeds = fc.oneof(
  fc.record({ do: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ do: fc.constant("use" as const), amount: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ do: fc.constant("reserve" as const), amount: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ do: fc.constant("reverse" as const) }),
  fc.record({
    do: fc.constant("change" as const),
    plan,
    quantity,
    when,
    proration: fc.constantFrom("none" as const, "difference" as const, "full" as const),
  }),
  fc.record({ do: fc.constant("addOn" as const), add: fc.boolean(), when }),
  fc.record({ do: fc.constant("pause" as const), on: fc.boolean() }),
  fc.record({
    do: fc.constant("cancel" as const),
    when,
    unused: fc.constantFrom("keep" as const, "void" as const, "refund" as const),
  }),
  fc.record({ do: fc.constant("run" as const) }),
);
type Deed = typeof deeds extends fc.Arbitrary<infer One> ? One : never;
type Catalog = typeof catalogs extends fc.Arbitrary<infer One> ? One : never;

const ACCEPTED = [
  "invalid_input",
  "insufficient_credits",
  "subscription_not_found",
  "withdrawal_not_found",
] as const;

/** Plays a life, with or without the runs of a runner; what is refused must change nothing, and is passed over. */
async function play(
  catalog: Catalog,
  life: readonly Deed[],
  start: { readonly plan: "a" | "b"; readonly trial: boolean },
  isRun: boolean,
) {
  const store = memoryStore();
  const clock = manualClock(Date.UTC(2026, 0, 31));
  let ids = 0;
  const credits = createCreditEngine({
    catalog,
    store,
    clock,
    pace: virtualPace(),
    ids: () => `id${String(++ids).padStart(6, "0")}`,
  });
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  const { id: subscriptionId } = await credits.subscribe({
    customerId: "acme",
    plan: start.plan,
    timeZone: "Europe/Berlin",
    ...(start.trial ? { trialEndsAt: clock() + 14 * 86_400_000 } : {}),
    idempotencyKey: "subscribe",
  });
  let withdrawalId = "";
  const does = async (deed: Deed, idempotencyKey: string): Promise<unknown> => {
    switch (deed.do) {
      case "wait":
        return clock.advance({ hours: deed.hours });
      case "use":
        return credits
          .withdraw({ ...wallet, amount: deed.amount, idempotencyKey })
          .then(({ id }) => (withdrawalId = id));
      case "reserve":
        return credits.reserve({ ...wallet, amount: deed.amount, expiresIn: { days: 6 }, idempotencyKey });
      case "reverse":
        return credits.reverse({ withdrawalId, idempotencyKey });
      case "change": {
        const { plan: to, quantity: seats, when: at, proration } = deed;
        const how = at === "periodEnd" ? { when: at } : { proration };
        return credits.changePlan({ subscriptionId, plan: to, quantity: seats, ...how, idempotencyKey });
      }
      case "addOn":
        return deed.add
          ? credits.addAddOn({ subscriptionId, addOn: "c", idempotencyKey })
          : credits.removeAddOn({ subscriptionId, addOn: "c", when: deed.when });
      case "pause":
        return deed.on
          ? credits.pauseSubscription({ subscriptionId })
          : credits.resumeSubscription({ subscriptionId });
      case "cancel":
        // Of these two choices some make no sense: such a request is refused.
        return credits.cancelSubscription({
          subscriptionId,
          when: deed.when,
          unused: deed.unused,
        } as Parameters<typeof credits.cancelSubscription>[0]);
      case "run":
        return isRun ? credits.runDue() : undefined;
    }
  };
  for (const [index, deed] of life.entries()) {
    try {
      await does(deed, `deed-${index}`);
    } catch (error) {
      if (!ACCEPTED.some((code) => CreditError.is(error, code))) throw error;
    }
  }
  clock.advance({ months: 2 });
  await credits.runDue();
  expect(await checkStore(store, { catalog })).toEqual([]);
  const { items } = await credits.ledger({ ...wallet, limit: 1_000 });
  return JSON.parse(
    JSON.stringify({ items, subscription: await credits.subscription({ subscriptionId }) }),
  ) as unknown;
}

test("whatever a customer does with plans, the books hold, with a runner or without", async () => {
  await fc.assert(
    fc.asyncProperty(
      catalogs,
      fc.array(deeds, { maxLength: 22 }),
      fc.record({ plan, trial: fc.boolean() }),
      async (catalog, life, start) => {
        const [on, off] = [await play(catalog, life, start, true), await play(catalog, life, start, false)];
        expect(on).toEqual(off);
      },
    ),
    { numRuns: runs(40), seed: seed() },
  );
}, 300_000);
