/** How the memory store does what the contract leaves open, and what only one process can do. */
import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import type { Change, Outcome, Read, Snapshot } from "coffer/store";
import { beforeEach, describe, expect, it } from "vitest";
import { failed } from "./contract/bench.js";
import { change, delta, entry, event, everyRow, grant, key, receipt, record } from "./rows.js";

const LARGEST = 2n ** 63n - 1n;

let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

async function commitOne(change: Change): Promise<Outcome | undefined> {
  return (await store.commit([change]))[0];
}

async function loadOne(read: Read): Promise<Snapshot> {
  const [snapshot] = await store.load([read]);
  if (snapshot === undefined) throw new Error("one read has one snapshot");
  return snapshot;
}

describe("each call is done when it returns", () => {
  it("a load that is started before the commit's promise is awaited sees it", async () => {
    const committing = store.commit([change(key(), 0)]);
    expect(await loadOne({ key: key() })).toMatchObject({ version: 1 });
    await committing;
  });

  it("after `close` every call is refused", async () => {
    await store.close();
    const calls = [
      store.load([]),
      store.commit([]),
      store.transact([], () => []),
      store.list({ kind: "wallets", where: { part: 0 }, limit: 1 }),
      store.usage({ key: key(), bounds: [0, 1] }),
      store.due({ before: 0, parts: [], limit: 1 }),
      store.events({ part: 0, after: 0, limit: 1 }),
      store.prune({ what: "events", part: 0, before: 0, limit: 1 }),
    ];
    const refusal = { status: "rejected", reason: failed("permanent") };
    expect(await Promise.allSettled(calls)).toEqual(calls.map(() => refusal));
    expect(() => store.dump()).toThrow("this store is closed");
  });
});

describe("calls from within `decide`", () => {
  it("law 9: a commit is `busy` on the wallet that is held, and commits the others", async () => {
    let inside: Promise<readonly Outcome[]> | undefined;
    await store.transact([{ key: key(1) }], () => {
      inside = store.commit([change(key(1), 0), change(key(2), 0)]);
      return [change(key(1), 0)];
    });
    expect(await inside).toEqual([{ status: "busy" }, { status: "committed" }]);
    expect(await loadOne({ key: key(1) })).toMatchObject({ version: 1 });
    expect(await commitOne(change(key(1), 1))).toEqual({ status: "committed" });
  });

  it("a transact is `transient` on a wallet that is held, and fine on others; so is a prune", async () => {
    const inside: Promise<void>[] = [];
    let pruning: Promise<number> | undefined;
    await store.transact([{ key: key(1) }], () => {
      inside.push(store.transact([{ key: key(2) }, { key: key(1) }], () => [change(key(2), 0)]));
      inside.push(store.transact([{ key: key(3) }], () => [change(key(3), 0)]));
      pruning = store.prune({ what: "receipts", part: 0, before: 9, limit: 9 });
      return [];
    });
    const [held, free] = await Promise.allSettled(inside);
    expect(held).toMatchObject({ status: "rejected", reason: { kind: "transient" } });
    expect(free).toMatchObject({ status: "fulfilled" });
    await expect(pruning).rejects.toEqual(failed("transient"));
    const snapshots = await store.load([{ key: key(1) }, { key: key(2) }, { key: key(3) }]);
    expect(snapshots.map(({ version }) => version)).toEqual([0, 0, 1]);
  });

  it("`decide` is called twice on a key that turns out to be used, and not more", async () => {
    await commitOne(change(key(), 0, { receipts: [receipt("old")] }));
    const seen: string[][] = [];
    await store.transact([{ key: key() }], ([snapshot]) => {
      const known = snapshot?.asked.receipts.map(({ key }) => key) ?? [];
      seen.push(known);
      return [change(key(), 1, { unused: ["old", "new"].filter((name) => !known.includes(name)) })];
    });
    expect(seen).toEqual([[], ["old"]]);
  });
});

describe("rows are copied", () => {
  it("neither side can change what the other holds", async () => {
    const lapsed = grant("lapsed", { open: false, closedAt: 5, expired: 1n });
    const given = change(key(), 0, { ...everyRow, opened: [grant("g1"), lapsed] });
    given.entries[0]?.hash.fill(1);
    await commitOne(given);
    const before = store.dump();
    // What a caller in plain JavaScript might do.
    spoil(given.head, ...given.opened, ...given.entries, ...given.receipts);
    const asked = { receipts: ["k1"], operations: ["1000-1"], grants: ["g1", "lapsed"], lapsedSince: 0 };
    const got = await loadOne({ key: key(), ...asked, records: [{ kind: "reservation", id: "r1" }] });
    spoil(got.head ?? {}, ...got.grants, ...got.records);
    spoil(...got.asked.grants, ...got.asked.lapsed, ...got.asked.records);
    spoil(...got.asked.entries, ...got.asked.receipts);
    const where = { part: 0 };
    for (const kind of ["wallets", "grants", "records", "entries", "receipts"] as const) {
      const { items } = await store.list({ kind, where, limit: 9 });
      spoil(...items, ...items.map(({ wallet }) => wallet));
    }
    spoil(...(await store.events({ part: 0, after: 0, limit: 1 })).items);
    expect(store.dump()).toBe(before);
  });
});

