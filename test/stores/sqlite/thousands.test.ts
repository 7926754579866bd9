/** What a store does in portions, it does to the end: more rows than any portion holds. */
import BetterSqlite3 from "better-sqlite3";
import { sqliteStore } from "coffer/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { change, entry, event, key, receipt } from "../rows.js";

/** More than twice what is moved, deleted or asked for at once. */
const MANY = 2_500;
const numbers = Array.from({ length: MANY }, (_, index) => index + 1);
const WALLET = key(1);

let database: BetterSqlite3.Database;
let store: ReturnType<typeof sqliteStore>;
beforeEach(async () => {
  database = new BetterSqlite3(":memory:");
  store = sqliteStore({ database });
  await store.migrate();
});
afterEach(async () => {
  await store.close();
  database.close();
});

function countOf(table: string): number {
  return (database.prepare(`select count(*) as count from coffer_${table}`).get() as { count: number }).count;
}

async function commitMany(rows: NonNullable<Parameters<typeof change>[2]>): Promise<void> {
  expect(await store.commit([change(WALLET, 0, rows)])).toEqual([{ status: "committed" }]);
}

test("one reading gives every event of a great commit its position, and empties the outbox", async () => {
  await commitMany({ events: numbers.map((number) => event(number)) });
  const { items } = await store.events({ part: 0, after: 0, limit: 5_000 });
  expect(items.map(({ position, eventNo }) => [position, eventNo])).toEqual(
    numbers.map((number) => [number, number]),
  );
  expect([countOf("outbox"), countOf("event")]).toEqual([0, MANY]);
  expect((await store.events({ part: 0, after: MANY, limit: 10 })).items).toEqual([]);
});

test("pruning deletes as many events, receipts and entries as it says", async () => {
  await commitMany({
    events: numbers.map((number) => event(number, { at: 1_000 })),
    receipts: numbers.map((number) => receipt(`key-${number}`, { receiptNo: number, recordedAt: 1_000 })),
    entries: numbers.map((number) => entry(1_000, number)),
  });
  const old = { part: 0, before: 2_000, limit: 2_100 };
  expect(await store.prune({ what: "events", ...old })).toBe(2_100);
  expect(await store.prune({ what: "receipts", ...old })).toBe(2_100);
  expect(await store.prune({ what: { entriesOf: WALLET, upToSeq: 2_400 }, ...old })).toBe(2_100);
  expect([countOf("event"), countOf("receipt"), countOf("entry")]).toEqual([400, 400, 400]);
});
