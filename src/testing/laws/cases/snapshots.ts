import { expect } from "../expect.js";
import { change, entry, grant, head, key, receipt, record } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { sortedBy } from "../bench.js";

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

/** Laws 5 and 6: what a load brings. In which order, beyond that of an operation's entries, is the store's affair. */
export function snapshots(cases: Cases): void {
  whatComes(cases.law(5, "every row of a snapshot belongs to the version that it names"));
  whatStaysAway(cases.law(5, "every row of a snapshot belongs to the version that it names"));
  howItFollows(cases.law(5, "every row of a snapshot belongs to the version that it names"));
  recency(cases.law(6, "whatever starts after a commit sees it"));
}

function whatComes(law: Law): void {
  law.holds("brings what is open, and what was asked for and exists, each once", async (bench) => {
    await bench.commitOne(change(key(), 0, rows));
    const snapshot = await bench.loadOne({
      key: key(),
      receipts: ["absent", "k", "k"],
      grants: ["spent", "absent", "open", "spent"],
      records: [
        { kind: "hold", id: "done" },
        { kind: "other", id: "open" },
        { kind: "hold", id: "done" },
      ],
      operations: ["20-2", "10-1", "10-9", "nonsense", "10-1"],
      lapsedSince: 50,
    });
    expect(snapshot.head).toEqual(head(1));
    expect(snapshot.grants).toEqual([grant("open")]);
    expect(snapshot.records).toEqual([record("hold", "open")]);
    expect(snapshot.asked.receipts).toEqual([receipt("k")]);
    expect(snapshot.asked.grants.map(({ id }) => id).toSorted()).toEqual(["open", "spent"]);
    expect(snapshot.asked.records).toEqual([record("hold", "done", { open: false })]);
    const { entries } = snapshot.asked;
    expect(sortedBy(entries, ({ seq }) => String(seq)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(entries.filter(({ recordedAt }) => recordedAt === 20).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(snapshot.asked.lapsed.map(({ id }) => id)).toEqual(["late"]);
  });

  law.holds("in the order of the reads, one wallet twice if it is asked twice", async (bench) => {
    await bench.commitAll([
      change(key(1), 0, { receipts: [receipt("k")] }),
      change(key(2), 0, { opened: [grant("g")] }),
    ]);
    const asking = { key: key(1), receipts: ["k"] };
    const reads = [{ key: key(2) }, { key: key(3) }, asking, { key: key(2) }, asking, { key: key(1) }];
    const snapshots = await bench.store.load(reads);
    expect(snapshots.map(({ key, version }) => [Number(key.id), version])).toEqual([
      [2, 1],
      [3, 0],
      [1, 1],
      [2, 1],
      [1, 1],
      [1, 1],
    ]);
    const receipts = snapshots.map(({ asked }) => asked.receipts.length);
    expect(receipts).toEqual([0, 0, 1, 0, 1, 0]);
    expect(snapshots[3]?.grants).toEqual([grant("g")]);
  });
}

function whatStaysAway(law: Law): void {
  law.holds("`unless` keeps what is known away, and not what is asked", async (bench) => {
    await bench.commitOne(change(key(), 0, rows));
    const same = await bench.loadOne({ key: key(), unless: 1, receipts: ["k"], operations: ["10-1"] });
    expect(same).toMatchObject({ version: 1, unchanged: true, head: null, grants: [], records: [] });
    expect(same.asked.receipts).toEqual([receipt("k")]);
    expect(same.asked.entries).toEqual([entry(10, 1)]);
    const changed = await bench.loadOne({ key: key(), unless: 0 });
    expect(changed).toMatchObject({ unchanged: false, head: { version: 1 } });
    // As a process remembers it whose database was restored from a backup.
    const restored = await bench.loadOne({ key: key(), unless: 2 });
    expect(restored).toMatchObject({ version: 1, unchanged: false, head: { version: 1 } });
    const absent = await bench.loadOne({ key: key(2), unless: 0 });
    expect(absent).toMatchObject({ unchanged: true, version: 0 });
  });

  law.holds("a conflict's state is whole: head, open rows, and the receipts of `unused`", async (bench) => {
    await bench.commitOne(change(key(), 0, rows));
    const outcome = await bench.commitOne(change(key(), 0, { unused: ["n", "k"] }));
    const none = { grants: [], records: [], entries: [], lapsed: [] };
    expect(outcome).toEqual({
      status: "conflict",
      fresh: {
        key: key(),
        version: 1,
        unchanged: false,
        head: head(1),
        grants: [grant("open")],
        records: [record("hold", "open")],
        asked: { ...none, receipts: [receipt("k")] },
      },
    });
  });
}

function howItFollows(law: Law): void {
  law.holds("follows grants and records that close, open again, and lapse", async (bench) => {
    await bench.commitOne(change(key(), 0, rows));
    const moved = [
      grant("open", { open: false, closedAt: 60, expired: 1n }),
      grant("late", { open: true, expired: 3n }),
    ];
    const records = [record("hold", "open", { open: false }), record("hold", "done")];
    await bench.commitOne(change(key(), 1, { moved, records }));
    const snapshot = await bench.loadOne({ key: key(), lapsedSince: 0 });
    expect(snapshot.grants.map(({ id }) => id)).toEqual(["late"]);
    expect(snapshot.records.map(({ id }) => id)).toEqual(["done"]);
    expect(snapshot.asked.lapsed.map(({ id }) => id).toSorted()).toEqual(["early", "open"]);
  });

  law.holds("a moved grant and a replaced record are the new ones in every field", async (bench) => {
    await bench.commitOne(change(key(), 0, { opened: [grant("g")], records: [record("hold", "r")] }));
    const moved = grant("g", {
      status: "voided",
      category: "promotional",
      priority: -1,
      expiresAt: 7,
      remaining: 1n,
      voided: 99n,
      cost: null,
      costCurrency: null,
      restartOpen: -5n,
      detail: '{"name":"é"}',
    });
    const replaced = record("hold", "r", { data: '{"n":2}' });
    await bench.commitOne(change(key(), 1, { moved: [moved], records: [replaced] }));
    const snapshot = await bench.loadOne({ key: key() });
    expect([snapshot.grants, snapshot.records]).toEqual([[moved], [replaced]]);
    // What was said is unsaid again, too.
    await bench.commitOne(change(key(), 2, { moved: [grant("g")] }));
    expect((await bench.loadOne({ key: key() })).grants).toEqual([grant("g")]);
  });
}

function recency(law: Law): void {
  law.holds("a load, a listing and a sum after a commit, a hundred times", async (bench) => {
    for (let version = 0; version < 100; version++) {
      await bench.commitOne(change(key(), version, { head: { balance: BigInt(version) } }));
      const { head } = await bench.loadOne({ key: key() });
      expect(head?.balance).toBe(BigInt(version));
    }
    const { items } = await bench.store.list({ kind: "wallets", where: { part: 0 }, limit: 9 });
    expect(items).toMatchObject([{ version: 100 }]);
  });
}
