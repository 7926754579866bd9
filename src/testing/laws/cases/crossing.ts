import type { CreditStore, WalletKey } from "../../../store/index.js";
import { expect } from "../expect.js";
import { change, key } from "../rows.js";
import type { Bench } from "../bench.js";
import { inChunks } from "../bench.js";
import type { Cases } from "../cases.js";
import { countCommitted, oneMore, persist } from "../contention.js";

/** Of three parts, where a store's transacts reach over parts. */
function walletsFor({ limits }: CreditStore): readonly WalletKey[] {
  return Array.from({ length: 12 }, (_, index) => key(index, limits.transactAcrossParts ? index % 3 : 0));
}

/** What one lane does in one round. */
type Work = (store: CreditStore, lane: number, round: number) => Promise<number>;

const LANES = 8;
const ROUNDS = 6;

/** The wallets in some order: each round has its own, and every second lane has it from behind. */
function shuffled(store: CreditStore, lane: number, round: number): readonly WalletKey[] {
  const step = 1 + ((Math.floor(lane / 2) * ROUNDS + round) % 12);
  const placed = walletsFor(store).map((key, index) => ({ key, place: ((index + 1) * step) % 13 }));
  const keys = placed.toSorted((a, b) => a.place - b.place).map(({ key }) => key);
  return lane % 2 === 0 ? keys : keys.toReversed();
}

async function batch(store: CreditStore, lane: number, round: number): Promise<number> {
  const reads = shuffled(store, lane, round).map((key) => ({ key }));
  const snapshots = await persist(() => store.load(reads));
  let committed = 0;
  for (const some of inChunks(snapshots.map(oneMore), store.limits.changesPerCommit))
    committed += countCommitted(await persist(() => store.commit(some)));
  return committed;
}

/** Two lanes at a time want the same two wallets, in opposite orders. */
async function transfer(store: CreditStore, lane: number, round: number): Promise<number> {
  const pair = shuffled(store, 0, Math.floor(lane / 4) + round).slice(
    0,
    Math.min(2, store.limits.walletsPerTransact),
  );
  const reads = (lane % 2 === 0 ? pair : pair.toReversed()).map((key) => ({ key }));
  await persist(() => store.transact(reads, (snapshots) => snapshots.map(oneMore)));
  return reads.length;
}

const WORKS: readonly (readonly [what: string, work: Work])[] = [
  ["batches that cross", batch],
  ["transacts that cross", transfer],
  ["batches and transacts", (store, lane, round) => (lane % 4 < 2 ? batch : transfer)(store, lane, round)],
];

/** Lanes that take turns at both stores; gives how many changes were committed. */
async function run(bench: Bench, work: Work): Promise<number> {
  const stores = [bench.store, await bench.another()] as const;
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    let committed = 0;
    for (let round = 0; round < ROUNDS; round++)
      committed += await work(stores[lane % 2 === 0 ? 0 : 1], lane, round);
    return committed;
  });
  return (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
}

/** Commits beside a transact that waits: enough for it to take whatever it takes. */
const BESIDE = 25;

/** Who waits for the first and holds the last lets another wait for the first who holds nothing, and no circle closes. */
async function waitForTheFirst(bench: Bench): Promise<void> {
  const other = await bench.another();
  const count = Math.min(8, bench.store.limits.walletsPerTransact);
  const keys = Array.from({ length: count }, (_, index) => key(index + 1));
  await bench.commitAll(keys.map((key) => change(key, 0)));
  const { options, rollback } = await bench.begin();
  await bench.store.transact([{ key: key(1) }], () => [], options);
  const reads = keys.map((key) => ({ key }));
  // With the app's own two wait: a pool may have no more than four connections, and one must be left for the others.
  const orders = [reads.toReversed(), [...reads.slice(3), ...reads.slice(0, 3)]];
  const waiting = Promise.all(orders.map((reads) => persist(() => other.transact(reads, () => []))));
  waiting.catch(() => undefined);
  for (let version = 1; version <= BESIDE; version++) {
    const outcomes = await bench.commitAll(keys.slice(1).map((key) => change(key, version)));
    expect(outcomes.map(({ status }) => status)).toEqual(keys.slice(1).map(() => "committed"));
  }
  await rollback();
  await waiting;
}

/** Law 13: many wallets at once, in any order, from several processes. */
export function crossing(cases: Cases): void {
  const locking = cases.needing("isShared", "hasRowLocks", "joinsTransactions");
  locking
    .law(13, "transact locks its wallets in key order, however they are named")
    .holds("while it waits for the first it holds none of the others", waitForTheFirst);
  const law = cases.needing("isShared").law(13, "batches and transacts over any wallets, in any order, end");
  law.holdsForEach(
    WORKS,
    ([what]) => what,
    async (bench, [, work]) => {
      const committed = await run(bench, work);
      const snapshots = await bench.store.load(walletsFor(bench.store).map((key) => ({ key })));
      const versions = snapshots.map(({ version }) => version);
      expect(versions.reduce((sum, version) => sum + version, 0)).toBe(committed);
      expect(snapshots.map(({ head }) => head?.balance ?? 0n)).toEqual(versions.map(BigInt));
    },
  );
}
