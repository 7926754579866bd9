import { expect } from "../expect.js";
import { change, everyRow, grant, key, receipt } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { contents } from "../bench.js";

/** Laws 1 to 4: what becomes of a change. */
export function changes(cases: Cases): void {
  versions(cases.law(1, "a change applies iff the stored version equals `expect`"));
  wholeness(cases.law(2, "all rows of a change land together, or none does"));
  batches(cases.law(3, "the outcome of a change is the same whatever stands beside it"));
  duplicates(
    cases.law(4, "a key with a receipt is a duplicate, with exactly those receipts, and nothing is written"),
  );
}

function versions(law: Law): void {
  law.holds("an absent wallet has version 0; each commit adds 1", async (bench) => {
    const absent = await bench.loadOne({ key: key() });
    expect(absent).toMatchObject({ key: key(), version: 0, head: null, unchanged: false });
    expect(await bench.commitOne(change(key(), 0))).toEqual({ status: "committed" });
    expect(await bench.commitOne(change(key(), 1))).toEqual({ status: "committed" });
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 2, head: { version: 2 } });
  });

  law.holds("0 on a wallet of version 1, 2 on it, and 1 on an absent wallet conflict", async (bench) => {
    await bench.commitOne(change(key(), 0));
    const conflict = { status: "conflict", fresh: { key: key(), version: 1, head: { version: 1 } } };
    expect(await bench.commitOne(change(key(), 0))).toMatchObject(conflict);
    expect(await bench.commitOne(change(key(), 2))).toMatchObject(conflict);
    expect(await bench.commitOne(change(key(2), 1))).toMatchObject({
      status: "conflict",
      fresh: { version: 0, head: null },
    });
    expect(await bench.loadOne({ key: key(2) })).toMatchObject({ version: 0, head: null });
  });
}

function wholeness(law: Law): void {
  law.holds("all of a change is there after it, nothing of a conflicting one", async (bench) => {
    const { store } = bench;
    await bench.commitOne(change(key(), 0, everyRow));
    const late = { ...everyRow, unused: [], opened: [grant("g2")], receipts: [receipt("k2")] };
    expect(await bench.commitOne(change(key(), 0, late))).toMatchObject({ status: "conflict" });
    const asked = { receipts: ["k1", "k2"], grants: ["g1", "g2"], operations: ["1000-1"] };
    const snapshot = await bench.loadOne({ key: key(), ...asked });
    expect(snapshot.grants.map(({ id }) => id)).toEqual(["g1"]);
    expect(snapshot.records.map(({ id }) => id)).toEqual(["r1"]);
    expect(snapshot.asked.receipts.map(({ key }) => key)).toEqual(["k1"]);
    expect(snapshot.asked.entries.map(({ seq }) => seq)).toEqual([1]);
    const { items } = await store.events({ part: 0, after: 0, limit: 9 });
    expect(items).toMatchObject([{ eventNo: 1 }]);
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([{ quantity: 1n, count: 1 }]);
  });
}

function batches(law: Law): void {
  law.holds("committed, conflict and duplicate in one batch, in order", async (bench) => {
    await bench.commitOne(change(key(2), 0));
    await bench.commitOne(change(key(3), 0, { unused: ["k"], receipts: [receipt("k")] }));
    const outcomes = await bench.commitAll([
      change(key(3), 1, { unused: ["k"] }),
      change(key(1), 0),
      change(key(2), 0),
      change(key(4, 200), 0, everyRow),
    ]);
    const statuses = outcomes.map(({ status }) => status);
    expect(statuses).toEqual(["duplicate", "committed", "conflict", "committed"]);
  });

  law.holds("nothing comes of nothing", async (bench) => {
    expect(await bench.store.commit([])).toEqual([]);
    expect(await bench.store.load([])).toEqual([]);
  });

  law.holds("as many wallets as it takes, of many parts, one of them stale", async (bench) => {
    const keys = Array.from({ length: 200 }, (_, index) => key(index, index % 16));
    await bench.commitOne(change(key(77, 77 % 16), 0));
    const outcomes = await bench.commitAll(keys.map((key) => change(key, 0, everyRow)));
    expect(outcomes.flatMap(({ status }, index) => (status === "committed" ? [] : [index]))).toEqual([77]);
    const snapshots = await bench.store.load(keys.map((key) => ({ key })));
    expect(snapshots.map(({ key }) => key)).toEqual(keys);
    expect(new Set(snapshots.map(({ version }) => version))).toEqual(new Set([1]));
  });

  law.holds("the same id in another part is another wallet", async (bench) => {
    const born = await bench.commitAll([change(key(1, 0), 0), change(key(1, 255), 0)]);
    expect(born).toEqual([{ status: "committed" }, { status: "committed" }]);
    expect(await bench.loadOne({ key: key(1, 1) })).toMatchObject({ version: 0 });
  });
}

function duplicates(law: Law): void {
  law.holds("k1 and k3 of k1 k2 k3 are used", async (bench) => {
    const used = [receipt("k1", { result: '{"n":1}' }), receipt("k3", { actor: "ada" })];
    await bench.commitOne(change(key(), 0, { receipts: [...used, receipt("other")] }));
    const before = await contents(bench.store);
    const again = change(key(), 1, { unused: ["k1", "k2", "k3"], opened: [grant("g")] });
    const outcome = await bench.commitOne(again);
    expect(outcome.status).toBe("duplicate");
    const receipts = outcome.status === "duplicate" ? outcome.receipts : [];
    expect(receipts.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(used);
    expect(await contents(bench.store)).toEqual(before);
  });

  law.holds("a used key that is named twice has one receipt", async (bench) => {
    await bench.commitOne(change(key(), 0, { receipts: [receipt("k")] }));
    const again = await bench.commitOne(change(key(), 1, { unused: ["k", "n", "k", "n"] }));
    expect(again).toEqual({ status: "duplicate", receipts: [receipt("k")] });
  });

  law.holds("a wrong version is a conflict, used key or not", async (bench) => {
    await bench.commitOne(change(key(), 0, { unused: ["k"], receipts: [receipt("k")] }));
    await bench.commitOne(change(key(), 1));
    const outcome = await bench.commitOne(change(key(), 1, { unused: ["k", "new"] }));
    expect(outcome).toMatchObject({
      status: "conflict",
      fresh: { version: 2, asked: { receipts: [receipt("k")] } },
    });
  });

  law.holds("another wallet's receipt is no duplicate", async (bench) => {
    await bench.commitOne(change(key(1), 0, { receipts: [receipt("k")] }));
    expect(await bench.commitOne(change(key(2), 0, { unused: ["k"] }))).toEqual({ status: "committed" });
  });

  law.holds("a denial alone, a change with unused keys and no rows, counts as any other", async (bench) => {
    await bench.commitOne(change(key(), 0, { receipts: [receipt("k")] }));
    expect(await bench.commitOne(change(key(), 1, { unused: ["k"] }))).toMatchObject({
      status: "duplicate",
      receipts: [receipt("k")],
    });
    expect(await bench.commitOne(change(key(), 1, { unused: ["n"] }))).toEqual({ status: "committed" });
  });
}
