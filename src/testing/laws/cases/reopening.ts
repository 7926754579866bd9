import { expect, expectRefusal, expectRejection } from "../expect.js";
import { change, delta, entry, event, everyRow, grant, key, receipt, record } from "../rows.js";
import type { Bench } from "../bench.js";
import type { Cases, Law } from "../cases.js";
import { contents } from "../bench.js";

/** Law 20 on one store alone: it is closed, and another finds what it left. */
export function reopening(all: Cases): void {
  const cases = all.needing("reopen");
  const topic = "what was acknowledged is there when the store is opened again";
  whole(cases.law(20, topic));
  goingOn(cases.law(20, topic));
  withinApps(cases.needing("joinsTransactions").law(20, topic));
}

const PARTS = [0, 9, 255];

/** By every method: what is listed, loaded by name, summed, due, and told as an event. */
async function everything(bench: Bench): Promise<object> {
  const { store } = bench;
  const keys = PARTS.flatMap((part) => [key(1, part), key(2, part)]);
  const asked = { receipts: ["k1", "k2"], grants: ["g1", "g2"], operations: ["1000-1", "2000-2"] };
  return {
    rows: await Promise.all(PARTS.map((part) => contents(store, part))),
    snapshots: await store.load(keys.map((key) => ({ key, ...asked, lapsedSince: 0 }))),
    due: await store.due({ before: 9, parts: PARTS, limit: 100 }),
  };
}

/** Two versions of two wallets in each part, with rows of every kind that stay, close and change. */
async function fill(bench: Bench): Promise<void> {
  const wallets = PARTS.flatMap((part) => [key(1, part), key(2, part)]);
  const large = 2n ** 63n - 1n;
  await bench.commitAll(wallets.map((key) => change(key, 0, { ...everyRow, head: { dueAt: 7 } })));
  const second = {
    head: { dueAt: null, lapsedAt: 60, balance: -large, settings: '{"text":"\u{1f600}\\u0000"}' },
    opened: [grant("g2", { amount: large })],
    moved: [
      grant("g1", { open: false, status: "expired" as const, closedAt: 60, expired: 3n, remaining: 0n }),
    ],
    records: [record("reservation", "r1", { open: false }), record("debt", "d1")],
    entries: [entry(2_000, 2), entry(2_000, 3, { operationId: "2000-2", feature: null })],
    receipts: [receipt("k2", { actor: "ada", recordedAt: 2_000 })],
    events: [event(2), event(3, { at: 2_000 })],
    usage: [delta(0), delta(900, { quantity: -5n, quantityFraction: 10n ** 12n - 1n })],
  };
  await bench.commitAll(wallets.filter(({ id }) => id === key(1).id).map((key) => change(key, 1, second)));
}

