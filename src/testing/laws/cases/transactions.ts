import type { Change } from "../../../store/index.js";
import { expect, expectRefusal, expectRejection } from "../expect.js";
import { change, everyRow, grant, key, receipt } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { contents } from "../bench.js";

/** Law 10: what `transact` does on its own. What others do meanwhile is in `other-processes.ts`. */
export function transactions(cases: Cases): void {
  wholes(cases.law(10, "transact writes every change that `decide` returned, or none"));
  refusals(cases.law(10, "transact writes every change that `decide` returned, or none"));
  usedKeys(cases.law(10, "transact writes every change that `decide` returned, or none"));
}

function wholes(law: Law): void {
  law.holds("over two wallets, of two parts where it reaches these, on what they are", async (bench) => {
    const { store, secondPart } = bench;
    await bench.commitOne(change(key(1, 0), 0, { head: { balance: 5n }, receipts: [receipt("k")] }));
    const reads = [{ key: key(2, secondPart) }, { key: key(1, 0), receipts: ["k", "n"] }];
    if (store.limits.walletsPerTransact < reads.length)
      return expectRefusal(
        store.transact(reads, () => []),
        "limit",
      );
    await store.transact(reads, ([to, from]) => {
      expect([to?.version, to?.head, to?.key]).toEqual([0, null, key(2, secondPart)]);
      expect(from?.asked.receipts).toEqual([receipt("k")]);
      return [
        change(key(1, 0), from?.version ?? -1, { head: { balance: (from?.head?.balance ?? 0n) - 2n } }),
        change(key(2, secondPart), to?.version ?? -1, { ...everyRow, head: { balance: 2n } }),
      ];
    });
    const [from, to] = await store.load([{ key: key(1, 0) }, { key: key(2, secondPart) }]);
    expect([from?.version, from?.head?.balance]).toEqual([2, 3n]);
    expect([to?.version, to?.head?.balance, to?.grants.length]).toEqual([1, 2n, 1]);
  });

  law.holds("reads more than it changes, and may change nothing", async (bench) => {
    await bench.commitOne(change(key(1), 0));
    const before = await contents(bench.store);
    await bench.store.transact(bench.fitting([{ key: key(1) }, { key: key(2) }, { key: key(3) }]), () => []);
    expect(await contents(bench.store)).toEqual(before);
    await bench.store.transact(bench.fitting([{ key: key(2) }, { key: key(1) }]), () => [change(key(2), 0)]);
    const snapshots = await bench.store.load([{ key: key(1) }, { key: key(2) }, { key: key(3) }]);
    expect(snapshots.map(({ version, head }) => [version, head === null])).toEqual([
      [1, false],
      [1, false],
      [0, true],
    ]);
  });

  law.holds("nothing is written, and its error passed on, if `decide` throws", async (bench) => {
    await bench.commitOne(change(key(1), 0, everyRow));
    const before = await contents(bench.store);
    const error = new RangeError("no");
    const deciding = bench.store.transact(bench.fitting([{ key: key(1) }, { key: key(2) }]), () => {
      throw error;
    });
    await expectRejection(deciding, error);
    expect(await contents(bench.store)).toEqual(before);
    expect(await bench.commitAll([change(key(1), 1), change(key(2), 0)])).toEqual([
      { status: "committed" },
      { status: "committed" },
    ]);
  });

  law.holds("`unless` keeps what is known away under lock, too", async (bench) => {
    await bench.commitOne(change(key(), 0, everyRow));
    let seen: object | undefined;
    await bench.store.transact([{ key: key(), unless: 1 }], ([snapshot]) => {
      seen = snapshot;
      return [change(key(), 1)];
    });
    expect(seen).toMatchObject({ version: 1, unchanged: true, head: null, grants: [], records: [] });
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 2 });
  });
}

function refusals(law: Law): void {
  const refused: readonly (readonly [what: string, decide: () => readonly Change[]])[] = [
    ["a wallet that was not read", () => [change(key(1), 1), change(key(3), 0)]],
    ["a version that was not read", () => [change(key(1), 1), change(key(2), 1)]],
    ["a wallet twice", () => [change(key(1), 1), change(key(1), 1)]],
    ["a promise", () => Promise.resolve([change(key(1), 1)]) as unknown as readonly Change[]],
  ];
  law.holdsForEach(
    refused,
    ([what]) => `refuses to change ${what}, and writes nothing`,
    async (bench, [, decide]) => {
      await bench.commitOne(change(key(1), 0, everyRow));
      const before = await contents(bench.store);
      const reads = bench.fitting([{ key: key(1) }, { key: key(2) }]);
      const isBeyond = reads.length < 2;
      const decided = bench.store.transact(reads, decide);
      await expectRefusal(decided, "permanent", ...(isBeyond ? (["limit"] as const) : []));
      expect(await contents(bench.store)).toEqual(before);
    },
  );
}

function usedKeys(law: Law): void {
  law.holds("decides once more, with the receipts, on keys that turn out to be used", async (bench) => {
    await bench.commitOne(change(key(), 0, { receipts: [receipt("old")] }));
    const seen: string[][] = [];
    await bench.store.transact([{ key: key() }], ([snapshot]) => {
      const known = snapshot?.asked.receipts.map(({ key }) => key) ?? [];
      seen.push(known);
      const unused = ["old", "new"].filter((name) => !known.includes(name));
      return [change(key(), 1, { unused, receipts: unused.map((name) => receipt(name)) })];
    });
    expect(seen.at(-1)).toEqual(["old"]);
    const { version, asked } = await bench.loadOne({ key: key(), receipts: ["old", "new"] });
    expect([version, asked.receipts.length]).toEqual([2, 2]);
  });

  law.holds("insists on used keys in vain", async (bench) => {
    await bench.commitOne(change(key(), 0, { receipts: [receipt("old")] }));
    const before = await contents(bench.store);
    const stubborn = () => [change(key(), 1, { unused: ["old"], opened: [grant("g")] })];
    await expectRefusal(bench.store.transact([{ key: key() }], stubborn));
    expect(await contents(bench.store)).toEqual(before);
  });

  law.holds("gives the receipts of used keys to the wallet that has them", async (bench) => {
    await bench.commitOne(change(key(1), 0, { receipts: [receipt("asked"), receipt("old")] }));
    await bench.commitOne(change(key(2), 0, { receipts: [receipt("old")] }));
    const reads = [{ key: key(3) }, { key: key(2) }, { key: key(1), receipts: ["asked"] }];
    if (bench.store.limits.walletsPerTransact < reads.length)
      return expectRefusal(
        bench.store.transact(reads, () => []),
        "limit",
      );
    let seen: string[][] = [];
    await bench.store.transact(reads, (snapshots) => {
      seen = snapshots.map(({ asked }) => asked.receipts.map(({ key }) => key).toSorted());
      return seen[2]?.includes("old") === true
        ? []
        : [change(key(2), 1), change(key(1), 1, { unused: ["old"] })];
    });
    expect(seen).toEqual([[], [], ["asked", "old"]]);
    expect(await bench.loadOne({ key: key(2) })).toMatchObject({ version: 1 });
  });
}
