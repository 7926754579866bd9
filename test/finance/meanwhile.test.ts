/** Reports while others write: each is of the ledger as it stands at some instant, wallet by wallet. */
import { closePeriod, journal, verifyPeriod } from "coffer/finance";
import { memoryStore } from "coffer/memory";
import type { CreditStore, ListQuery, Read } from "coffer/store";
import { expect, test } from "vitest";
import {
  APRIL,
  FEBRUARY,
  JANUARY,
  engineOn,
  figures,
  listOf,
  newKey,
  report,
  sell,
  shop,
  use,
} from "./support.js";

/** A store that does something else before it answers some calls. */
function interrupted(
  store: CreditStore,
  before: (query: ListQuery) => Promise<void>,
  beforeLoad: (reads: readonly Read[]) => Promise<void> = async () => undefined,
): CreditStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === "load")
        return async (reads: readonly Read[]) => {
          await beforeLoad(reads);
          return target.load(reads);
        };
      if (name !== "list") return value.bind(target) as unknown;
      return async (query: ListQuery) => {
        await before(query);
        return target.list(query);
      };
    },
  });
}

test.each([
  ["before its wallets are read", "wallets", [] as const],
  ["between its wallets and its entries", "entries", [] as const],
  ["before its wallets are read, by source", "wallets", ["source"] as const],
  ["between its wallets and its entries, by source", "entries", ["source"] as const],
] as const)("what is written %s counts or does not, and the books hold", async (_, kind, groupBy) => {
  const store = memoryStore();
  const { credits, clock } = shop(store);
  const { id } = await sell(credits, 1_000, "1000.00");
  await use(credits, 10);
  clock.set(FEBRUARY);
  const part = Number.parseInt(id.slice(3, 5), 16);
  let writes = 0;
  const busy = interrupted(store, async (query) => {
    if (query.kind !== kind || !("part" in query.where) || query.where.part !== part) return;
    writes++;
    await use(credits, 1);
    await sell(credits, 1, "1.00", { customerId: `new-${writes}` });
  });
  const since = { from: FEBRUARY, to: APRIL, groupBy };
  for (let again = 0; again < 5; again++) {
    const { totals } = await report(engineOn(busy, clock), { ...since, breakageRate: "0.1" });
    const [row] = totals;
    expect(row?.opening.toFixed()).toBe("990");
    const { billed, recognised, closing } = row ?? {};
    expect(closing?.toFixed()).toBe(
      billed
        ?.plus(990)
        .minus(recognised ?? 0)
        .toFixed(),
    );
    expect(row?.proportional?.opening.toFixed()).toBe("1.11");
  }
  expect(writes).toBeGreaterThanOrEqual(5);
  const { totals } = await report(credits, { from: JANUARY, to: APRIL });
  const { items } = await credits.grants({ customerId: "acme", currency: "tokens" });
  expect(totals[0]?.recognised.toFixed()).toBe(items[0]?.recognised?.amount.toFixed());
});

/** Reads the wallets of a part after its entries: a page of entries may cover wallets whose listing comes later. */
test("what is written between a page of entries and the wallets that it covers counts", async () => {
  const store = memoryStore();
  const { credits, clock } = shop(store);
  // All in one part: the scopes of one customer.
  const scopes = Array.from({ length: 450 }, (_, index) => `team-${index}`);
  for (const scope of scopes) await sell(credits, 10, "10.00", { scope });
  clock.set(FEBRUARY);
  for (const scope of scopes) await use(credits, 1, { scope });
  let listings = 0;
  const busy = interrupted(store, async (query) => {
    if (query.kind !== "wallets" || query.after === undefined || listings++ > 0) return;
    for (const scope of scopes) await use(credits, 1, { scope });
  });
  const { totals } = await report(engineOn(busy, clock), { from: FEBRUARY, to: APRIL });
  expect(listings).toBeGreaterThan(0);
  expect(totals[0]?.opening.toFixed()).toBe("4500");
  expect(totals[0]?.closing.toFixed()).toBe(totals[0]?.opening.minus(totals[0].recognised).toFixed());
});

