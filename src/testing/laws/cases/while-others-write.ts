import { setImmediate } from "node:timers/promises";
import { expect } from "../expect.js";
import { change, delta, entry, event, grant, key, receipt, record } from "../rows.js";
import type { Bench } from "../bench.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";
import { persist, readDuring } from "../contention.js";

const VERSIONS = 40;

/** A change of which every row says its version. */
function telling(version: number) {
  const n = BigInt(version);
  const row = grant("g", { remaining: n });
  return change(key(), version - 1, {
    head: { balance: n, seq: version },
    ...(version === 1 ? { opened: [row] } : { moved: [row] }),
    records: [record("hold", "r", { data: String(version) })],
    entries: [entry(1, version, { operationId: "1-1", balanceAfter: n })],
    receipts: [receipt(`k${version}`, { receiptNo: version })],
    events: [event(version)],
    usage: [delta(0)],
  });
}

/** What readers see while another process writes. */
export function whileOthersWrite(all: Cases): void {
  const cases = all.needing("isShared");
  snapshots(cases.law(5, "a snapshot is of one version while others write"));
  listings(cases.law(15, "a listing is whole while others write"));
  events(cases.law(17, "events come once, in order, while others commit"));
}

async function write(bench: Bench): Promise<void> {
  for (let version = 1; version <= VERSIONS; version++)
    expect(await bench.commitOne(telling(version))).toEqual({ status: "committed" });
}

function snapshots(law: Law): void {
  law.holds("open rows, asked rows and head agree", async (bench) => {
    const other = await bench.another();
    const receipts = Array.from({ length: VERSIONS }, (_, index) => `k${index + 1}`);
    const read = { key: key(), receipts, operations: ["1-1"], grants: ["g"] };
    const seen = await readDuring(write(bench), () => persist(() => bench.loadOne(read, other)));
    for (const { version, head, grants, records, asked } of seen) {
      const n = BigInt(version);
      const isThere = version > 0;
      expect({
        balance: head?.balance ?? 0n,
        remaining: grants.map(({ remaining }) => remaining),
        asked: asked.grants.map(({ remaining }) => remaining),
        data: records.map(({ data }) => data),
        receipts: asked.receipts.length,
        entries: asked.entries.length,
      }).toEqual({
        balance: n,
        remaining: isThere ? [n] : [],
        asked: isThere ? [n] : [],
        data: isThere ? [String(version)] : [],
        receipts: version,
        entries: version,
      });
    }
    expect(await bench.loadOne(read, other)).toMatchObject({ version: VERSIONS });
  });

  law.holds("under lock, too", async (bench) => {
    const other = await bench.another();
    const receipts = Array.from({ length: VERSIONS }, (_, index) => `k${index + 1}`);
    const read = async () => {
      let agrees = false;
      await persist(() =>
        other.transact([{ key: key(), receipts }], ([snapshot]) => {
          const version = snapshot?.version ?? -1;
          agrees =
            (snapshot?.head?.balance ?? 0n) === BigInt(version) &&
            snapshot?.asked.receipts.length === version &&
            (snapshot.grants[0]?.remaining ?? 0n) === BigInt(version);
          return [];
        }),
      );
      return agrees;
    };
    const patient = async () => {
      for (let version = 1; version <= VERSIONS; version++) {
        // A reader under lock holds the row: then a commit is `busy`, and nothing of it was applied.
        let status = "busy";
        while (status === "busy") {
          ({ status } = await persist(() => bench.commitOne(telling(version))));
          await setImmediate();
        }
        expect(status).toBe("committed");
      }
    };
    const seen = await readDuring(patient(), read);
    expect(new Set(seen)).toEqual(new Set([true]));
  });
}

function listings(law: Law): void {
  law.holds("every grant that was there, once, in order", async (bench) => {
    const other = await bench.another();
    const name = (index: number) => `g${String(index).padStart(3, "0")}`;
    const old = Array.from({ length: 30 }, (_, index) => name(index * 10));
    await bench.commitOne(change(key(), 0, { opened: old.map((id) => grant(id)) }));
    const write = async () => {
      for (let version = 1; version <= 29; version++) {
        const opened = [grant(`${name(version * 10)}b`), grant(`${name(300 - version * 10)}a`)];
        const moved = [grant(name((version % 30) * 10), { remaining: 1n })];
        await bench.commitOne(change(key(), version, { opened, moved }));
      }
    };
    const list = () => persist(() => all(other, { kind: "grants", where: { part: 0 } }, 4));
    for (const grants of await readDuring(write(), list)) {
      const ids = grants.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted());
      expect(ids.filter((id) => old.includes(id))).toEqual(old);
    }
  });
}

function events(law: Law): void {
  law.holds("a reader that follows two writers misses none and meets none twice", async (bench) => {
    const stores = [bench.store, await bench.another()] as const;
    const reader = await bench.another();
    const write = async (wallet: number) => {
      const store = stores[wallet % 2 === 0 ? 0 : 1];
      for (let version = 0; version < 15; version++) {
        const events = [event(2 * version + 1), event(2 * version + 2)];
        const outcome = await persist(() => bench.commitOne(change(key(wallet), version, { events }), store));
        expect(outcome).toEqual({ status: "committed" });
      }
    };
    let after = 0;
    const read = async () => {
      const page = await persist(() => reader.events({ part: 0, after, limit: 7 }));
      after = page.next;
      return page.items;
    };
    const met = await readDuring(Promise.all([1, 2, 3, 4].map(write)), read);
    for (let items = await read(); items.length > 0; items = await read()) met.push(items);
    const followed = met.flat();
    const positions = followed.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    for (const wallet of [1, 2, 3, 4]) {
      const own = followed.filter((item) => item.wallet.id === key(wallet).id);
      expect(own.map(({ eventNo }) => eventNo)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    }
    expect((await bench.store.events({ part: 0, after: 0, limit: 1_000 })).items).toEqual(followed);
  });
}
