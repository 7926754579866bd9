import type { CreditStore } from "../../../store/index.js";
import type { Bench } from "../bench.js";
import { expect } from "../expect.js";
import { change, everyRow, key } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { contents } from "../bench.js";
import { incrementByVersion, incrementUnderLock } from "../contention.js";

/** What several processes, each with a store of its own on the same rows, may rely on. */
export function otherProcesses(all: Cases): void {
  const cases = all.needing("isShared");
  seeing(cases.law(6, "what was acknowledged to one process is seen by every other"));
  racing(cases.law(1, "of all who decided on one version, one is committed"));
  locking(cases.law(10, "of all who decide under lock, each decides on what the one before it wrote"));
  surviving(cases.law(20, "what was acknowledged survives the store that wrote it"));
}

function seeing(law: Law): void {
  law.holds("by every method", async (bench) => {
    const other = await bench.another();
    expect(await contents(other)).toEqual(await contents(bench.store));
    await bench.commitOne(change(key(), 0, { ...everyRow, head: { dueAt: 5 } }));
    expect(await bench.loadOne({ key: key(), receipts: ["k1"] }, other)).toMatchObject({
      version: 1,
      asked: { receipts: everyRow.receipts },
    });
    expect(await other.due({ before: 5, parts: [0], limit: 9 })).toEqual([key()]);
    expect(await other.usage({ key: key(), bounds: [0, 1] })).toHaveLength(1);
    expect((await other.events({ part: 0, after: 0, limit: 9 })).items).toHaveLength(1);
    expect(await contents(other)).toEqual(await contents(bench.store));
  });

  law.holds("by a load, each time, of a wallet that was loaded before", async (bench) => {
    const other = await bench.another();
    for (let version = 0; version < 5; version++) {
      await bench.commitOne(change(key(), version, { head: { balance: BigInt(version) } }));
      const found = await bench.loadOne({ key: key() }, other);
      expect([found.version, found.head?.balance]).toEqual([version + 1, BigInt(version)]);
    }
  });

  law.holds("a conflict shows what the other wrote", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0));
    await bench.commitOne(change(key(), 1, { head: { balance: 7n } }), other);
    const outcome = await bench.commitOne(change(key(), 1));
    expect(outcome).toMatchObject({ status: "conflict", fresh: { version: 2, head: { balance: 7n } } });
  });
}

function surviving(law: Law): void {
  law.holds("all of it is there when that is closed", async (bench) => {
    await bench.commitOne(change(key(), 0, everyRow));
    const before = await contents(bench.store);
    await bench.store.close();
    const later = await bench.another();
    expect(await contents(later)).toEqual(before);
    expect(await bench.commitOne(change(key(), 1), later)).toEqual({ status: "committed" });
  });
}

/** Ten at a time, five each, through two stores in turn. */
async function countUp(
  bench: Bench,
  increment: (store: CreditStore, lane: number) => Promise<void>,
): Promise<void> {
  const stores = [bench.store, await bench.another()] as const;
  const lanes = Array.from({ length: 10 }, async (_, lane) => {
    for (let round = 0; round < 5; round++) await increment(stores[lane % 2 === 0 ? 0 : 1], lane);
  });
  await Promise.all(lanes);
  const { version, head } = await bench.loadOne({ key: key() });
  const [point] = await bench.store.usage({ key: key(), bounds: [0, 1] });
  expect([version, head?.balance, point?.count]).toEqual([50, 50n, 50]);
}

function racing(law: Law): void {
  law.holds("fifty increments by version are fifty", (bench) =>
    countUp(bench, (store) => incrementByVersion(store, key())),
  );

  law.holds("one of ten births is the first", async (bench) => {
    const stores = [bench.store, await bench.another()] as const;
    const births = Array.from({ length: 10 }, (_, index) =>
      bench.commitOne(
        change(key(), 0, { head: { balance: BigInt(index) } }),
        stores[index % 2 === 0 ? 0 : 1],
      ),
    );
    const outcomes = await Promise.all(births);
    const first = outcomes.findIndex(({ status }) => status === "committed");
    expect(outcomes.filter(({ status }) => status === "committed")).toHaveLength(1);
    const { version, head } = await bench.loadOne({ key: key() });
    expect([version, head?.balance]).toEqual([1, BigInt(first)]);
    for (const outcome of outcomes) if (outcome.status === "conflict") expect(outcome.fresh.version).toBe(1);
  });
}

function locking(law: Law): void {
  law.holds("fifty increments under lock are fifty", (bench) =>
    countUp(bench, (store) => incrementUnderLock(store, key())),
  );

  law.holds("by version and under lock, at the same time", (bench) =>
    countUp(bench, (store, lane) =>
      lane % 4 < 2 ? incrementByVersion(store, key()) : incrementUnderLock(store, key()),
    ),
  );
}
