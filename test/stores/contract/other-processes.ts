import { describe, expect, it } from "vitest";
import { change, everyRow, key } from "../rows.js";
import type { Bench } from "./bench.js";
import { contents } from "./bench.js";
import { incrementByVersion, incrementUnderLock } from "./contention.js";

/** What several processes, each with a store of its own on the same rows, may rely on. */
export function otherProcesses(bench: Bench): void {
  describe("law 6: what was acknowledged to one process is seen by every other", () => {
    seeing(bench);
  });
  describe("law 1: of all who decided on one version, one is committed", () => {
    racing(bench);
  });
}

function seeing(bench: Bench): void {
  it("by every method", async () => {
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

  it("a conflict shows what the other wrote", async () => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0));
    await bench.commitOne(change(key(), 1, { head: { balance: 7n } }), other);
    const outcome = await bench.commitOne(change(key(), 1));
    expect(outcome).toMatchObject({ status: "conflict", fresh: { version: 2, head: { balance: 7n } } });
  });

  it("law 20: all of it is there when the process that wrote it is gone", async () => {
    await bench.commitOne(change(key(), 0, everyRow));
    const before = await contents(bench.store);
    await bench.store.close();
    const later = await bench.another();
    expect(await contents(later)).toEqual(before);
    expect(await bench.commitOne(change(key(), 1), later)).toEqual({ status: "committed" });
  });
}

function racing(bench: Bench): void {
  /** Ten at a time, five each. */
  const countUp = async (increment: (lane: number) => Promise<void>) => {
    const lanes = Array.from({ length: 10 }, async (_, lane) => {
      for (let round = 0; round < 5; round++) await increment(lane);
    });
    await Promise.all(lanes);
    const { version, head } = await bench.loadOne({ key: key() });
    const [point] = await bench.store.usage({ key: key(), bounds: [0, 1] });
    expect([version, head?.balance, point?.count]).toEqual([50, 50n, 50]);
  };

  it("fifty increments by version through two stores are fifty", async () => {
    const stores = [bench.store, await bench.another()] as const;
    await countUp((lane) => incrementByVersion(stores[lane % 2 === 0 ? 0 : 1], key()));
  });

  it("law 10: fifty increments under lock through two stores are fifty", async () => {
    const stores = [bench.store, await bench.another()] as const;
    await countUp((lane) => incrementUnderLock(stores[lane % 2 === 0 ? 0 : 1], key()));
  });

  it("law 10: by version and under lock, at the same time", async () => {
    const stores = [bench.store, await bench.another()] as const;
    await countUp((lane) => {
      const store = stores[lane % 2 === 0 ? 0 : 1];
      return lane % 4 < 2 ? incrementByVersion(store, key()) : incrementUnderLock(store, key());
    });
  });

  it("one of ten births is the first", async () => {
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