test("what comes back to a closed grant while its row is read is told apart from what was there", async () => {
  const store = memoryStore();
  const { credits, clock } = shop(store);
  await sell(credits, 10, "10.00");
  await use(credits, 4);
  clock.set(FEBRUARY);
  const { id: withdrawalId } = await use(credits, 6);
  let isReversed = false;
  const busy = interrupted(
    store,
    async () => undefined,
    async ([read]) => {
      if (read?.grants === undefined || isReversed) return;
      isReversed = true;
      await credits.reverse({ withdrawalId, idempotencyKey: newKey() });
    },
  );
  const request = { from: FEBRUARY, to: APRIL, groupBy: ["source"], breakageRate: "0.1" } as const;
  const { totals } = await report(engineOn(busy, clock), request);
  expect(isReversed).toBe(true);
  expect(totals.map((row) => [figures(row), row.proportional?.opening.toFixed()])).toEqual([
    [{ opening: "6", closing: "6" }, "0.44"],
  ]);
});

test("a journal reads a page ahead of its reader, and no more", async () => {
  const store = memoryStore();
  const { credits, clock } = shop(store);
  for (let batch = 0; batch < 10; batch++)
    await Promise.all(Array.from({ length: 1_000 }, () => sell(credits, 1, "1.00")));
  let pages = 0;
  const counted = interrupted(store, async ({ kind, limit }) => {
    if (kind === "entries") pages += limit >= 1_000 ? 1 : 0;
  });
  const lines = journal(engineOn(counted, clock), { from: JANUARY, to: APRIL });
  const before = pages;
  for (let taken = 0; taken < 10; taken++) await lines.next();
  const parts = 256;
  expect(pages - before).toBeLessThanOrEqual(parts);
  const first = pages;
  await lines.return(undefined);
  expect((await listOf(journal(engineOn(counted, clock), { from: JANUARY, to: APRIL }))).length).toBe(20_000);
  // 10,000 entries are five pages.
  expect(pages - first - parts).toBeGreaterThanOrEqual(4);
});

test("what is written while a period closes is in it or in the next one, once", async () => {
  const store = memoryStore();
  const { credits, clock } = shop(store);
  // More wallets in one part than one record of heads holds.
  const scopes = Array.from({ length: 600 }, (_, index) => `team-${index}`);
  await Promise.all(scopes.map((scope) => sell(credits, 10, "10.00", { scope })));
  clock.set(FEBRUARY + 1);
  const behind = engineOn(store, () => FEBRUARY - 1);
  let writes = 0;
  const busy = interrupted(store, async (query) => {
    const { kind, where } = query;
    if ((kind !== "wallets" && kind !== "entries") || !("part" in where) || writes >= 400) return;
    const one = ++writes;
    await use(behind, 1, { scope: `team-${(one * 37) % 600}` });
    if (one % 10 === 0) await sell(behind, 1, "1.00", { customerId: `newcomer-${one}` });
  });
  const closed = await closePeriod(engineOn(busy, clock), { to: FEBRUARY, actor: "a", reason: "r" });
  const sealed = closed.report.totals[0];
  expect(closed.wallets).toBeGreaterThanOrEqual(600);
  expect(await verifyPeriod(credits, { to: FEBRUARY })).toMatchObject({ ok: true, wallets: closed.wallets });
  const [inside] = (await report(credits, { to: FEBRUARY })).totals;
  expect(inside && figures(inside)).toEqual(sealed && figures(sealed));
  const [after] = (await report(credits, { from: FEBRUARY })).totals;
  const [whole] = (await report(credits)).totals;
  expect(writes).toBe(400);
  // Some of it came in time, and some did not.
  for (const part of [inside, after]) expect(part?.recognised.isZero()).toBe(false);
  expect(whole?.recognised.toFixed()).toBe("400");
  expect(inside?.recognised.plus(after?.recognised ?? 0).toFixed()).toBe("400");
  expect(inside?.billed.plus(after?.billed ?? 0).toFixed()).toBe("6040");
});
