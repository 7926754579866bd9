import { expect } from "../expect.js";
import { change, entry, event, everyRow, key, receipt } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

/** Law 7: streams only grow, until their owner prunes them. */
export function pruning(cases: Cases): void {
  heads(cases.law(1, "a wallet's head is never deleted"));
  longAfter(cases.law(7, "receipts, entries and events are returned as they were until pruned"));
  bounds(cases.law(7, "receipts, entries and events are returned as they were until pruned"));
  afterwards(cases.law(7, "receipts, entries and events are returned as they were until pruned"));
}

function bounds(law: Law): void {
  law.holds("prunes at most `limit`, strictly before the instant", async (bench) => {
    const { store } = bench;
    const at = [1, 2, 3, 4];
    const where = { wallet: key() };
    await bench.commitOne(
      change(key(), 0, {
        receipts: at.map((at) => receipt(`k${at}`, { recordedAt: at })),
        events: at.map((at) => event(at, { at })),
        entries: at.map((at) => entry(at, at)),
      }),
    );
    const placed = await store.events({ part: 0, after: 0, limit: 9 });
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(2);
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(1);
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(0);
    expect(await store.prune({ what: "events", part: 0, before: 3, limit: 9 })).toBe(2);
    const receipts = await all(store, { kind: "receipts", where });
    expect(receipts.map(({ key }) => key)).toEqual(["k4"]);
    const events = await store.events({ part: 0, after: 0, limit: 9 });
    expect(events.items).toEqual(placed.items.slice(2));
  });

  law.holds(
    "prunes a wallet's entries up to a number, whatever part and instant are named",
    async (bench) => {
      const { store } = bench;
      const entries = [1, 2, 3, 4].map((seq) => entry(10 * seq, seq));
      await bench.commitAll([change(key(1), 0, { entries }), change(key(2), 0, { entries })]);
      const what = { entriesOf: key(1), upToSeq: 3 };
      expect(await store.prune({ what, part: 9, before: 0, limit: 2 })).toBe(2);
      expect(await store.prune({ what, part: 0, before: 0, limit: 2 })).toBe(1);
      expect(await store.prune({ what, part: 0, before: 99, limit: 2 })).toBe(0);
      const left = await all(store, { kind: "entries", where: { part: 0 } });
      expect(left.map(({ wallet, seq }) => [Number(wallet.id), seq])).toEqual([
        [1, 4],
        [2, 1],
        [2, 2],
        [2, 3],
        [2, 4],
      ]);
    },
  );

  law.holds("prunes events up to a position, however old those behind it are", async (bench) => {
    const { store } = bench;
    await bench.commitOne(change(key(1), 0, { events: [event(1, { at: 5 }), event(2, { at: 9 })] }));
    await bench.commitOne(change(key(2), 0, { events: [event(1, { at: 1 })] }));
    const placed = await store.events({ part: 0, after: 0, limit: 9 });
    const second = placed.items[1]?.position ?? 0;
    const prune = (before: number, upToPosition: number) =>
      store.prune({ what: "events", part: 0, before, upToPosition, limit: 9 });
    expect(await prune(9, second)).toBe(placed.items.slice(0, 2).filter(({ at }) => at < 9).length);
    expect(await prune(10, 0)).toBe(0);
    const left = (await store.events({ part: 0, after: 0, limit: 9 })).items;
    expect(left).toEqual(placed.items.filter(({ at, position }) => at >= 9 || position > second));
  });

  law.holds("prunes one part and leaves the others", async (bench) => {
    const rows = { receipts: [receipt("k", { recordedAt: 1 })], events: [event(1, { at: 1 })] };
    await bench.commitAll([change(key(1, 3), 0, rows), change(key(1, 4), 0, rows)]);
    for (const what of ["receipts", "events"] as const)
      expect(await bench.store.prune({ what, part: 3, before: 2, limit: 9 })).toBe(1);
    expect(await all(bench.store, { kind: "receipts", where: { part: 4 } })).toHaveLength(1);
    expect((await bench.store.events({ part: 4, after: 0, limit: 9 })).items).toHaveLength(1);
    expect(await all(bench.store, { kind: "receipts", where: { part: 3 } })).toEqual([]);
  });
}

function afterwards(law: Law): void {
  law.holds("a pruned receipt's key is free again; a pruned event's position is not", async (bench) => {
    const { store } = bench;
    const receipts = [receipt("k", { recordedAt: 1 })];
    await bench.commitOne(change(key(), 0, { receipts, events: [event(1, { at: 1 })] }));
    const { next } = await store.events({ part: 0, after: 0, limit: 9 });
    await store.prune({ what: "receipts", part: 0, before: 2, limit: 9 });
    await store.prune({ what: "events", part: 0, before: 2, limit: 9 });
    const { asked } = await bench.loadOne({ key: key(), receipts: ["k"] });
    expect(asked.receipts).toEqual([]);
    const again = change(key(), 1, { unused: ["k"], receipts: [receipt("k")], events: [event(2)] });
    expect(await bench.commitOne(again)).toEqual({ status: "committed" });
    const after = await store.events({ part: 0, after: next, limit: 9 });
    expect(after.items).toMatchObject([{ eventNo: 2 }]);
    expect(after.items[0]?.position).toBeGreaterThan(next);
    expect(await store.events({ part: 0, after: 0, limit: 9 })).toEqual(after);
  });

  law.holds("an entry that comes late stands at its place", async (bench) => {
    await bench.commitOne(change(key(), 0, { entries: [entry(10, 1), entry(30, 3)] }));
    await bench.commitOne(change(key(), 1, { entries: [entry(20, 2)] }));
    const entries = await all(bench.store, { kind: "entries", where: { wallet: key() } });
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
}

function heads(law: Law): void {
  law.holds("the wallet's head stays when all its streams are gone", async (bench) => {
    const rows = { receipts: [receipt("k")], events: [event(1)], entries: [entry(1, 1)] };
    await bench.commitOne(change(key(), 0, rows));
    for (const what of ["receipts", "events", { entriesOf: key(), upToSeq: 9 }] as const)
      await bench.store.prune({ what, part: 0, before: 9_999, limit: 9 });
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 1, head: { version: 1 } });
    expect(await bench.commitOne(change(key(), 0))).toMatchObject({ status: "conflict" });
  });
}

function longAfter(law: Law): void {
  law.holds("as they were, twenty-five versions later", async (bench) => {
    const { store } = bench;
    await bench.commitOne(change(key(), 0, everyRow));
    const read = { key: key(), receipts: ["k1"], operations: ["1000-1"] };
    const asked = async () => (await bench.loadOne(read)).asked;
    const where = { wallet: key() };
    const streams = async () => ({
      asked: await asked(),
      receipts: (await all(store, { kind: "receipts", where })).slice(0, 1),
      entries: (await all(store, { kind: "entries", where })).slice(0, 1),
      events: (await store.events({ part: 0, after: 0, limit: 1 })).items,
    });
    const before = await streams();
    expect(before.asked).toMatchObject({ receipts: everyRow.receipts, entries: everyRow.entries });
    for (let version = 1; version <= 25; version++)
      await bench.commitOne(
        change(key(), version, {
          receipts: [receipt(`k${version + 1}`, { recordedAt: 2_000 })],
          entries: [entry(2_000, version + 1)],
          events: [event(version + 1)],
        }),
      );
    expect(await streams()).toEqual(before);
  });
}