function whole(law: Law): void {
  law.holds("exactly, by every method, as often as it is opened", async (bench) => {
    await fill(bench);
    const before = await everything(bench);
    for (let round = 0; round < 3; round++) {
      await bench.reopen();
      expect(await everything(bench)).toEqual(before);
    }
  });

  law.holds("each commit, transact and removal, however soon the end comes after it", async (bench) => {
    const where = { part: 0 } as const;
    for (let round = 0; round < 4; round++) {
      const rows = {
        head: { balance: BigInt(round) },
        receipts: [receipt(`k${round}`, { recordedAt: round })],
        events: [event(round + 1, { at: round })],
        usage: [delta(0)],
      };
      const version = 2 * round;
      await bench.commitOne(change(key(), version, rows));
      await bench.reopen();
      await bench.store.transact([{ key: key() }], () => [change(key(), version + 1, { usage: [delta(0)] })]);
      await bench.reopen();
      expect(await bench.loadOne({ key: key() })).toMatchObject({ version: version + 2 });
      const [point] = await bench.store.usage({ key: key(), bounds: [0, 1] });
      expect(point?.count).toBe(version + 2);
    }
    await bench.store.prune({ what: "receipts", ...where, before: 2, limit: 9 });
    await bench.store.prune({ what: "events", ...where, before: 2, limit: 9 });
    await bench.reopen();
    const { asked } = await bench.loadOne({ key: key(), receipts: ["k0", "k1", "k2", "k3"] });
    expect(asked.receipts.map(({ key }) => key).toSorted()).toEqual(["k2", "k3"]);
    const { items } = await bench.store.events({ ...where, after: 0, limit: 9 });
    expect(items.map(({ eventNo }) => eventNo)).toEqual([3, 4]);
  });

  law.holds("and nothing of what was not applied", async (bench) => {
    await fill(bench);
    const before = await everything(bench);
    const more = { opened: [grant("g9")], receipts: [receipt("k9")], usage: [delta(0)] };
    const error = new RangeError("no");
    expect(await bench.commitOne(change(key(1), 1, more))).toMatchObject({ status: "conflict" });
    const again = change(key(1), 2, { ...more, unused: ["k1"] });
    expect(await bench.commitOne(again)).toMatchObject({ status: "duplicate" });
    await expectRefusal(bench.store.commit([change(key(1), 2, { head: { balance: 2n ** 63n } })]));
    const thrown = bench.store.transact([{ key: key(1) }], () => {
      throw error;
    });
    await expectRejection(thrown, error);
    await bench.reopen();
    expect(await everything(bench)).toEqual(before);
  });
}

function goingOn(law: Law): void {
  law.holds("versions, used keys and grants go on where they were", async (bench) => {
    await bench.commitOne(change(key(), 0, everyRow));
    await bench.reopen();
    const late = await bench.commitOne(change(key(), 0));
    expect(late).toMatchObject({ status: "conflict", fresh: { version: 1, grants: everyRow.opened } });
    const again = await bench.commitOne(change(key(), 1, { unused: ["k1", "n"] }));
    expect(again).toEqual({ status: "duplicate", receipts: everyRow.receipts });
    const moved = [grant("g1", { remaining: 1n })];
    expect(await bench.commitOne(change(key(), 1, { moved }))).toEqual({ status: "committed" });
    await bench.reopen();
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 2, grants: moved });
  });

  law.holds("events keep their positions, and no position is given again", async (bench) => {
    const { store } = bench;
    await bench.commitAll([1, 2].map((n) => change(key(n), 0, { events: [event(1, { at: 1 })] })));
    const first = await store.events({ part: 0, after: 0, limit: 9 });
    await bench.commitOne(change(key(2), 1, { events: [event(2, { at: 1 })] }));
    await bench.reopen();
    const { items } = await bench.store.events({ part: 0, after: 0, limit: 9 });
    expect(items.slice(0, 2)).toEqual(first.items);
    const last = items[2]?.position ?? 0;
    expect([items.length, last > first.next]).toEqual([3, true]);
    await bench.store.prune({ what: "events", part: 0, before: 2, limit: 9 });
    await bench.reopen();
    await bench.commitOne(change(key(3), 0, { events: [event(1)] }));
    const next = await bench.store.events({ part: 0, after: last, limit: 9 });
    expect(next.items).toMatchObject([{ wallet: key(3), eventNo: 1 }]);
  });
}

function withinApps(law: Law): void {
  law.holds("what an app committed, and nothing of what it rolled back", async (bench) => {
    for (const [number, end] of [
      [1, "commit"],
      [2, "rollback"],
    ] as const) {
      const transaction = await bench.begin();
      const write = () => [change(key(number), 0, everyRow)];
      await bench.store.transact([{ key: key(number) }], write, transaction.options);
      await transaction[end]();
    }
    await bench.reopen();
    const snapshots = await bench.store.load([{ key: key(1), receipts: ["k1"] }, { key: key(2) }]);
    expect(snapshots).toMatchObject([{ version: 1, asked: { receipts: everyRow.receipts } }, { version: 0 }]);
  });
}
