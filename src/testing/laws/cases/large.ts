import type { Change, CreditStore, StoreLimits } from "../../../store/index.js";
import { expect } from "../expect.js";
import { change, delta, entry, event, grant, key, receipt, record } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

/** More than the page, the list of parameters, or the transaction of some database takes at once. */
const MANY = 120;
const KINDS = 6;

/** Laws 2 to 4 on changes with many rows: what is cut into portions is still one change. */
export function large(cases: Cases): void {
  manyOfEach(cases.law(2, "all rows of a change land together, or none does"));
  manyKeys(
    cases.law(4, "a key with a receipt is a duplicate, with exactly those receipts, and nothing is written"),
  );
  fullBatch(cases.law(3, "the outcome of a change is the same whatever stands beside it"));
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function manyOf({ rowsPerChange }: StoreLimits): readonly number[] {
  return numbers(Math.min(MANY, Math.floor(rowsPerChange / KINDS)));
}

function namedRows(some: readonly number[]) {
  return {
    opened: some.map((n) => grant(`g${n}`)),
    records: some.map((n) => record("hold", `r${n}`)),
    entries: some.map((n) => entry(1_000, n, { operationId: "1000-1" })),
    receipts: some.map((n) => receipt(`k${n}`, { receiptNo: n })),
    events: some.map((n) => event(n)),
    usage: some.map((n) => delta(n)),
  };
}

/** How many rows of each kind the wallet has, counted by other calls than those that load it. */
async function counted(store: CreditStore, names: readonly string[]) {
  const where = { wallet: key() };
  const [snapshot] = await store.load([{ key: key(), receipts: names, operations: ["1000-1"] }]);
  const points = await store.usage({ key: key(), bounds: [0, MANY + 1] });
  return {
    version: snapshot?.version,
    open: snapshot?.grants.length,
    records: snapshot?.records.length,
    operation: snapshot?.asked.entries.length,
    receipts: snapshot?.asked.receipts.length,
    grants: (await all(store, { kind: "grants", where })).length,
    entries: (await all(store, { kind: "entries", where })).length,
    events: (await store.events({ part: 0, after: 0, limit: 1_000 })).items.length,
    usage: points[0]?.count ?? 0,
  };
}

function manyOfEach(law: Law): void {
  const ways: readonly (readonly [
    how: string,
    write: (store: CreditStore, change: Change) => Promise<unknown>,
  ])[] = [
    ["committed", (store, change) => store.commit([change])],
    ["under lock", (store, change) => store.transact([{ key: key() }], () => [change])],
  ];
  law.holdsForEach(
    ways,
    ([how]) => `${MANY} rows of each kind, ${how}`,
    async ({ store }, [, write]) => {
      const some = manyOf(store.limits);
      const count = some.length;
      const names = some.map((n) => `k${n}`);
      await write(store, change(key(), 0, namedRows(some)));
      const whole = { open: count, records: count, operation: count, receipts: count, grants: count };
      expect(await counted(store, names)).toEqual({
        version: 1,
        ...whole,
        entries: count,
        events: count,
        usage: count,
      });
      const moved = some.map((n) => grant(`g${n}`, { open: false, closedAt: n, remaining: 0n }));
      const records = some.map((n) => record("hold", `r${n}`, { open: false }));
      await write(store, change(key(), 1, { moved, records }));
      expect(await counted(store, names)).toMatchObject({ version: 2, open: 0, records: 0, grants: count });
    },
  );
}

function manyKeys(law: Law): void {
  law.holds(`${MANY} keys, all of them used but the last`, async (bench) => {
    const some = manyOf(bench.store.limits);
    const receipts = some.map((n) => receipt(`k${n}`, { receiptNo: n }));
    await bench.commitOne(change(key(), 0, { receipts }));
    const unused = [...receipts.map(({ key }) => key), "n"];
    const outcome = await bench.commitOne(change(key(), 1, { unused, opened: [grant("g")] }));
    expect(outcome.status).toBe("duplicate");
    const found = outcome.status === "duplicate" ? outcome.receipts : [];
    expect(found.toSorted((a, b) => a.receiptNo - b.receiptNo)).toEqual(receipts);
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 1, grants: [] });
  });
}

/** The bytes of a record's texts and numbers are fewer. */
const BYTES_PER_ROW = 40;
const BYTES_BESIDE = 2_000;
const MOST_ASKED = 100;

function fullBatch(law: Law): void {
  law.holds("a change of as many rows as it takes, a small one and a stale one", async (bench) => {
    const { rowsPerChange, bytesPerCommit } = bench.store.limits;
    const count = Math.min(rowsPerChange, Math.floor((bytesPerCommit - BYTES_BESIDE) / BYTES_PER_ROW));
    const rows = (open: boolean) =>
      numbers(count).map((n) => record("k", `r${n}`, { open, data: String(open) }));
    await bench.commitOne(change(key(3), 0));
    const batch = (version: number) => [
      change(key(3), 0, { records: [record("k", "r")] }),
      change(key(1), version, { records: rows(version === 0) }),
      change(key(2), version, { records: [record("k", "r")] }),
    ];
    const expected = ["conflict", "committed", "committed"];
    for (const version of [0, 1]) {
      const outcomes = await bench.commitAll(batch(version));
      expect(outcomes.map(({ status }) => status)).toEqual(expected);
      const open = version === 0 ? count : 0;
      expect((await bench.loadOne({ key: key(1) })).records).toHaveLength(open);
    }
    const some = numbers(Math.min(count, MOST_ASKED)).map((n) => ({ kind: "k", id: `r${count + 1 - n}` }));
    const { records, asked } = await bench.loadOne({ key: key(1), records: some });
    expect(records).toEqual([]);
    expect(asked.records.map(({ data }) => data)).toEqual(some.map(() => "false"));
  });
}