/** Overwrites every field, and every byte of the arrays among them. */
function spoil(...rows: readonly object[]): void {
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      if (value instanceof Uint8Array) value.fill(9);
      else Object.assign(row, { [name]: "?" });
    }
}

describe("in which order answers come", () => {
  it("snapshots: open rows by their keys, asked rows as they were asked for", async () => {
    const opened = ["b", "a", "c"].map((id) => grant(id));
    const closed = [5, 4].map((at) => grant(`l${at}`, { open: false, closedAt: at, expired: 1n }));
    const records = [record("k", "2"), record("j", "9"), record("k", "1")];
    const entries = [entry(10, 1), entry(20, 2), entry(20, 3, { operationId: "20-2" })];
    const receipts = [receipt("y"), receipt("x")];
    await commitOne(change(key(), 0, { opened: [...opened, ...closed], records, entries, receipts }));
    const { grants, ...found } = await loadOne({
      key: key(),
      receipts: ["y", "x", "y"],
      grants: ["c", "l5", "a"],
      operations: ["20-2", "10-1"],
      lapsedSince: 0,
    });
    expect(grants.map(({ id }) => id).join(" ")).toBe("a b c");
    expect(found.records.map(({ kind, id }) => kind + id).join(" ")).toBe("j9 k1 k2");
    expect(found.asked.receipts.map(({ key }) => key).join(" ")).toBe("y x");
    expect(found.asked.grants.map(({ id }) => id).join(" ")).toBe("c l5 a");
    expect(found.asked.entries.map(({ seq }) => seq)).toEqual([2, 3, 1]);
    expect(found.asked.lapsed.map(({ id }) => id).join(" ")).toBe("l4 l5");
  });

  it("what is due: part by part as they are named, then by instant, then by wallet", async () => {
    const dueAt = (number: number, part: number, at: number) =>
      change(key(number, part), 0, { head: { dueAt: at } });
    await store.commit([dueAt(6, 0, 9), dueAt(5, 0, 10), dueAt(2, 0, 10), dueAt(4, 5, 20)]);
    const expected = [key(4, 5), key(6), key(2), key(5)];
    expect(await store.due({ before: 20, parts: [5, 0, 5], limit: 9 })).toEqual(expected);
    expect(await store.due({ before: 20, parts: [5, 0], limit: 2 })).toEqual(expected.slice(0, 2));
  });

  it("events: at 1, 2, 3 as they are committed, and on from there when all are pruned", async () => {
    await commitOne(change(key(2), 0, { events: [event(2), event(1)] }));
    await commitOne(change(key(1), 0, { events: [event(1)] }));
    const { items } = await store.events({ part: 0, after: 0, limit: 9 });
    expect(items.map(({ position, wallet }) => [position, Number(wallet.id)])).toEqual([
      [1, 2],
      [2, 2],
      [3, 1],
    ]);
    await store.prune({ what: "events", part: 0, before: 9_999, limit: 9 });
    await commitOne(change(key(2), 1, { events: [event(3)] }));
    expect(await store.events({ part: 0, after: 0, limit: 9 })).toMatchObject({
      items: [{ position: 4 }],
      next: 4,
    });
  });

  it("usage: by index, feature and group", async () => {
    const named = (at: number, feature: string, group: string) => delta(at, { feature, group });
    const usage = [named(1, "a", ""), named(0, "b", ""), named(0, "a", "\u{1f600}"), named(0, "a", "\uffff")];
    await commitOne(change(key(), 0, { usage }));
    const points = await store.usage({ key: key(), bounds: [0, 1, 2] });
    expect(points.map(({ index, feature, group }) => `${index}${feature}${group}`)).toEqual([
      "0a\uffff",
      "0a\u{1f600}",
      "0b",
      "1a",
    ]);
  });
});

describe("sums", () => {
  it("give quantity and fraction one sign: 1 − 1.25 = −0.25", async () => {
    const usage = [delta(0), delta(0, { quantity: -1n, quantityFraction: -250_000_000_000n })];
    await commitOne(change(key(), 0, { usage }));
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([
      { quantity: 0n, quantityFraction: -250_000_000_000n },
    ]);
  });

  it("may pass 2^63 in one counter, and be restored", async () => {
    const usage = [delta(0, { amount: LARGEST }), delta(0, { amount: LARGEST })];
    await commitOne(change(key(), 0, { usage }));
    const text = store.dump();
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([{ amount: 2n * LARGEST }]);
    expect(memoryStore({ restore: text }).dump()).toBe(text);
  });
});

describe("byte arrays", () => {
  it("of any length, whatever stands beside them", async () => {
    const receipts = [0, 1, 8_191, 16, 8_192, 20_000, 16].map((length, index) =>
      receipt(`k${index}`, { requestHash: new Uint8Array(length).fill(index + 1) }),
    );
    await commitOne(change(key(), 0, { receipts }));
    const { asked } = await loadOne({ key: key(), receipts: receipts.map(({ key }) => key) });
    expect(asked.receipts).toEqual(receipts);
  });
});
