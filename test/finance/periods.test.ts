/** Closed periods: sealed once, in order, and never changed, whatever is written later. */
import { memoryStore } from "coffer/memory";
import { type ClosedPeriod, closePeriod, closedPeriods, verifyPeriod } from "coffer/finance";
import type { CreditStore, EntryRow } from "coffer/store";
import { manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { expectSound, plain, refusal } from "../engine/support.js";
import { onStore } from "../webhooks/support.js";
import {
  APRIL,
  type Engine,
  FEBRUARY,
  JANUARY,
  MARCH,
  engineOn,
  figures,
  newKey,
  report,
  sell,
  shop,
  total,
  use,
} from "./support.js";

const CONTROLLER = { actor: "controller@acme.dev", reason: "month end" };

function close(credits: Engine, to: number): Promise<ClosedPeriod> {
  return closePeriod(credits, { to, ...CONTROLLER });
}

/** January: $100 sold, 30 used. Now it is 2 February. */
async function january(store?: CreditStore) {
  const here = shop(store);
  await sell(here.credits, 100, "100.00");
  await use(here.credits, 30);
  here.clock.set(FEBRUARY + 86_400_000);
  return here;
}

test("a closed period is its report, sealed, with who closed it and why", async () => {
  const { credits } = await january();
  const closed = await close(credits, FEBRUARY);
  expect(closed).toMatchObject({ from: null, to: new Date(FEBRUARY), wallets: 1, ...CONTROLLER });
  expect(closed.report.totals.map(figures)).toEqual([{ billed: "100", recognised: "30", closing: "70" }]);
  expect(plain(await closedPeriods(credits))).toEqual([plain(closed)]);
  expect(await verifyPeriod(credits, { to: FEBRUARY })).toEqual({ ok: true, wallets: 1, entries: 2 });
});

test("the next period begins where the last one ended", async () => {
  const { credits, clock } = await january();
  await close(credits, FEBRUARY);
  await use(credits, 10);
  clock.set(MARCH);
  const { from, report: sealed } = await close(credits, MARCH);
  expect(from).toEqual(new Date(FEBRUARY));
  expect(sealed.totals.map(figures)).toEqual([{ opening: "70", recognised: "10", closing: "60" }]);
});

test("a wallet that lay idle in a period still belongs to those before", async () => {
  const { credits, clock } = await january();
  await close(credits, FEBRUARY);
  clock.set(MARCH + 1);
  expect((await close(credits, MARCH)).wallets).toBe(0);
  await use(credits, 1);
  clock.set(APRIL);
  await close(credits, APRIL);
  expect(await total(credits, { to: FEBRUARY })).toEqual({ billed: "100", recognised: "30", closing: "70" });
  for (const to of [FEBRUARY, MARCH, APRIL])
    expect(await verifyPeriod(credits, { to })).toMatchObject({ ok: true });
});

test("to close again changes nothing and returns what was sealed", async () => {
  const { credits } = await january();
  const first = await close(credits, FEBRUARY);
  const again = await closePeriod(credits, { to: FEBRUARY, actor: "another", reason: "again" });
  expect(plain(again)).toEqual(plain(first));
  expect(await closedPeriods(credits)).toHaveLength(1);
});

test("neither the future can be closed nor what lies before the last close", async () => {
  const { credits } = await january();
  expect(await refusal(close(credits, MARCH))).toMatchObject({
    code: "invalid_input",
    details: { field: "to" },
  });
  await close(credits, FEBRUARY);
  expect(await refusal(close(credits, JANUARY + 1))).toMatchObject({ code: "invalid_input" });
  expect(await refusal(verifyPeriod(credits, { to: MARCH }))).toMatchObject({ code: "invalid_input" });
  expect(await closedPeriods(credits)).toHaveLength(1);
});

test("use that is reported late counts in the open period, and says that it concerns the closed one", async () => {
  const { credits } = await january();
  await close(credits, FEBRUARY);
  await use(credits, 20, { occurredAt: FEBRUARY - 1 });
  const { rows } = await report(credits, { to: MARCH, groupBy: ["month"] });
  expect(rows.map((row) => [row.month, figures(row), row.earlier.recognised.toFixed()])).toEqual([
    ["2026-01", { billed: "100", recognised: "30", closing: "70" }, "0"],
    ["2026-02", { opening: "70", recognised: "20", closing: "50" }, "20"],
  ]);
});

test("a reversal counts in the open period, and says that it concerns the closed one", async () => {
  const { credits, clock } = shop();
  await sell(credits, 100, "100.00");
  const { id: withdrawalId } = await use(credits, 30);
  clock.set(FEBRUARY + 1);
  await close(credits, FEBRUARY);
  const { id: ofFebruary } = await use(credits, 5);
  await credits.reverse({ withdrawalId, amount: 10, idempotencyKey: newKey() });
  await credits.reverse({ withdrawalId: ofFebruary, idempotencyKey: newKey() });
  const { totals } = await report(credits, { from: FEBRUARY });
  expect(totals.map(figures)).toEqual([{ opening: "70", recognised: "-10", closing: "80" }]);
  expect(totals[0]?.earlier.recognised.toFixed()).toBe("-10");
});

/** A process whose clock stands at 31 January while the others are in February. */
function laggard(store: CreditStore): Engine {
  return engineOn(store, manualClock(FEBRUARY - 86_400_000));
}

test("what a clock that is behind writes into a closed month counts on the first instant of the open one", async () => {
  const store = memoryStore();
  const { credits, clock } = await january(store);
  const before = await close(credits, FEBRUARY);
  const late = laggard(store);
  await use(late, 7);
  await sell(late, 10, "50.00", { customerId: "newcomer" });
  const [entry] = (await credits.ledger({ customerId: "newcomer", currency: "tokens" })).items;
  expect(entry?.recordedAt).toEqual(new Date(FEBRUARY - 86_400_000));
  expect(await total(credits, { to: FEBRUARY })).toEqual({ billed: "100", recognised: "30", closing: "70" });
  expect(await total(credits, { from: FEBRUARY })).toEqual({
    opening: "70",
    billed: "50",
    recognised: "7",
    closing: "113",
  });
  expect(await total(credits, { from: FEBRUARY, to: FEBRUARY + 1 })).toMatchObject({ billed: "50" });
  expect(await total(credits)).toEqual({ billed: "150", recognised: "37", closing: "113" });
  expect(await verifyPeriod(credits, { to: FEBRUARY })).toMatchObject({ ok: true });
  clock.set(MARCH);
  const { report: sealed } = await close(credits, MARCH);
  expect(sealed.totals.map(figures)).toEqual([
    { opening: "70", billed: "50", recognised: "7", closing: "113" },
  ]);
  expect(await verifyPeriod(credits, { to: MARCH })).toMatchObject({ ok: true, entries: 2 });
  await use(laggard(store), 1);
  expect(await total(credits, { from: FEBRUARY, to: MARCH })).toMatchObject({ recognised: "7" });
  expect(await total(credits, { from: MARCH, to: APRIL })).toEqual({
    opening: "113",
    recognised: "1",
    closing: "112",
  });
  expect(plain((await closedPeriods(credits))[0])).toEqual(plain(before));
  await expectSound(store);
});

test("without a close such entries count where their instant says", async () => {
  const store = memoryStore();
  const { credits } = await january(store);
  await sell(laggard(store), 10, "50.00", { customerId: "newcomer" });
  expect(await total(credits, { to: FEBRUARY })).toMatchObject({ billed: "150" });
});

test("two processes that close at once seal once", async () => {
  const store = memoryStore();
  const { clock } = await january(store);
  const closed = await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      closePeriod(engineOn(store, clock), { to: FEBRUARY, actor: `process-${index}`, reason: "month end" }),
    ),
  );
  expect(new Set(closed.map(({ actor }) => actor)).size).toBe(1);
  const credits = engineOn(store, clock);
  expect(await closedPeriods(credits)).toHaveLength(1);
  expect(await verifyPeriod(credits, { to: FEBRUARY })).toMatchObject({ ok: true });
});

