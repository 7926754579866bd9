import { expect, expectRefusal, expectRejection } from "../expect.js";
import { change, event, everyRow, key } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { contents } from "../bench.js";

/** Law 11: within a transaction of the app. */
export function joined(cases: Cases): void {
  const topic = "a transaction of the app";
  refusals(cases.lacking("joinsTransactions").law(19, topic));
  const joining = cases.needing("joinsTransactions");
  claimed(joining.law(19, topic));
  ends(joining.law(11, topic));
  within(joining.law(11, topic));
  fromOutside(joining.needing("isShared").law(11, topic));
  besideOthers(joining.needing("isShared", "hasRowLocks").law(11, topic));
  positions(joining.needing("isShared", "hasRowLocks").law(17, topic));
}

function claimed(law: Law): void {
  law.holds("is joined, as the limits say", async (bench) => {
    const { options, rollback } = await bench.begin();
    expect(bench.store.limits.joinsTransactions).toBe(true);
    expect(await bench.store.load([], options)).toEqual([]);
    await rollback();
  });
}

function refusals(law: Law): void {
  const methods = ["load", "transact", "list", "usage"] as const;
  law.holdsForEach(
    methods,
    (method) => `is refused, not ignored, by ${method}`,
    async (bench, method) => {
      const options = { tx: {} as never };
      const calls = {
        load: () => bench.store.load([], options),
        transact: () => bench.store.transact([], () => [], options),
        list: () => bench.store.list({ kind: "wallets", where: { part: 0 }, limit: 1 }, options),
        usage: () => bench.store.usage(usage, options),
      };
      await expectRefusal(calls[method](), "unsupported");
    },
  );
}

const reads = [{ key: key(), receipts: ["k1"] }];
const query = { kind: "grants", where: { part: 0 }, limit: 9 } as const;
const usage = { key: key(), bounds: [0, 1] };
const written = { version: 1, asked: { receipts: everyRow.receipts } };
const write = () => [change(key(), 0, everyRow)];

function ends(law: Law): void {
  law.holds("sees what it wrote, by load, list and usage", async (bench) => {
    const { options, commit } = await bench.begin();
    await bench.store.transact([{ key: key() }], write, options);
    expect(await bench.store.load(reads, options)).toMatchObject([written]);
    expect((await bench.store.list(query, options)).items).toMatchObject(everyRow.opened);
    expect(await bench.store.usage(usage, options)).toHaveLength(1);
    await commit();
    expect(await bench.store.load(reads)).toMatchObject([written]);
    expect((await bench.store.events({ part: 0, after: 0, limit: 9 })).items).toHaveLength(1);
  });

  law.holds("leaves no trace when it is rolled back", async (bench) => {
    await bench.commitOne(change(key(1), 0));
    const before = await contents(bench.store);
    const { options, rollback } = await bench.begin();
    const decide = () => [change(key(1), 1, everyRow), change(key(2), 0, everyRow)];
    await bench.store.transact([{ key: key(1) }, { key: key(2) }], decide, options);
    await rollback();
    expect(await contents(bench.store)).toEqual(before);
    expect(await bench.store.commit([change(key(1), 1), change(key(2), 0)])).toEqual([
      { status: "committed" },
      { status: "committed" },
    ]);
  });
}

function fromOutside(law: Law): void {
  law.holds("nobody else sees it before it is committed", async (bench) => {
    const other = await bench.another();
    const { options, commit } = await bench.begin();
    await bench.store.transact([{ key: key() }], write, options);
    expect(await other.load(reads)).toMatchObject([{ version: 0, asked: { receipts: [] } }]);
    expect((await other.list(query)).items).toEqual([]);
    expect(await other.usage(usage)).toEqual([]);
    await commit();
    expect(await other.load(reads)).toMatchObject([written]);
  });
}

function within(law: Law): void {
  law.holds("each transact in it decides on what those before it wrote", async (bench) => {
    const { options, commit } = await bench.begin();
    const versions: (number | undefined)[] = [];
    for (let round = 0; round < 3; round++)
      await bench.store.transact(
        [{ key: key() }],
        ([snapshot]) => {
          versions.push(snapshot?.version);
          return [change(key(), snapshot?.version ?? -1, { events: [event(round + 1)] })];
        },
        options,
      );
    await commit();
    expect(versions).toEqual([0, 1, 2]);
    expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 3 });
    const { items } = await bench.store.events({ part: 0, after: 0, limit: 9 });
    expect(items.map(({ eventNo }) => eventNo)).toEqual([1, 2, 3]);
  });

  law.holds("goes on after a `decide` that threw, with nothing of it written", async (bench) => {
    const { options, commit } = await bench.begin();
    const error = new RangeError("no");
    await bench.store.transact([{ key: key(1) }], () => [change(key(1), 0)], options);
    const thrown = bench.store.transact(
      [{ key: key(1) }, { key: key(2) }],
      () => {
        throw error;
      },
      options,
    );
    await expectRejection(thrown, error);
    await bench.store.transact([{ key: key(3) }], () => [change(key(3), 0)], options);
    await commit();
    const snapshots = await bench.store.load([{ key: key(1) }, { key: key(2) }, { key: key(3) }]);
    expect(snapshots.map(({ version }) => version)).toEqual([1, 0, 1]);
  });
}

function besideOthers(law: Law): void {
  law.holds("decides on the latest that is committed, however early it began to read", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0));
    const { options, commit, rollback } = await bench.begin();
    await bench.store.load([{ key: key() }], options);
    await bench.commitOne(change(key(), 1, { head: { balance: 7n } }), other);
    let seen: unknown;
    const deciding = bench.store.transact(
      [{ key: key() }],
      ([snapshot]) => {
        seen = [snapshot?.version, snapshot?.head?.balance];
        return [change(key(), 2)];
      },
      options,
    );
    const [outcome] = await Promise.allSettled([deciding]);
    if (outcome.status === "rejected") {
      await rollback();
      await expectRefusal(deciding, "transient");
      expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 2 });
    } else {
      await commit();
      expect(seen).toEqual([2, 7n]);
      expect(await bench.loadOne({ key: key() })).toMatchObject({ version: 3 });
    }
  });
}

function positions(law: Law): void {
  law.holds(
    "gives an event its place when it is committed, not before: none is stepped over",
    async (bench) => {
      const other = await bench.another();
      const { options, commit } = await bench.begin();
      const slow = () => [change(key(1), 0, { events: [event(1)] })];
      await bench.store.transact([{ key: key(1) }], slow, options);
      await bench.commitOne(change(key(2), 0, { events: [event(1)] }), other);
      const first = await other.events({ part: 0, after: 0, limit: 9 });
      expect(first.items.map(({ wallet }) => wallet)).toEqual([key(2)]);
      await commit();
      const second = await other.events({ part: 0, after: first.next, limit: 9 });
      expect(second.items.map(({ wallet }) => wallet)).toEqual([key(1)]);
    },
  );
}
