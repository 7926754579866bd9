/**
 * A grant that waits for its payment counts for nothing: two shops live the same life, and in one of them such grants lie
 * about. Whatever is asked, both answer the same.
 */
import { fakeProvider } from "coffer/billing";
import { journalCsv, revenueReport, waterfall } from "coffer/finance";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { checkStore, type ManualClock, manualClock } from "coffer/testing";
import { describe, expect, it } from "vitest";
import { ACME, DAY, type Engine, START, engineOn, gift, newKey, plain, refusal, use } from "../support.js";

interface Shop {
  readonly credits: Engine;
  readonly clock: ManualClock;
  readonly store: CreditStore;
}

const gold = { customerId: "acme", currency: "gold" } as const;

function shop(): Shop {
  const clock = manualClock(START);
  const store = memoryStore();
  const billing = fakeProvider();
  billing.expect({ status: "pending" });
  return { credits: engineOn(store, clock, { billing }), clock, store };
}

/** Of every kind, and as tempting as can be: first in the burn order, about to end, to begin, and for the pool beside. */
async function strew({ credits }: Shop): Promise<void> {
  const waiting = {
    ...ACME,
    amount: 1_000,
    category: "paid",
    cost: { amount: "1000.00", currency: "USD" },
    awaitsPayment: true,
    priority: 0,
  } as const;
  await credits.grant({ ...waiting, idempotencyKey: newKey() });
  await credits.grant({ ...waiting, expiresAt: START + 2 * DAY, idempotencyKey: newKey() });
  await credits.grant({ ...waiting, effectiveAt: START + DAY, idempotencyKey: newKey() });
  await credits.grant({ ...waiting, features: ["unit"], idempotencyKey: newKey() });
  await credits.grant({ ...waiting, ...gold, idempotencyKey: newKey() });
  await credits.topUp({ ...ACME, credits: 700, idempotencyKey: newKey() });
}

const isPending = ({ status }: { readonly status: string }) => status === "pending";

async function reads({ credits, clock }: Shop): Promise<unknown> {
  const unit = { customerId: "acme", feature: "unit" } as const;
  const { version: _, expiring, ...balance } = await credits.balance(ACME);
  const { version: __, expiring: past, ...before } = await credits.balance({ ...ACME, at: START });
  const explained = await credits.explain({ ...ACME, feature: "unit" });
  const forecast = await credits.forecast({
    ...ACME,
    until: clock() + 60 * DAY,
    burn: { amount: 7, per: { days: 1 } },
  });
  const ahead = { from: START - DAY, to: clock() + DAY };
  let csv = "";
  for await (const text of journalCsv(credits, ahead)) csv += text;
  return plain({
    balance,
    before,
    expiring: [...expiring, ...past].map(({ amount, at }) => [amount, at]),
    gold: (await credits.balance(gold)).balance,
    check: await credits.check({ ...unit, quantity: 500 }),
    few: await credits.check({ ...unit, quantity: 5 }),
    estimate: (await credits.estimate({ ...unit, quantity: 500 })).allowed,
    explained: explained.grants
      .filter((grant) => !isPending(grant))
      .map(({ remaining, held, status, pays }) => [remaining, held, status, pays]),
    paying: explained.grants.filter(({ pays }) => pays).length,
    forecast: {
      runsOutAt: forecast.runsOutAt,
      shortfall: forecast.shortfall,
      expirations: forecast.expirations.map(({ amount, at }) => [amount, at]),
      refills: forecast.refills.map(({ amount, at }) => [amount, at]),
    },
    usage: await credits.usage({ ...ACME, ...ahead, every: "day" }),
    ledger: (await credits.ledger(ACME)).items.map(({ seq, type, amount, balanceAfter, cost }) => [
      seq,
      type,
      amount,
      balanceAfter,
      cost,
    ]),
    revenue: await revenueReport(credits, { ...ahead, groupBy: ["month", "source", "feature", "plan"] }),
    waterfall: await waterfall(credits, { months: 3, monthsWithoutEnd: 3 }),
    entries: csv.split("\r\n").length,
  });
}

const TELLING = /balance|usage_low|depleted|expir|granted|activated|overdraft/u;

async function told({ credits }: Shop): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const { type } of credits.events({ consumer: newKey(), follow: false }))
    if (TELLING.test(type)) types.push(type);
  return types;
}

const soft = { mode: "soft", limit: 50 } as const;
const paid = { category: "paid", cost: { amount: "30.00", currency: "USD" } } as const;

