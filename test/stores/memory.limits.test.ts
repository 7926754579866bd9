import { memoryStore } from "coffer/memory";
import type { MemoryStore, MemoryStoreOptions } from "coffer/memory";
import type { Change } from "coffer/store";
import { describe, expect, it } from "vitest";
import { change, delta, entry, event, grant, key, receipt, record } from "./rows.js";

const refused = expect.objectContaining({ name: "StoreError", kind: "limit" }) as unknown;

function limited(limits: NonNullable<MemoryStoreOptions["limits"]>): MemoryStore {
  return memoryStore({ limits });
}

/** Committed with the limit, refused and not written with one less. */
async function expectLimit(name: keyof MemoryStore["limits"], limit: number, changes: readonly Change[]) {
  const wide = limited({ [name]: limit });
  expect((await wide.commit(changes)).map(({ status }) => status)).toEqual(changes.map(() => "committed"));
  const tight = limited({ [name]: limit - 1 });
  const before = tight.dump();
  await expect(tight.commit(changes)).rejects.toEqual(refused);
  expect(tight.dump()).toBe(before);
}

describe("law 19: within `limits` nothing is refused for size; beyond them everything is", () => {
  it("changes of a commit: 3", async () => {
    await expectLimit("changesPerCommit", 3, [change(key(1), 0), change(key(2), 0), change(key(3), 0)]);
  });

  it("rows of a change: 7, whatever their kind, its head apart", async () => {
    const rows = {
      usage: [delta(0)],
      opened: [grant("g")],
      records: [record("hold", "r")],
      entries: [entry(1, 1), entry(1, 2)],
      receipts: [receipt("k")],
      events: [event(1)],
    };
    await expectLimit("rowsPerChange", 7, [change(key(1), 0, rows), change(key(2), 0)]);
  });

  it("rows of a change: moved grants count", async () => {
    const store = limited({ rowsPerChange: 1 });
    for (const id of ["a", "b"])
      await store.commit([change(key(id === "a" ? 1 : 2), 0, { opened: [grant(id)] })]);
    expect(await store.commit([change(key(1), 1, { moved: [grant("a")] })])).toEqual([
      { status: "committed" },
    ]);
    const both = change(key(2), 1, { moved: [grant("b")], records: [record("hold", "r")] });
    await expect(store.commit([both])).rejects.toEqual(refused);
  });

  it("bytes of a commit: texts in UTF-8, byte arrays, 8 a number, 1 a flag", async () => {
    // A record: kind 1 + id 2 (é) + data 4 (U+1F600) + open 1 = 8. The change around it has, beside its head, a
    // key of 8 + 16 and expect 8 = 32. Its head: 4 + 7 + 0 + 2 of text, 32 of hash, 5 + 4 numbers = 117.
    const records = [record("k", "é", { data: "\u{1f600}" })];
    await expectLimit("bytesPerCommit", 157, [change(key(), 0, { records })]);
  });

  it("bytes of a commit: the hashes of its rows", async () => {
    // A receipt: 1 + 6 + 8 + 2 + 2 of text, 16 of hash, 8 for its instant, 8 for its number = 51; the rest as above.
    const row = receipt("k", { request: "{}", result: "{}" });
    await expectLimit("bytesPerCommit", 149 + 51, [change(key(), 0, { receipts: [row] })]);
  });

  it("takes a commit of nearly so many bytes, and not of more", async () => {
    const store = limited({ bytesPerCommit: 8 * 1024 * 1024 });
    const data = (length: number) =>
      change(key(), 0, { records: [record("k", "r", { data: "x".repeat(length) })] });
    await expect(store.commit([data(8 * 1024 * 1024)])).rejects.toEqual(refused);
    expect(await store.commit([data(8 * 1024 * 1024 - 1_000)])).toEqual([{ status: "committed" }]);
  });

  it("wallets of a transact: 2", async () => {
    const reads = [{ key: key(1) }, { key: key(2, 1) }];
    const decide = () => [change(key(1), 0), change(key(2, 1), 0)];
    await limited({ walletsPerTransact: 2 }).transact(reads, decide);
    const tight = limited({ walletsPerTransact: 1 });
    await expect(tight.transact(reads, decide)).rejects.toEqual(refused);
    expect(await tight.list({ kind: "wallets", where: { part: 0 }, limit: 1 })).toEqual({
      items: [],
      next: null,
    });
  });

  it("what `decide` returns is held to the limits too", async () => {
    const store = limited({ rowsPerChange: 1 });
    const decide = () => [change(key(), 0, { opened: [grant("a"), grant("b")] })];
    await expect(store.transact([{ key: key() }], decide)).rejects.toEqual(refused);
    expect(await store.load([{ key: key() }])).toMatchObject([{ version: 0 }]);
  });

  it("a transact across parts, where it was told not to, is unsupported", async () => {
    const store = limited({ transactAcrossParts: false });
    const across = store.transact([{ key: key(1, 0) }, { key: key(1, 1) }], () => []);
    await expect(across).rejects.toMatchObject({ kind: "unsupported" });
    await store.transact([{ key: key(1, 3) }, { key: key(2, 3) }], () => [change(key(1, 3), 0)]);
    expect(await store.load([{ key: key(1, 3) }])).toMatchObject([{ version: 1 }]);
  });

  it.each([0, 0.5])("due, events and prune with a limit of %d are refused", async (limit) => {
    const store = memoryStore();
    await expect(store.due({ before: 0, parts: [0], limit })).rejects.toEqual(refused);
    await expect(store.events({ part: 0, after: 0, limit })).rejects.toEqual(refused);
    await expect(store.prune({ what: "events", part: 0, before: 0, limit })).rejects.toEqual(refused);
  });

  it("usage has at most 1,000 points", async () => {
    const store = memoryStore();
    const bounds = (points: number) => Array.from({ length: points + 1 }, (_, index) => index);
    expect(await store.usage({ key: key(), bounds: bounds(1_000) })).toEqual([]);
    await expect(store.usage({ key: key(), bounds: bounds(1_001) })).rejects.toEqual(refused);
  });
});

describe("the limits of a memory store", () => {
  it("hold far more than an operation writes, by default", () => {
    expect(memoryStore().limits).toEqual({
      changesPerCommit: 1_000,
      rowsPerChange: 100_000,
      bytesPerCommit: 67_108_864,
      walletsPerTransact: 64,
      transactAcrossParts: true,
      joinsTransactions: false,
    });
  });

  it.each([0, 1.5, -3])("cannot be %d", (limit) => {
    expect(() => limited({ changesPerCommit: limit })).toThrow("changesPerCommit must be a whole number");
  });
});
