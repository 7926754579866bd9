import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import type { Change, Outcome, Snapshot } from "coffer/store";
import { beforeEach, describe, expect, it } from "vitest";
import { change, delta, entry, event, grant, head, key, receipt, record } from "./rows.js";

const LARGEST = 2n ** 63n - 1n;

let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

async function commitOne(change: Change): Promise<Outcome> {
  const [outcome] = await store.commit([change]);
  if (outcome === undefined) throw new Error("one change has one outcome");
  return outcome;
}

async function loadOne(read: Parameters<MemoryStore["load"]>[0][number]): Promise<Snapshot> {
  const [snapshot] = await store.load([read]);
  if (snapshot === undefined) throw new Error("one read has one snapshot");
  return snapshot;
}

/** A rejection by its kind alone. */
const failed = (kind: string) => expect.objectContaining({ name: "StoreError", kind }) as unknown;

const everyRow = {
  unused: ["k1"],
  opened: [grant("g1")],
  records: [record("reservation", "r1")],
  entries: [entry(1_000, 1)],
  receipts: [receipt("k1")],
  events: [event(1)],
  usage: [delta(0)],
};

describe("law 1: a change applies iff the stored version equals `expect`", () => {
  it("an absent wallet has version 0; each commit adds 1", async () => {
    expect(await loadOne({ key: key() })).toMatchObject({ version: 0, head: null, unchanged: false });
    expect(await commitOne(change(key(), 0))).toEqual({ status: "committed" });
    expect(await commitOne(change(key(), 1))).toEqual({ status: "committed" });
    expect(await loadOne({ key: key() })).toMatchObject({ version: 2, head: { version: 2 } });
  });

  it("0 on a wallet of version 1, 2 on it, and 1 on an absent wallet conflict", async () => {
    await commitOne(change(key(), 0));
    expect(await commitOne(change(key(), 0))).toMatchObject({ status: "conflict", fresh: { version: 1 } });
    expect(await commitOne(change(key(), 2))).toMatchObject({ status: "conflict", fresh: { version: 1 } });
    expect(await commitOne(change(key(2), 1))).toMatchObject({
      status: "conflict",
      fresh: { version: 0, head: null },
    });
  });

  it("refuses a head that is not of the next version", async () => {
    const wrong = change(key(), 0, { head: { version: 2 } });
    await expect(store.commit([wrong])).rejects.toEqual(failed("permanent"));
    await expect(store.commit([change(key(), -1)])).rejects.toEqual(failed("permanent"));
    expect(await loadOne({ key: key() })).toMatchObject({ version: 0 });
  });
});

describe("law 2: all rows of a change land together, or none does", () => {
  it("all of a change is there after it, nothing of a conflicting one", async () => {
    await commitOne(change(key(), 0, everyRow));
    const late = { ...everyRow, unused: [], opened: [grant("g2")], receipts: [receipt("k2")] };
    expect(await commitOne(change(key(), 0, late))).toMatchObject({ status: "conflict" });
    const asked = { receipts: ["k1", "k2"], grants: ["g1", "g2"], operations: ["1000-1"] };
    const snapshot = await loadOne({ key: key(), ...asked });
    expect(snapshot.grants.map(({ id }) => id)).toEqual(["g1"]);
    expect(snapshot.records.map(({ id }) => id)).toEqual(["r1"]);
    expect(snapshot.asked.receipts.map(({ key }) => key)).toEqual(["k1"]);
    expect(snapshot.asked.entries.map(({ seq }) => seq)).toEqual([1]);
    expect(await store.events({ part: 0, after: 0, limit: 9 })).toMatchObject({ items: [{ eventNo: 1 }] });
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([{ quantity: 1n, count: 1 }]);
  });

  // Each breaks the wallet that `everyRow` made; the rows before it in the change must not land.
  it.each<[string, Parameters<typeof change>[2]]>([
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
  ])("%s is refused whole, and with it the batch", async (_, rows) => {
    await commitOne(change(key(), 0, everyRow));
    const before = store.dump();
    const innocent = change(key(2), 0);
    await expect(store.commit([innocent, change(key(), 1, rows)])).rejects.toEqual(failed("permanent"));
    expect(store.dump()).toBe(before);
  });
});

