/**
 * What a commit and a load cost in memory, as ratios: `npx tsx test/bench/memory-store.ts [entries]`.
 *
 * A commit is one withdrawal: a head, a moved grant, an entry, a receipt, a usage delta. Only ratios are worth
 * comparing between machines; nothing is asserted.
 */
import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import type { Change, WalletKey } from "coffer/store";
import { change, delta, entry, grant, key, receipt } from "../stores/rows.js";

const HISTORY = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 15;
const COMMITS_PER_ROUND = 2_000;
const QUARTER_HOUR = 900_000;

interface Bench {
  readonly store: MemoryStore;
  readonly wallet: WalletKey;
  seq: number;
}

async function main(): Promise<void> {
  const empty = await wallet(1);
  await measureCommits(empty);
  const base = await measureCommits(await wallet(1));
  report("commit, no history, 1 open grant", base, base);
  report("commit, no history, 10,000 open grants", await measureCommits(await wallet(10_000)), base);

  const old = await wallet(1);
  for (const batch of withdrawals(old, HISTORY)) await old.store.commit([batch]);
  report(`commit, ${HISTORY} entries, 1 open grant`, await measureCommits(old), base);

  report("load by unless", await measure(old, 20_000, ({ seq }) => ({ unless: seq })), base);
  report("load, 1 open grant", await measure(old, 20_000, () => ({})), base);
  report("load, 10,000 open grants", await measure(await wallet(10_000), 20, () => ({})), base);
  report("last page of 100 entries", await measureLastPage(old), base);
}

async function wallet(grants: number): Promise<Bench> {
  const store = memoryStore();
  const opened = Array.from({ length: grants }, (_, index) => grant(`g${index}`));
  await store.commit([change(key(), 0, { opened })]);
  return { store, wallet: key(), seq: 1 };
}

function* withdrawals(bench: Bench, count: number): Generator<Change, undefined> {
  for (let index = 0; index < count; index++) yield withdrawal(bench);
}

/** The next withdrawal: versions and sequence numbers go together here. */
function withdrawal(bench: Bench): Change {
  const seq = bench.seq++;
  const at = 1_700_000_000_000 + seq;
  const request = `{"amount":"12500000","feature":"chat","idempotencyKey":"request-${seq}"}`;
  return change(bench.wallet, seq, {
    head: { seq, clock: at, balance: 9_000_000_000_000n - BigInt(seq) },
    unused: [`request-${seq}`],
    moved: [grant("g0", { remaining: 9_000_000_000_000n - BigInt(seq), consumed: BigInt(seq) })],
    entries: [entry(at, seq, { detail: '{"quantity":"1250","model":"large"}' })],
    receipts: [receipt(`request-${seq}`, { operationId: `${at}-${seq}`, recordedAt: at, request })],
    usage: [delta(at - (at % QUARTER_HOUR), { quantity: 1_250n })],
  });
}

/** Microseconds each, of the fastest round: the others were disturbed. */
async function measureCommits(bench: Bench): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const changes = [...withdrawals(bench, COMMITS_PER_ROUND)];
    const start = process.hrtime.bigint();
    for (const change of changes) await bench.store.commit([change]);
    best = Math.min(best, microseconds(start) / COMMITS_PER_ROUND);
  }
  return best;
}

async function measure(
  bench: Bench,
  loads: number,
  read: (bench: Bench) => { unless?: number },
): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let count = 0; count < loads; count++) {
      await bench.store.load([{ key: bench.wallet, ...read(bench) }]);
    }
    best = Math.min(best, microseconds(start) / loads);
  }
  return best;
}

async function measureLastPage(bench: Bench): Promise<number> {
  const pages = 1_000;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let count = 0; count < pages; count++) {
      await bench.store.list({ kind: "entries", where: { wallet: bench.wallet }, limit: 100, order: "desc" });
    }
    best = Math.min(best, microseconds(start) / pages);
  }
  return best;
}

function microseconds(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1_000;
}

function report(name: string, cost: number, base: number): void {
  console.log(`${name.padEnd(42)} ${cost.toFixed(2).padStart(9)} µs   × ${(cost / base).toFixed(2)}`);
}

await main();