test("a close that dies at any write has closed nothing, and can be done again", async () => {
  const store = memoryStore();
  const { credits, clock } = await january(store);
  await sell(credits, 5, "5.00", { customerId: "beta" });
  for (let dieAt = 1; ; dieAt++) {
    let writes = 0;
    const dying = onStore(store, (method) => {
      if (method === "transact" && ++writes >= dieAt) throw new Error("the process died");
    });
    const error = await close(engineOn(dying, clock), FEBRUARY).catch((failure: unknown) => failure);
    const periods = await closedPeriods(credits);
    if (!(error instanceof Error)) {
      expect(periods).toHaveLength(1);
      // One record of heads, and the period.
      expect(dieAt).toBe(3);
      break;
    }
    expect(periods).toEqual([]);
  }
  expect(await verifyPeriod(credits, { to: FEBRUARY })).toMatchObject({ ok: true, wallets: 1 });
});

/** The store, with its ledgers' rows as `change` would have them. */
function tampered(store: CreditStore, change: (row: EntryRow) => EntryRow): CreditStore {
  const list: CreditStore["list"] = async (query, options) => {
    const page = await store.list(query, options);
    if (query.kind !== "entries") return page;
    return { ...page, items: page.items.map((row) => ({ ...row, ...change(row as never) })) };
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === "list" ? list : Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

test.each([
  ["sum", (row: EntryRow) => ({ ...row, cost: row.cost === -3_000n ? -3_001n : row.cost }), /another report/],
  ["hash", (row: EntryRow) => ({ ...row, hash: row.hash.map((byte) => byte ^ 1) }), /do not end the period/],
  [
    "instant",
    (row: EntryRow) => ({ ...row, recordedAt: row.recordedAt + 31 * 86_400_000 }),
    /do not end the period/,
  ],
])("a ledger of which any %s was changed does not verify", async (_, change, problem) => {
  const store = memoryStore();
  const { credits, clock } = await january(store);
  await close(credits, FEBRUARY);
  const verified = await verifyPeriod(engineOn(tampered(store, change), clock), { to: FEBRUARY });
  expect(verified).toEqual({ ok: false, problem: expect.stringMatching(problem) as string });
});

test("what a report must not hold is refused before anything is sealed", async () => {
  const { credits } = await january();
  const given = { to: FEBRUARY, ...CONTROLLER };
  for (const request of [
    { ...given, actor: "" },
    { ...given, reason: undefined },
    { ...given, groupBy: ["day"] },
    { ...given, from: JANUARY },
  ])
    expect(await refusal(closePeriod(credits, request as never))).toMatchObject({ code: "invalid_input" });
  expect(await closedPeriods(credits)).toEqual([]);
});