describe("law 3: the outcome of a change is the same whatever stands beside it", () => {
  it("committed, conflict and duplicate in one batch, in order", async () => {
    await commitOne(change(key(2), 0));
    await commitOne(change(key(3), 0, { unused: ["k"], receipts: [receipt("k")] }));
    const outcomes = await store.commit([
      change(key(3), 1, { unused: ["k"] }),
      change(key(1), 0),
      change(key(2), 0),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["duplicate", "committed", "conflict"]);
    expect(await store.commit([])).toEqual([]);
  });

  it("refuses two changes of one wallet", async () => {
    const twice = [change(key(), 0), change(key(), 1)];
    await expect(store.commit(twice)).rejects.toEqual(failed("permanent"));
    // The same id in another part is another wallet.
    expect(await store.commit([change(key(1, 0), 0), change(key(1, 255), 0)])).toHaveLength(2);
  });
});

describe("law 4: a key with a receipt is a duplicate, with exactly those receipts, and nothing is written", () => {
  it("k1 and k3 of k1 k2 k3 are used", async () => {
    const used = [receipt("k1", { result: '{"n":1}' }), receipt("k3", { actor: "ada" })];
    await commitOne(change(key(), 0, { receipts: [...used, receipt("other")] }));
    const before = store.dump();
    const again = change(key(), 1, { unused: ["k1", "k2", "k3"], opened: [grant("g")] });
    expect(await commitOne(again)).toEqual({ status: "duplicate", receipts: used });
    expect(store.dump()).toBe(before);
  });

  it("a wrong version is a conflict, used key or not", async () => {
    await commitOne(change(key(), 0, { unused: ["k"], receipts: [receipt("k")] }));
    await commitOne(change(key(), 1));
    const outcome = await commitOne(change(key(), 1, { unused: ["k", "new"] }));
    expect(outcome).toMatchObject({
      status: "conflict",
      fresh: { version: 2, asked: { receipts: [receipt("k")] } },
    });
  });

  it("another wallet's receipt is no duplicate", async () => {
    await commitOne(change(key(1), 0, { receipts: [receipt("k")] }));
    expect(await commitOne(change(key(2), 0, { unused: ["k"] }))).toEqual({ status: "committed" });
  });
});

describe("law 5: every row of a snapshot belongs to the version that it names", () => {
  const rows = {
    opened: [
      grant("open"),
      grant("late", { open: false, closedAt: 50, expired: 3n }),
      grant("early", { open: false, closedAt: 49, expired: 3n }),
      grant("spent", { open: false, closedAt: 99, expired: 0n }),
    ],
    records: [record("hold", "open"), record("hold", "done", { open: false })],
    entries: [
      entry(10, 1),
      entry(20, 2),
      entry(20, 3, { operationId: "20-2" }),
      entry(20, 4, { operationId: "20-4" }),
    ],
    receipts: [receipt("k")],
  };

  it("brings what is open, and what was asked for and exists", async () => {
    await commitOne(change(key(), 0, rows));
    const snapshot = await loadOne({
      key: key(),
      receipts: ["absent", "k", "k"],
      grants: ["spent", "absent", "open"],
      records: [
        { kind: "hold", id: "done" },
        { kind: "other", id: "open" },
      ],
      operations: ["20-2", "10-1", "10-9", "nonsense"],
      lapsedSince: 50,
    });
    expect(snapshot.head).toEqual(head(1));
    expect(snapshot.grants).toEqual([grant("open")]);
    expect(snapshot.records).toEqual([record("hold", "open")]);
    expect(snapshot.asked.receipts).toEqual([receipt("k")]);
    expect(snapshot.asked.grants.map(({ id }) => id)).toEqual(["spent", "open"]);
    expect(snapshot.asked.records).toEqual([record("hold", "done", { open: false })]);
    expect(snapshot.asked.entries.map(({ seq }) => seq)).toEqual([2, 3, 1]);
    expect(snapshot.asked.lapsed.map(({ id }) => id)).toEqual(["late"]);
  });

  it("`unless` keeps what is known away, and not what is asked", async () => {
    await commitOne(change(key(), 0, rows));
    const same = await loadOne({ key: key(), unless: 1, receipts: ["k"] });
    expect(same).toMatchObject({ version: 1, unchanged: true, head: null, grants: [], records: [] });
    expect(same.asked.receipts).toEqual([receipt("k")]);
    expect(await loadOne({ key: key(), unless: 0 })).toMatchObject({
      unchanged: false,
      head: { version: 1 },
    });
    expect(await loadOne({ key: key(2), unless: 0 })).toMatchObject({ unchanged: true, version: 0 });
  });

  it("follows grants and records that close, open again, and lapse", async () => {
    await commitOne(change(key(), 0, rows));
    const moved = [
      grant("open", { open: false, closedAt: 60, expired: 1n }),
      grant("late", { open: true, expired: 3n }),
    ];
    const records = [record("hold", "open", { open: false }), record("hold", "done")];
    await commitOne(change(key(), 1, { moved, records }));
    const snapshot = await loadOne({ key: key(), lapsedSince: 0 });
    expect(snapshot.grants.map(({ id }) => id)).toEqual(["late"]);
    expect(snapshot.records.map(({ id }) => id)).toEqual(["done"]);
    expect(snapshot.asked.lapsed.map(({ id }) => id)).toEqual(["early", "open"]);
  });
});

describe("law 6: whatever starts after a commit sees it", () => {
  it("a load that is started before the commit's promise is awaited", async () => {
    const committing = store.commit([change(key(), 0)]);
    expect(await loadOne({ key: key() })).toMatchObject({ version: 1 });
    await committing;
  });
});

describe("law 7: receipts, entries and events are returned as they were until pruned", () => {
  it("prunes at most `limit`, strictly before the instant", async () => {
    const at = [1, 2, 3, 4];
    await commitOne(
      change(key(), 0, {
        receipts: at.map((at) => receipt(`k${at}`, { recordedAt: at })),
        events: at.map((at) => event(at, { at })),
        entries: at.map((at) => entry(at, at)),
      }),
    );
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(2);
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(1);
    expect(await store.prune({ what: "receipts", part: 0, before: 4, limit: 2 })).toBe(0);
    expect(await store.prune({ what: "events", part: 0, before: 3, limit: 9 })).toBe(2);
    const entries = { entriesOf: key(), upToSeq: 1 };
    expect(await store.prune({ what: entries, part: 0, before: 0, limit: 9 })).toBe(1);
    const where = { wallet: key() };
    expect((await store.list({ kind: "receipts", where, limit: 9 })).items.map(({ key }) => key)).toEqual([
      "k4",
    ]);
    expect((await store.list({ kind: "entries", where, limit: 9 })).items.map(({ seq }) => seq)).toEqual([
      2, 3, 4,
    ]);
    expect((await store.events({ part: 0, after: 0, limit: 9 })).items).toMatchObject([
      { eventNo: 3, position: 3 },
      { eventNo: 4, position: 4 },
    ]);
  });

  it("a pruned receipt's key is free again; a pruned event's number is not", async () => {
    await commitOne(
      change(key(), 0, { receipts: [receipt("k", { recordedAt: 1 })], events: [event(1, { at: 1 })] }),
    );
    await store.prune({ what: "receipts", part: 0, before: 2, limit: 9 });
    await store.prune({ what: "events", part: 0, before: 2, limit: 9 });
    expect((await loadOne({ key: key(), receipts: ["k"] })).asked.receipts).toEqual([]);
    const again = change(key(), 1, { unused: ["k"], receipts: [receipt("k")] });
    expect(await commitOne(again)).toEqual({ status: "committed" });
    await expect(store.commit([change(key(), 2, { events: [event(1)] })])).rejects.toEqual(
      failed("permanent"),
    );
  });

  it("an entry that comes late stands at its place", async () => {
    await commitOne(change(key(), 0, { entries: [entry(10, 1), entry(30, 3)] }));
    await commitOne(change(key(), 1, { entries: [entry(20, 2)] }));
    const { items } = await store.list({ kind: "entries", where: { wallet: key() }, limit: 9 });
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("neither side can change what the other holds", async () => {
    const lapsed = grant("lapsed", { open: false, closedAt: 5, expired: 1n });
    const given = change(key(), 0, { ...everyRow, opened: [...everyRow.opened, lapsed] });
    await commitOne(given);
    const before = store.dump();
    // What a caller in plain JavaScript might do.
    Object.assign(given.head, { balance: 7n });
    given.head.ledgerHash.fill(9);
    Object.assign(given.opened[0] ?? {}, { remaining: 7n });
    given.entries[0]?.hash.fill(9);
    given.receipts[0]?.requestHash.fill(9);
    const got = await loadOne({
      key: key(),
      receipts: ["k1"],
      operations: ["1000-1"],
      grants: ["g1", "lapsed"],
      records: [{ kind: "reservation", id: "r1" }],
      lapsedSince: 0,
    });
    Object.assign(got.head ?? {}, { balance: 7n });
    got.head?.ledgerHash.fill(9);
    Object.assign(got.grants[0] ?? {}, { remaining: 7n });
    Object.assign(got.records[0] ?? {}, { data: "?" });
    for (const row of [...got.asked.grants, ...got.asked.lapsed]) Object.assign(row, { remaining: 7n });
    Object.assign(got.asked.records[0] ?? {}, { data: "?" });
    got.asked.entries[0]?.hash.fill(9);
    got.asked.receipts[0]?.requestHash.fill(9);
    const page = await store.list({ kind: "entries", where: { part: 0 }, limit: 1 });
    page.items[0]?.hash.fill(9);
    const grants = await store.list({ kind: "grants", where: { part: 0 }, limit: 1 });
    Object.assign(grants.items[0] ?? {}, { remaining: 7n });
    Object.assign(page.items[0]?.wallet ?? {}, { id: "?" });
    Object.assign((await store.events({ part: 0, after: 0, limit: 1 })).items[0] ?? {}, { payload: "?" });
    expect(store.dump()).toBe(before);
  });
});

describe("law 8: every value comes back equal", () => {
  it("the ends of every range, and texts that look alike", async () => {
    const extremes = {
      balance: LARGEST,
      held: -LARGEST,
      clock: Number.MAX_SAFE_INTEGER,
      dueAt: Number.MIN_SAFE_INTEGER,
      customerId: "k ",
      scope: "\u{1f600}é\ufffd",
      ledgerHash: Uint8Array.from({ length: 32 }, (_, index) => 255 - index),
    };
    await commitOne(
      change(key(), 0, { head: extremes, receipts: [receipt("k"), receipt("k "), receipt("K")] }),
    );
    const { head: found, asked } = await loadOne({ key: key(), receipts: ["k", "k ", "K", "k\u0301"] });
    expect(found).toEqual(head(1, extremes));
    expect(asked.receipts.map(({ key }) => key)).toEqual(["k", "k ", "K"]);
  });

  it("byte arrays of any length, whatever stands beside them", async () => {
    const receipts = [0, 1, 8_191, 16, 8_192, 20_000, 16].map((length, index) =>
      receipt(`k${index}`, { requestHash: new Uint8Array(length).fill(index + 1) }),
    );
    await commitOne(change(key(), 0, { receipts }));
    const { asked } = await loadOne({ key: key(), receipts: receipts.map(({ key }) => key) });
    expect(asked.receipts).toEqual(receipts);
  });

  it("takes a Buffer, and gives plain bytes", async () => {
    await commitOne(change(key(), 0, { head: { ledgerHash: Buffer.alloc(32, 5) } }));
    const { head: found } = await loadOne({ key: key() });
    expect(found?.ledgerHash).toStrictEqual(new Uint8Array(32).fill(5));
  });

  it("minus zero comes back as zero: `===` says that they are equal", async () => {
    await commitOne(change(key(), 0, { head: { clock: -0, dueAt: -0 } }));
    const { head: found } = await loadOne({ key: key() });
    expect(Object.is(found?.clock, 0) && Object.is(found?.dueAt, 0)).toBe(true);
  });

  it.each<[string, Partial<Change["head"]>]>([
    ["2^63", { balance: LARGEST + 1n }],
    ["−2^63", { held: -LARGEST - 1n }],
    ["2^53", { clock: 2 ** 53 }],
    ["half a millisecond", { dueAt: 0.5 }],
    ["U+0000", { settings: "a\0b" }],
    ["a lone surrogate", { customerId: "\ud83d" }],
    ["a number for a bigint", { balance: 1 as unknown as bigint }],
    ["a bigint for a number", { clock: 1n as unknown as number }],
    ["a flag for a number", { dueAt: true as unknown as number }],
    ["nothing for a text", { scope: undefined as unknown as string }],
    ["an array for bytes", { ledgerHash: [1] as unknown as Uint8Array }],
  ])("refuses %s", async (_, fields) => {
    await expect(store.commit([change(key(), 0, { head: fields })])).rejects.toEqual(failed("permanent"));
    expect(await loadOne({ key: key() })).toMatchObject({ version: 0 });
  });

  it("refuses a text for a flag", async () => {
    const opened = [grant("g", { open: "no" as unknown as boolean })];
    await expect(store.commit([change(key(), 0, { opened })])).rejects.toEqual(failed("permanent"));
  });

  it("says what is wrong with which field", async () => {
    const say = async (fields: Partial<Change["head"]>) => {
      const outcome = store.commit([change(key(), 0, { head: fields })]);
      return outcome.catch((error: unknown) => (error instanceof Error ? error.message : error));
    };
    expect(await say({ clock: 0.5 })).toBe("head.clock is not a safe integer: 0.5");
    expect(await say({ clock: "0" as unknown as number })).toBe('head.clock is not a safe integer: "0"');
    expect(await say({ scope: null as unknown as string })).toBe("head.scope is not a text: object");
    const beyond = "head.held is not a bigint within ±(2^63 − 1): 9223372036854775808";
    expect(await say({ held: LARGEST + 1n })).toBe(beyond);
  });

  it.each<[string, Partial<Change["usage"][number]>]>([
    ["a number for a fraction", { quantityFraction: 1 as unknown as bigint }],
    ["a whole unit as a fraction", { quantityFraction: 10n ** 12n }],
    ["a negative unit as a fraction", { quantityFraction: -(10n ** 12n) }],
    ["a quantity of 2^63", { quantity: LARGEST + 1n }],
  ])("refuses %s", async (_, fields) => {
    const usage = [delta(0, fields)];
    await expect(store.commit([change(key(), 0, { usage })])).rejects.toEqual(failed("permanent"));
  });

  it.each([
    { part: 256, id: key().id },
    { part: -1, id: key().id },
    { part: 0, id: "1" },
    { part: 0, id: "00000000000000001" },
    { part: 0, id: "0000000000000001 " },
    { part: 0, id: 1 as unknown as string },
    { part: 0, id: "000000000000000A" },
  ])("refuses the wallet key %j", async (wrong) => {
    await expect(store.commit([change(wrong, 0)])).rejects.toEqual(failed("permanent"));
    await expect(store.load([{ key: wrong }])).rejects.toEqual(failed("permanent"));
  });

  it("orders by UTF-8 bytes: U+FFFD before U+1F600", async () => {
    const ids = ["\u{1f600}", "z", "\ufffd", "aa", "a"];
    await commitOne(change(key(), 0, { opened: ids.map((id) => grant(id)) }));
    const { items } = await store.list({ kind: "grants", where: { wallet: key() }, limit: 9 });
    expect(items.map(({ id }) => id)).toEqual(["a", "aa", "z", "\ufffd", "\u{1f600}"]);
  });
});

describe("law 9: a commit beside a held row answers `busy` and commits the others", () => {
  it("a commit from within `decide`", async () => {
    let inside: Promise<readonly Outcome[]> | undefined;
    await store.transact([{ key: key(1) }], () => {
      inside = store.commit([change(key(1), 0), change(key(2), 0)]);
      return [change(key(1), 0)];
    });
    expect(await inside).toEqual([{ status: "busy" }, { status: "committed" }]);
    expect(await loadOne({ key: key(1) })).toMatchObject({ version: 1 });
    expect(await commitOne(change(key(1), 1))).toEqual({ status: "committed" });
  });
});

describe("law 10: transact writes every change that `decide` returned, or none", () => {
  it("over two wallets of two parts, on what they are", async () => {
    await commitOne(change(key(1, 0), 0, { head: { balance: 5n } }));
    await store.transact([{ key: key(1, 0) }, { key: key(2, 9) }], ([from, to]) => [
      change(key(1, 0), from?.version ?? -1, { head: { balance: (from?.head?.balance ?? 0n) - 2n } }),
      change(key(2, 9), to?.version ?? -1, { head: { balance: 2n } }),
    ]);
    const [from, to] = await store.load([{ key: key(1, 0) }, { key: key(2, 9) }]);
    expect([from?.version, from?.head?.balance]).toEqual([2, 3n]);
    expect([to?.version, to?.head?.balance]).toEqual([1, 2n]);
  });

  it("nothing is written, and its error passed on, if `decide` throws", async () => {
    const error = new RangeError("no");
    const deciding = store.transact([{ key: key() }], () => {
      throw error;
    });
    await expect(deciding).rejects.toBe(error);
    expect(await commitOne(change(key(), 0))).toEqual({ status: "committed" });
  });

  it.each<[string, () => readonly Change[]]>([
    ["a wallet that was not read", () => [change(key(1), 0), change(key(3), 0)]],
    ["a version that was not read", () => [change(key(1), 0), change(key(2), 1)]],
    ["a wallet twice", () => [change(key(1), 0), change(key(1), 0)]],
    ["a grant that is not there", () => [change(key(1), 0), change(key(2), 0, { moved: [grant("g")] })]],
    ["a promise", () => Promise.resolve([change(key(1), 0)]) as unknown as readonly Change[]],
  ])("refuses to change %s, and writes nothing", async (_, decide) => {
    const before = store.dump();
    await expect(store.transact([{ key: key(1) }, { key: key(2) }], decide)).rejects.toEqual(
      failed("permanent"),
    );
    expect(store.dump()).toBe(before);
  });

  it("decides once more, with the receipts, on keys that turn out to be used", async () => {
    await commitOne(change(key(), 0, { receipts: [receipt("old")] }));
    const seen: string[][] = [];
    await store.transact([{ key: key() }], ([snapshot]) => {
      const known = snapshot?.asked.receipts.map(({ key }) => key) ?? [];
      seen.push(known);
      return [change(key(), 1, { unused: ["old", "new"].filter((name) => !known.includes(name)) })];
    });
    expect(seen).toEqual([[], ["old"]]);
    const stubborn = () => [change(key(), 2, { unused: ["old"] })];
    await expect(store.transact([{ key: key() }], stubborn)).rejects.toEqual(failed("permanent"));
    expect(await loadOne({ key: key() })).toMatchObject({ version: 2 });
  });

  it("gives the receipts of used keys to the wallet that has them", async () => {
    await commitOne(change(key(1), 0, { receipts: [receipt("asked"), receipt("old")] }));
    await commitOne(change(key(2), 0, { receipts: [receipt("old")] }));
    const reads = [{ key: key(3) }, { key: key(2) }, { key: key(1), receipts: ["asked"] }];
    let seen: string[][] = [];
    await store.transact(reads, (snapshots) => {
      seen = snapshots.map(({ asked }) => asked.receipts.map(({ key }) => key));
      return seen[2]?.includes("old") === true
        ? []
        : [change(key(2), 1), change(key(1), 1, { unused: ["old"] })];
    });
    expect(seen).toEqual([[], [], ["asked", "old"]]);
  });

  it("a transact within `decide` is `transient` on a wallet that is held, and fine on others", async () => {
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
    expect(
      (await store.load([{ key: key(1) }, { key: key(2) }, { key: key(3) }])).map(({ version }) => version),
    ).toEqual([0, 0, 1]);
  });
});

describe("law 11: a transaction of the app is refused, not ignored", () => {
  it.each(["load", "commit", "transact", "list"] as const)("by %s", async (method) => {
    const options = { tx: {} as never };
    const calls = {
      load: () => store.load([], options),
      commit: () => store.commit([], options as object),
      transact: () => store.transact([], () => [], options),
      list: () => store.list({ kind: "wallets", where: { part: 0 }, limit: 1 }, options),
    };
    await expect(calls[method]()).rejects.toEqual(failed("unsupported"));
    expect(store.limits.joinsTransactions).toBe(false);
  });
});

describe("law 14: usage sums equal the sums of all committed deltas, each counted once", () => {
  it("adds within a change, over changes, and over buckets of a point", async () => {
    const unit = 10n ** 12n;
    await commitOne(
      change(key(), 0, {
        usage: [
          delta(0, { quantity: 1n, quantityFraction: (unit * 3n) / 4n, amount: 10n }),
          delta(0, { quantity: 2n, quantityFraction: unit / 2n, amount: 20n }),
        ],
      }),
    );
    await commitOne(
      change(key(), 1, {
        usage: [
          delta(900, { quantity: -1n, quantityFraction: 0n, amount: -5n, count: -1 }),
          delta(1_800, { feature: "image" }),
          delta(0, { group: '{"model":"large"}' }),
        ],
      }),
    );
    // 1.75 + 2.5 − 1 = 3.25
    expect(await store.usage({ key: key(), bounds: [0, 1_800, 2_700] })).toEqual([
      {
        index: 0,
        feature: "chat",
        group: "",
        quantity: 3n,
        quantityFraction: unit / 4n,
        amount: 25n,
        count: 1,
      },
      {
        index: 0,
        feature: "chat",
        group: '{"model":"large"}',
        quantity: 1n,
        quantityFraction: 0n,
        amount: 1n,
        count: 1,
      },
      { index: 1, feature: "image", group: "", quantity: 1n, quantityFraction: 0n, amount: 1n, count: 1 },
    ]);
    expect(await store.usage({ key: key(), bounds: [1, 1_801], features: ["image"] })).toMatchObject([
      { index: 0, feature: "image" },
    ]);
  });

  it("gives quantity and fraction one sign: 1 − 1.25 = −0.25", async () => {
    const usage = [delta(0), delta(0, { quantity: -1n, quantityFraction: -250_000_000_000n })];
    await commitOne(change(key(), 0, { usage }));
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([
      { quantity: 0n, quantityFraction: -250_000_000_000n },
    ]);
  });

  it("a sum may pass 2^63", async () => {
    await commitOne(
      change(key(), 0, { usage: [delta(0, { amount: LARGEST }), delta(0, { amount: LARGEST })] }),
    );
    const text = store.dump();
    expect(await store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([{ amount: 2n * LARGEST }]);
    expect(memoryStore({ restore: text }).dump()).toBe(text);
  });

  it.each([[[]], [[0]], [[2, 1]], [[0.5, 1]]])("refuses the bounds %j", async (bounds) => {
    await expect(store.usage({ key: key(), bounds })).rejects.toEqual(failed("permanent"));
  });
});

describe("law 15: a listing returns every row that existed when it began, once, in key order", () => {
  it("whatever is written between its pages", async () => {
    const opened = ["b", "d", "f", "h"].map((id) => grant(id));
    await commitOne(change(key(), 0, { opened }));
    const query = { kind: "grants", where: { wallet: key() }, limit: 2 } as const;
    const first = await store.list(query);
    await commitOne(change(key(), 1, { opened: ["a", "c", "e", "g"].map((id) => grant(id)) }));
    const second = await store.list({ ...query, after: first.next ?? "" });
    const third = await store.list({ ...query, after: second.next ?? "" });
    const ids = [first, second, third].map(({ items }) => items.map(({ id }) => id));
    expect(ids).toEqual([
      ["b", "d"],
      ["e", "f"],
      ["g", "h"],
    ]);
    expect(third.next).toBeNull();
  });

  it("the position survives the row: its page's last is pruned", async () => {
    const receipts = ["a", "b", "c"].map((name) => receipt(name, { recordedAt: 1 }));
    await commitOne(change(key(), 0, { receipts: [...receipts, receipt("0", { recordedAt: 2 })] }));
    const query = { kind: "receipts", where: { part: 0 }, limit: 2 } as const;
    const first = await store.list(query);
    await store.prune({ what: "receipts", part: 0, before: 2, limit: 9 });
    const second = await store.list({ ...query, after: first.next ?? "" });
    expect(first.items.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(second.items.map(({ key }) => key)).toEqual(["0"]);
  });

  it("the balance at a past instant is one entry, read backwards", async () => {
    const entries = [10, 20, 20, 30].map((at, index) =>
      entry(at, index + 1, { balanceAfter: BigInt(index) }),
    );
    await commitOne(change(key(), 0, { entries }));
    const balanceAt = async (at: number) => {
      const query = {
        kind: "entries",
        where: { wallet: key() },
        to: at + 1,
        order: "desc",
        limit: 1,
      } as const;
      return (await store.list(query)).items[0]?.balanceAfter;
    };
    expect(await Promise.all([9, 10, 20, 29, 30].map(balanceAt))).toEqual([undefined, 0n, 2n, 2n, 3n]);
  });

  it("backwards over a part, wallet by wallet, of one type and feature", async () => {
    const entries = [
      entry(10, 1),
      entry(20, 2, { type: "grant" }),
      entry(20, 3, { feature: "image" }),
      entry(30, 4),
      entry(40, 5),
    ];
    for (const number of [1, 2, 3]) await commitOne(change(key(number), 0, { entries }));
    const query = {
      kind: "entries",
      where: { part: 0 },
      from: 10,
      to: 40,
      order: "desc",
      types: ["consume"],
      feature: "chat",
      limit: 4,
    } as const;
    const first = await store.list(query);
    const second = await store.list({ ...query, after: first.next ?? "" });
    const places = [first, second].map(({ items }) =>
      items.map(({ wallet, seq }) => [Number(wallet.id), seq]),
    );
    expect(places).toEqual([
      [
        [3, 4],
        [3, 1],
        [2, 4],
        [2, 1],
      ],
      [
        [1, 4],
        [1, 1],
      ],
    ]);
  });

  it("a customer's wallets, under the name that they have now", async () => {
    const named = (number: number, expect: number, customerId: string) =>
      change(key(number), expect, { head: { customerId } });
    await store.commit([named(1, 0, "acme"), named(2, 0, "bolt"), named(3, 0, "acme")]);
    await store.commit([named(1, 1, "bolt"), named(3, 1, "acme")]);
    const wallets = async (customerId: string) => {
      const query = { kind: "wallets", where: { part: 0 }, customerId, limit: 9 } as const;
      return (await store.list(query)).items.map(({ wallet }) => Number(wallet.id));
    };
    expect(await wallets("acme")).toEqual([3]);
    expect(await wallets("bolt")).toEqual([1, 2]);
    expect(await wallets("nobody")).toEqual([]);
  });

  it("records in order of (kind, id), or of one kind", async () => {
    const records = [record("b", "2"), record("a", "9"), record("b", "1"), record("c", "0")];
    await commitOne(change(key(), 0, { records }));
    const pages = async (query: { record?: string }) => {
      const names: string[] = [];
      let after: string | null = null;
      do {
        const where = { wallet: key() };
        const next: { after?: string } = after === null ? {} : { after };
        const page = await store.list({ kind: "records", where, limit: 1, ...query, ...next });
        names.push(...page.items.map(({ kind, id }) => kind + id));
        after = page.next;
      } while (after !== null);
      return names;
    };
    expect(await pages({})).toEqual(["a9", "b1", "b2", "c0"]);
    expect(await pages({ record: "b" })).toEqual(["b1", "b2"]);
    expect(await pages({ record: "d" })).toEqual([]);
  });

  it("refuses what is no `next` of this listing", async () => {
    await commitOne(change(key(1), 0, { opened: [grant("a"), grant("b")] }));
    const { next } = await store.list({ kind: "grants", where: { wallet: key(1) }, limit: 1 });
    const grants = { kind: "grants", limit: 1 } as const;
    for (const after of [
      "",
      "{}",
      "[]",
      "[",
      '["grants",1,"a"]',
      '["grants","0000000000000001","a","b"]',
      '["grants","0000000000000001"]',
      '["grants"]',
      '["grants","1",2]',
      next?.replace("grants", "records") ?? "",
    ]) {
      await expect(store.list({ ...grants, where: { part: 0 }, after })).rejects.toEqual(failed("permanent"));
    }
    const elsewhere = { ...grants, where: { wallet: key(2) }, after: next ?? "" };
    await expect(store.list(elsewhere)).rejects.toEqual(failed("permanent"));
  });

  it.each(["invoices", "toString"])("refuses to list %s", async (kind) => {
    const unknown = { kind: kind as "grants", where: { part: 0 }, limit: 1 };
    await expect(store.list(unknown)).rejects.toEqual(failed("permanent"));
    await expect(store.list({ ...unknown, after: "[]" })).rejects.toEqual(failed("permanent"));
  });
});

describe("law 16: a wallet is due while its `dueAt` is at or before the instant", () => {
  it("earliest first within a part, and no longer than that holds", async () => {
    const dueAt = (number: number, part: number, at: number | null) =>
      change(key(number, part), 0, { head: { dueAt: at } });
    await store.commit([
      dueAt(1, 0, 30),
      dueAt(2, 0, 10),
      dueAt(3, 0, null),
      dueAt(4, 5, 20),
      dueAt(5, 0, 10),
    ]);
    expect(await store.due({ before: 20, parts: [5, 0, 5], limit: 9 })).toEqual([key(4, 5), key(2), key(5)]);
    expect(await store.due({ before: 30, parts: [0], limit: 2 })).toEqual([key(2), key(5)]);
    expect(await store.due({ before: 9, parts: [0, 5], limit: 9 })).toEqual([]);
    await store.commit([
      change(key(2), 1, { head: { dueAt: null } }),
      change(key(1), 1, { head: { dueAt: 5 } }),
      change(key(3), 1, { head: { dueAt: 6 } }),
    ]);
    expect(await store.due({ before: 30, parts: [0], limit: 9 })).toEqual([key(1), key(3), key(5)]);
  });
});

describe("law 17: the positions of a part's events are append-only", () => {
  it("given at once, in order of eventNo within a wallet, never again", async () => {
    await commitOne(change(key(1), 0, { events: [event(2), event(1)] }));
    const first = await store.events({ part: 0, after: 0, limit: 1 });
    expect(first).toMatchObject({ items: [{ eventNo: 1, position: 1, wallet: key(1) }], next: 1 });
    await commitOne(change(key(2), 0, { events: [event(1)] }));
    const rest = await store.events({ part: 0, after: first.next, limit: 9 });
    expect(rest.items.map(({ position, wallet }) => [position, wallet.id])).toEqual([
      [2, key(1).id],
      [3, key(2).id],
    ]);
    expect(await store.events({ part: 0, after: 3, limit: 9 })).toEqual({ items: [], next: 3 });
    await store.prune({ what: "events", part: 0, before: 9_999, limit: 9 });
    await commitOne(change(key(2), 1, { events: [event(2)] }));
    expect(await store.events({ part: 0, after: 0, limit: 9 })).toMatchObject({
      items: [{ position: 4 }],
      next: 4,
    });
    expect(await store.events({ part: 1, after: 0, limit: 9 })).toEqual({ items: [], next: 0 });
  });
});

describe("law 18: errors are rejections, and after `close` every call is one", () => {
  it("closing twice is fine", async () => {
    await store.close();
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

  it("none is thrown in the caller's face", async () => {
    const listing = store.list({ kind: "wallets", where: { part: 256 }, limit: 1 });
    await expect(listing).rejects.toEqual(failed("permanent"));
  });
});
