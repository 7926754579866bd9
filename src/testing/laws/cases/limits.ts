import { expect, expectRefusal } from "../expect.js";
import { change, delta, entry, grant, key, record } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { all } from "../bench.js";

/** Law 19: at its own limits a store takes all, beyond them nothing. */
export function limits(cases: Cases): void {
  commits(cases.law(19, "within `limits` nothing is refused for size; beyond them everything is"));
  transacts(cases.law(19, "within `limits` nothing is refused for size; beyond them everything is"));
  pages(cases.law(19, "within `limits` nothing is refused for size; beyond them everything is"));
}

function commits(law: Law): void {
  law.holds("changes of a commit", async (bench) => {
    const { changesPerCommit } = bench.store.limits;
    const changes = Array.from({ length: changesPerCommit + 1 }, (_, index) => change(key(index), 0));
    await expectRefusal(bench.store.commit(changes), "limit");
    expect(await all(bench.store, { kind: "wallets", where: { part: 0 } })).toEqual([]);
    const outcomes = await bench.store.commit(changes.slice(1));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["committed"]));
    expect(outcomes).toHaveLength(changesPerCommit);
    expect(await all(bench.store, { kind: "wallets", where: { part: 0 } })).toHaveLength(changesPerCommit);
  });

  law.holds("rows of a change, whatever their kind", async (bench) => {
    const { rowsPerChange, changesPerCommit } = bench.store.limits;
    const entries = Array.from({ length: rowsPerChange - 1 }, (_, index) => entry(1, index + 1));
    const rows = { entries, usage: [delta(0)] };
    const tooMany = change(key(), 0, { ...rows, opened: [grant("g")] });
    await expectRefusal(bench.store.commit([tooMany, change(key(2), 0)].slice(0, changesPerCommit)), "limit");
    const snapshots = await bench.store.load([{ key: key() }, { key: key(2) }]);
    expect(snapshots.map(({ version }) => version)).toEqual([0, 0]);
    expect(await bench.commitOne(change(key(), 0, rows))).toEqual({ status: "committed" });
    const found = await all(bench.store, { kind: "entries", where: { wallet: key() } });
    expect(found.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq));
  });

  law.holds("bytes of a commit", async (bench) => {
    const { bytesPerCommit } = bench.store.limits;
    // A thousand bytes are more than the rest of a change takes.
    const sized = (bytes: number) =>
      change(key(), 0, { records: [record("k", "r", { data: "x".repeat(bytes) })] });
    await expectRefusal(bench.store.commit([sized(bytesPerCommit)]), "limit");
    const decided = bench.store.transact([{ key: key() }], () => [sized(bytesPerCommit)]);
    await expectRefusal(decided, "limit");
    expect(await bench.commitOne(sized(bytesPerCommit - 1_000))).toEqual({ status: "committed" });
    const { records } = await bench.loadOne({ key: key() });
    expect(records[0]?.data.length).toBe(bytesPerCommit - 1_000);
  });
}

function transacts(law: Law): void {
  law.holds("wallets of a transact", async (bench) => {
    const { walletsPerTransact } = bench.store.limits;
    const keys = Array.from({ length: walletsPerTransact + 1 }, (_, index) => key(index));
    const run = (keys: readonly ReturnType<typeof key>[]) =>
      bench.store.transact(
        keys.map((key) => ({ key })),
        () => keys.map((key) => change(key, 0)),
      );
    await expectRefusal(run(keys), "limit");
    expect(await all(bench.store, { kind: "wallets", where: { part: 0 } })).toEqual([]);
    await run(keys.slice(1));
    expect(await all(bench.store, { kind: "wallets", where: { part: 0 } })).toHaveLength(walletsPerTransact);
  });

  law.holds("a transact across parts is done, or unsupported", async (bench) => {
    const reads = [{ key: key(1, 0) }, { key: key(1, 1) }];
    const across = bench.store.transact(reads, () => [change(key(1, 0), 0), change(key(1, 1), 0)]);
    const { walletsPerTransact } = bench.store.limits;
    const transactAcrossParts = bench.store.limits.transactAcrossParts && walletsPerTransact > 1;
    if (transactAcrossParts) await across;
    else await expectRefusal(across, "unsupported", ...(walletsPerTransact < 2 ? (["limit"] as const) : []));
    const versions = (await bench.store.load(reads)).map(({ version }) => version);
    expect(versions).toEqual(transactAcrossParts ? [1, 1] : [0, 0]);
  });
}

function pages(law: Law): void {
  law.holdsForEach(
    [0, 5_001, 1.5, -1, Number.NaN],
    (limit) => `a page of ${limit} rows is refused`,
    async (bench, limit) => {
      const listing = bench.store.list({ kind: "wallets", where: { part: 0 }, limit });
      await expectRefusal(listing, "limit");
    },
  );

  law.holds("a page of 5,000 rows is given", async (bench) => {
    const entries = Array.from({ length: 5_001 }, (_, index) => entry(1, index + 1));
    const { rowsPerChange } = bench.store.limits;
    let version = 0;
    for (let first = 0; first < entries.length; first += rowsPerChange, version++)
      await bench.commitOne(change(key(), version, { entries: entries.slice(first, first + rowsPerChange) }));
    const query = { kind: "entries", where: { wallet: key() }, limit: 5_000 } as const;
    const first = await bench.store.list(query);
    expect(first.items.map(({ seq }) => seq)).toEqual(entries.slice(0, 5_000).map(({ seq }) => seq));
    const second = await bench.store.list({ ...query, after: first.next ?? "" });
    expect(second.items.map(({ seq }) => seq)).toEqual([5_001]);
    const backwards = await bench.store.list({ ...query, order: "desc" });
    expect(backwards.items[0]?.seq).toBe(5_001);
  });
}
