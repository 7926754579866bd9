import type { CreditStore, WalletKey } from "../../../store/index.js";
import { expect, expectRefusal, isStoreError } from "../expect.js";
import { change, event, key } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { repeatUntil } from "../contention.js";
import type { Bench } from "../bench.js";
import { inChunks } from "../bench.js";

/** Holds a wallet's row in a transaction of an app, until the function that it gives is called. */
async function hold(bench: Bench, wallet: WalletKey): Promise<() => Promise<void>> {
  const { options, rollback } = await bench.begin();
  await bench.store.transact([{ key: wallet }], () => [], options);
  return rollback;
}

async function millisecondsOf(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

/** Laws 9 and 18: a transaction that does not end, and those beside it. */
export function heldRows(all: Cases): void {
  const cases = all.needing("isShared", "joinsTransactions");
  timeouts(cases.law(18, "no call outlives its timeout by more than a second"));
  reading(cases.law(6, "reading takes no locks"));
  commits(
    cases.needing("hasRowLocks").law(9, "a commit beside a held row answers `busy` and commits the others"),
  );
  waiting(
    cases.needing("hasRowLocks").law(10, "a transact waits for a held row, and decides on what came of it"),
  );
}

function timeouts(law: Law): void {
  law.holds("a transact gives up beside a held row, and nothing of it is applied", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0));
    const release = await hold(bench, key());
    const increment = () =>
      other.transact([{ key: key() }], ([snapshot]) => [change(key(), snapshot?.version ?? -1)], {
        timeoutMs: 300,
      });
    const waited = await millisecondsOf(() => expectRefusal(increment(), "transient"));
    expect(waited).toBeLessThan(1_300);
    await release();
    expect(await bench.loadOne({ key: key() }, other)).toMatchObject({ version: 1 });
    await increment();
    expect(await bench.loadOne({ key: key() }, other)).toMatchObject({ version: 2 });
  });

  law.holds("a commit is refused or busy in time, and nothing of it is applied", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0));
    const release = await hold(bench, key());
    const waited = await millisecondsOf(async () => {
      const outcome = await commitIn(other, 300);
      expect(["busy", "transient"]).toContain(outcome);
    });
    expect(waited).toBeLessThan(1_300);
    await release();
    expect(await bench.loadOne({ key: key() }, other)).toMatchObject({ version: 1 });
    expect(await commitIn(other, 5_000)).toBe("committed");
  });
}

async function commitIn(store: CreditStore, timeoutMs: number): Promise<string | undefined> {
  try {
    const [outcome] = await store.commit([change(key(), 1)], { timeoutMs });
    return outcome?.status;
  } catch (error) {
    if (isStoreError(error)) return error.kind;
    throw error;
  }
}

function reading(law: Law): void {
  law.holds("a held wallet is loaded, listed and found due at once", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(), 0, { head: { dueAt: 1 }, events: [event(1)] }));
    const release = await hold(bench, key());
    const options = { timeoutMs: 2_000 };
    expect(await other.load([{ key: key() }], options)).toMatchObject([{ version: 1 }]);
    const page = await other.list({ kind: "wallets", where: { part: 0 }, limit: 9 }, options);
    expect(page.items).toHaveLength(1);
    expect(await other.usage({ key: key(), bounds: [0, 1] }, options)).toEqual([]);
    expect(await other.due({ before: 1, parts: [0], limit: 9 })).toEqual([key()]);
    await release();
  });
}

function commits(law: Law): void {
  law.holds("within the time of an undisturbed commit and 100 ms", async (bench) => {
    const other = await bench.another();
    const keys = [key(1), key(2), key(3, 9)];
    await bench.commitAll(
      keys.map((key) => change(key, 0)),
      other,
    );
    const release = await hold(bench, key(2));
    let version = 1;
    const beside = async () => {
      const changes = keys.map((key) => change(key, key.id === "0000000000000002" ? 1 : version));
      const outcomes = await bench.commitAll(changes, other);
      expect(outcomes.map(({ status }) => status)).toEqual(["committed", "busy", "committed"]);
      version += 1;
    };
    const undisturbed = async () => {
      await bench.commitAll([change(key(1), version), change(key(3, 9), version)], other);
      version += 1;
    };
    // The quickest of five each: what else the machine does is not the store's fault.
    const times = { beside: Infinity, undisturbed: Infinity };
    for (let round = 0; round < 5; round++) {
      times.undisturbed = Math.min(times.undisturbed, await millisecondsOf(undisturbed));
      times.beside = Math.min(times.beside, await millisecondsOf(beside));
    }
    expect(times.beside).toBeLessThan(times.undisturbed + 100);
    await release();
    expect(await bench.loadOne({ key: key(2) }, other)).toMatchObject({ version: 1 });
    expect(await bench.commitOne(change(key(2), 1), other)).toEqual({ status: "committed" });
  });

  law.holds("a wallet that is just being created holds up births only", async (bench) => {
    const other = await bench.another();
    await bench.commitOne(change(key(2), 0));
    const { options, commit } = await bench.begin();
    await bench.store.transact([{ key: key(1) }], () => [change(key(1), 0)], options);
    let isOver = false;
    const batch = [change(key(1), 0), change(key(2), 1), change(key(3), 0)];
    const chunks = inChunks(batch, other.limits.changesPerCommit);
    const beside = Promise.all(chunks.map((some) => other.commit(some))).finally(() => {
      isOver = true;
    });
    // What is no birth is done while the transaction is still open.
    let version = 1;
    await repeatUntil(
      () => isOver || version === 2,
      async () => {
        ({ version } = await bench.loadOne({ key: key(2) }, other));
      },
    );
    expect(version).toBe(2);
    await commit();
    const [born, moved, alsoBorn] = (await beside).flat();
    expect(["conflict", "busy"]).toContain(born?.status);
    expect(moved).toEqual({ status: "committed" });
    expect(["committed", "busy"]).toContain(alsoBorn?.status);
    expect(await bench.loadOne({ key: key(1) }, other)).toMatchObject({ version: 1 });
  });
}

function waiting(law: Law): void {
  const ends = [
    ["committed", 2],
    ["rolled back", 1],
  ] as const;
  law.holdsForEach(
    ends,
    ([end]) => `what was ${end}`,
    async (bench, [end, version]) => {
      const other = await bench.another();
      await bench.commitOne(change(key(), 0));
      const { options, commit, rollback } = await bench.begin();
      await bench.store.transact([{ key: key() }], () => [change(key(), 1)], options);
      let seen: number | undefined;
      const reads = bench.fitting([{ key: key() }, { key: key(2) }]);
      const waiting = other.transact(reads, ([first]) => {
        seen = first?.version;
        return bench.fitting([change(key(), first?.version ?? -1), change(key(2), 0)]);
      });
      await (end === "committed" ? commit() : rollback());
      await waiting;
      expect(seen).toBe(version);
      expect(await bench.loadOne({ key: key() }, other)).toMatchObject({ version: version + 1 });
    },
  );
}
