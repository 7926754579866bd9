/** What went back to customers after its credits were gone: the ledger has no money left for it, so it is listed apart. */
import { fakeProvider } from "coffer/billing";
import { revenueReport, unrecoveredRefunds } from "coffer/finance";
import { Decimal, createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalog } from "../engine/billing/support.js";
import { START, newKey } from "../engine/support.js";
import { virtualPace } from "../engine/virtual-pace.js";

const ACME = { customerId: "acme", currency: "tokens" } as const;

function shop(options: Parameters<typeof fakeProvider>[0] = {}) {
  const clock = manualClock(START);
  const billing = fakeProvider(options);
  const store = memoryStore();
  const credits = createCreditEngine({ catalog, store, clock, billing, pace: virtualPace() });
  const buy = async (amount: number, more: { readonly scope?: string } = {}) =>
    (await credits.topUp({ ...ACME, ...more, credits: amount, idempotencyKey: newKey() })).topUp;
  const use = async (amount: number) => credits.withdraw({ ...ACME, amount, idempotencyKey: newKey() });
  return { credits, clock, billing, buy, use };
}

async function listed({ credits }: Pick<ReturnType<typeof shop>, "credits">): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const { customer, refunded, recovered, unrecovered, currency } of unrecoveredRefunds(credits))
    rows.push(
      `${customer} ${currency} ${refunded.toFixed()} − ${recovered.toFixed()} = ${unrecovered.toFixed()}`,
    );
  return rows;
}

test("$9.00 for 1,000, 700 used, all goes back: $2.70 were deferred, $6.30 are not recovered", async () => {
  const here = shop();
  const { id } = await here.buy(1_000);
  await here.use(700);
  expect(await listed(here)).toEqual([]);
  await here.credits.recordPayment(here.billing.giveBack(id));
  expect(await listed(here)).toEqual(["acme USD 9 − 2.7 = 6.3"]);
  const { totals } = await revenueReport(here.credits, { from: START, to: START + 1 });
  expect(
    totals.map(({ billed, recognised, refunded, closing }) => [billed, recognised, refunded, closing].join()),
  ).toEqual(["9,6.3,2.7,0"]);
  const [cash, books] = [new Decimal(here.billing.taken("USD")), new Decimal("9").minus("2.7")];
  expect(books.minus(cash).toFixed(2)).toBe("6.30");
});

test("what was free is recovered, and what was given back by refundTopUp always", async () => {
  const here = shop();
  const first = await here.buy(1_000);
  await here.credits.recordPayment(here.billing.giveBack(first.id, "4.50"));
  const second = await here.buy(1_000);
  await here.use(300);
  await here.credits.refundTopUp({ topUpId: second.id, idempotencyKey: newKey() });
  expect(await listed(here)).toEqual([]);
});

test("tax is left out: of $9.00 and 10 %, $9.90 go back after 500 of 1,000 were used", async () => {
  const here = shop({ taxPercent: 10 });
  const { id } = await here.buy(1_000);
  await here.use(500);
  await here.credits.recordPayment(here.billing.giveBack(id));
  expect(await listed(here)).toEqual(["acme USD 9 − 4.5 = 4.5"]);
});

test("each purchase by itself, in every pool, and nothing that is not paid", async () => {
  const here = shop();
  const [first, second] = [await here.buy(1_000), await here.buy(1_000, { scope: "team" })];
  await here.use(1_000);
  here.billing.expect({ status: "pending" });
  await here.buy(1_000);
  for (const { id } of [first, second]) await here.credits.recordPayment(here.billing.giveBack(id));
  expect(await listed(here)).toEqual(["acme USD 9 − 0 = 9"]);
});

test("for any purchases, use and refunds: what the books kept, less what the provider kept, is what is listed", async () => {
  const step = fc.oneof(
    fc.record({ buy: fc.integer({ min: 10, max: 3_000 }) }),
    fc.record({ use: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ back: fc.nat(5), cents: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ refund: fc.nat(5) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
      const here = shop();
      const bought: string[] = [];
      for (const one of steps) {
        if ("buy" in one) bought.push((await here.buy(one.buy)).id);
        else if ("use" in one) await here.use(one.use);
        else if ("back" in one) {
          const id = bought[one.back];
          const left = new Decimal(here.billing.payments.get(id ?? "")?.total?.amount ?? 0).minus(
            here.billing.payments.get(id ?? "")?.refunded?.amount ?? 0,
          );
          const amount = Decimal.min(left, new Decimal(one.cents).div(100));
          if (id !== undefined && amount.gt(0))
            await here.credits.recordPayment(here.billing.giveBack(id, amount.toFixed(2)));
        } else {
          const topUpId = bought[one.refund];
          if (topUpId === undefined) continue;
          const { items } = await here.credits.grants(ACME);
          const { items: purchases } = await here.credits.topUps(ACME);
          const grantId = purchases.find(({ id }) => id === topUpId)?.grantId;
          if (items.find(({ id }) => id === grantId)?.remaining.gt(0) === true)
            await here.credits.refundTopUp({ topUpId, idempotencyKey: newKey() });
        }
      }
      const { totals } = await revenueReport(here.credits, { from: START, to: START + 1 });
      const [total] = totals;
      const kept = total === undefined ? new Decimal(0) : total.billed.minus(total.refunded);
      let unrecovered = new Decimal(0);
      for await (const row of unrecoveredRefunds(here.credits))
        unrecovered = unrecovered.plus(row.unrecovered);
      expect(kept.minus(unrecovered).toFixed(2)).toBe(new Decimal(here.billing.taken("USD")).toFixed(2));
    }),
    { numRuns: 40 },
  );
});