/** What happens, and what is then the same in both. */
const LIVES: Readonly<Record<string, (shop: Shop) => Promise<unknown>>> = {
  "credits are used until none are left": async ({ credits }) => {
    await gift(credits, 30, paid);
    await use(credits, 25);
    await refusal(use(credits, 6));
    return (await use(credits, 5)).draws.map(({ amount, cost }) => [amount, cost]);
  },
  "a debt stays, and is settled by what really comes": async ({ credits }) => {
    await credits.setPolicy({ ...ACME, policy: soft });
    await use(credits, 40);
    await gift(credits, 30, paid);
    return (await credits.balance(ACME)).overdraft;
  },
  "a hold, its capture and its release": async ({ credits }) => {
    await gift(credits, 30, paid);
    const hold = await credits.reserve({
      ...ACME,
      amount: 20,
      expiresIn: { days: 1 },
      idempotencyKey: newKey(),
    });
    await refusal(credits.reserve({ ...ACME, amount: 20, expiresIn: { days: 1 }, idempotencyKey: newKey() }));
    const taken = await credits.capture({ reservationId: hold.id, amount: 15, idempotencyKey: newKey() });
    return [taken.amount, taken.shortfall];
  },
  "days go by: credits begin, and expire": async ({ credits, clock }) => {
    await gift(credits, 30, { ...paid, expiresAt: START + 3 * DAY });
    await gift(credits, 10, { effectiveAt: START + DAY });
    clock.advance({ days: 10 });
    return (await credits.runDue()).wallets > 0;
  },
  "a transfer takes what is there, and no more": async ({ credits }) => {
    await gift(credits, 30, paid);
    const transfer = { ...ACME, from: "acme", to: { customerId: "beta" } } as const;
    const { customerId: _, ...moving } = transfer;
    await refusal(credits.transfer({ ...moving, amount: 31, idempotencyKey: newKey() }));
    await credits.transfer({ ...moving, amount: 20, idempotencyKey: newKey() });
    return (await credits.balance({ ...ACME, customerId: "beta" })).available;
  },
  "a conversion likewise": async ({ credits }) => {
    await gift(credits, 30, paid);
    const converting = { customerId: "acme", from: "tokens", to: "gold", rate: "0.5" } as const;
    await refusal(
      credits.convert({ ...converting, amount: 40, actor: "a", reason: "r", idempotencyKey: newKey() }),
    );
    await credits.convert({ ...converting, amount: 20, actor: "a", reason: "r", idempotencyKey: newKey() });
    return (await credits.balance(gold)).available;
  },
  "credits are taken down by hand": async ({ credits }) => {
    await gift(credits, 30, paid);
    const down = { ...ACME, actor: "a", reason: "r" } as const;
    await credits.adjust({ ...down, amount: "-10", idempotencyKey: newKey() });
    return (await refusal(credits.adjust({ ...down, amount: "-21", idempotencyKey: newKey() }))).code;
  },
  "thresholds are crossed": async ({ credits }) => {
    await credits.setThresholds({
      ...ACME,
      thresholds: { balanceLow: 10, usageLow: ["50"], expiringLead: [{ days: 1 }] },
    });
    await gift(credits, 30, { ...paid, expiresAt: START + 20 * DAY });
    await use(credits, 22);
    await use(credits, 8);
    await gift(credits, 11);
    return null;
  },
  ...Object.fromEntries(
    (["keep", "void", "refund"] as const).map((unused) => [
      `a subscription begins, goes through a month, and is canceled: ${unused}`,
      async ({ credits, clock }: Shop) => {
        const { id } = await credits.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() });
        await use(credits, 100);
        clock.advance({ days: 40 });
        await use(credits, 50);
        const canceled = await credits.cancelSubscription({ subscriptionId: id, when: "now", unused });
        return canceled.status;
      },
    ]),
  ),
};

describe.each(Object.entries(LIVES))("%s", (_, life) => {
  it("the same with grants that wait for their payment as without", async () => {
    const [without, beside] = [shop(), shop()];
    await strew(beside);
    const results = [plain(await life(without)), plain(await life(beside))];
    expect(results[1]).toEqual(results[0]);
    expect(await reads(beside)).toEqual(await reads(without));
    expect(await told(beside)).toEqual(await told(without));
    expect(await checkStore(beside.store)).toEqual([]);
    const waiting = (await beside.credits.grants({ ...ACME, status: "pending" })).items;
    expect(
      waiting.every(({ remaining, deferred }) => remaining.isZero() && (deferred?.amount.isZero() ?? true)),
    ).toBe(true);
    expect(waiting.length).toBeGreaterThan(0);
  });
});
