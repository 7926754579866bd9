import { isStoreError, expect, expectRefusal } from "../expect.js";
import { change, entry, event, everyRow, grant, head, key, receipt, record } from "../rows.js";
import type { Cases } from "../cases.js";
import { contents } from "../bench.js";

type Rows = NonNullable<Parameters<typeof change>[2]>;

/** Each breaks the wallet that `everyRow` made. */
export const BROKEN: readonly (readonly [what: string, rows: Rows])[] = [
  ["an opened grant that exists", { opened: [grant("g2"), grant("g1")] }],
  ["a moved grant that does not exist", { opened: [grant("g2")], moved: [grant("g3")] }],
  ["a grant that is opened twice", { opened: [grant("g2"), grant("g2")] }],
  ["a grant that is opened and moved", { opened: [grant("g2")], moved: [grant("g2")] }],
  ["a grant that is moved twice", { moved: [grant("g1"), grant("g1")] }],
  ["a record that stands there twice", { records: [record("hold", "r"), record("hold", "r")] }],
  ["an entry that exists", { opened: [grant("g2")], entries: [entry(1_000, 2), entry(1_000, 1)] }],
  ["an entry that stands there twice", { entries: [entry(1_000, 2), entry(1_000, 2)] }],
  [
    "a receipt that exists",
    { opened: [grant("g2")], receipts: [receipt("k2"), receipt("k1", { receiptNo: 9 })] },
  ],
  ["a receipt's number that exists", { receipts: [receipt("k2", { receiptNo: receipt("k1").receiptNo })] }],
  [
    "a receipt's number that stands there twice",
    { receipts: [receipt("k2"), receipt("k3", { receiptNo: receipt("k2").receiptNo })] },
  ],
  ["a receipt that stands there twice", { receipts: [receipt("k2"), receipt("k2")] }],
  ["an event that exists", { opened: [grant("g2")], events: [event(1)] }],
  ["an event that stands there twice", { events: [event(2), event(2)] }],
];

/** A change that contradicts itself or its wallet is its caller's defect. It may be refused; it is never half done. */
export function malformed(cases: Cases): void {
  const whole = cases.law(2, "no part of a malformed change is applied");
  whole.holdsForEach(
    BROKEN,
    ([what]) => what,
    async (bench, [, rows]) => {
      await bench.commitAll([change(key(), 0, everyRow), change(key(2), 0)]);
      const before = await contents(bench.store);
      const broken = change(key(), 1, { ...rows, records: [...(rows.records ?? []), record("mark", "m")] });
      // Beside it a wallet that goes on and one that is born, where there is room.
      const batch = [broken, change(key(2), 1), change(key(3), 0)];
      const changes = batch.slice(0, bench.store.limits.changesPerCommit).toReversed();
      const outcomes = await answerOf(() => bench.store.commit(changes));
      if (outcomes === "permanent") return expect(await contents(bench.store)).toEqual(before);
      // Where it is taken it is taken whole: with its version, and the row that marks it.
      const { version, records } = await bench.loadOne({ key: key() });
      const isMarked = records.some(({ kind }) => kind === "mark");
      const isCommitted = outcomes !== "ambiguous" && outcomes.at(-1)?.status === "committed";
      expect({ version, isMarked }).toEqual({ version: isCommitted ? 2 : 1, isMarked: isCommitted });
    },
  );

  whole.holdsForEach(
    BROKEN,
    ([what]) => `${what}, under lock`,
    async (bench, [, rows]) => {
      await bench.commitOne(change(key(), 0, everyRow));
      const before = await contents(bench.store);
      const changes = bench.fitting([change(key(), 1, rows), change(key(2), 0)]);
      const reads = changes.map(({ key }) => ({ key }));
      const done = await answerOf(() => bench.store.transact(reads, () => changes.toReversed()));
      expect(done === "ambiguous").toBe(false);
      if (done === "permanent") return expect(await contents(bench.store)).toEqual(before);
      const snapshots = await bench.store.load(reads);
      expect(snapshots.map(({ version }) => version)).toEqual(bench.fitting([2, 1]));
    },
  );

  const law = cases.law(1, "versions follow each other");
  law.holds("refuses a head that is not of the next version", async (bench) => {
    const leap = change(key(), 0, { head: { version: 2 } });
    await expectRefusal(bench.store.commit([leap]), "permanent");
    const unborn = { ...change(key(), -1), head: head(0) };
    await expectRefusal(bench.store.commit([unborn]), "permanent");
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 0 });
  });

  law.holds("refuses two changes of one wallet", async (bench) => {
    const twice = [change(key(), 0), change(key(), 1)];
    const isBeyond = bench.store.limits.changesPerCommit < twice.length;
    await expectRefusal(bench.store.commit(twice), isBeyond ? "limit" : "permanent");
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 0 });
  });
}

/**
 * Or how the call was refused: for good, which says that nothing was applied; or without saying so, where it took more
 * than one transaction, and those of others went through.
 */
async function answerOf<Answer>(call: () => Promise<Answer>): Promise<Answer | "permanent" | "ambiguous"> {
  try {
    return await call();
  } catch (error) {
    if (isStoreError(error) && (error.kind === "permanent" || error.kind === "ambiguous")) return error.kind;
    throw error;
  }
}
