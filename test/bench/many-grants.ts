/**
 * What a withdrawal costs as a wallet grows, as ratios: `npx tsx test/bench/many-grants.ts [history]`.
 *
 * Through the whole engine over the memory store: with 1, 100 and 10,000 open grants, and with a history of no entries
 * and of 100,000. Only the ratios of one run are worth comparing; nothing is asserted.
 */
import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";

const HISTORY = Number(process.argv[2] ?? 100_000);
const ROUNDS = 15;
const WITHDRAWALS_PER_ROUND = 400;

const catalog = defineCatalog({ currencies: { tokens: { name: "Tokens" } } });
const wallet = { customerId: "acme", currency: "tokens" } as const;

type Engine = ReturnType<typeof engine>;

function engine() {
  const credits = createCreditEngine({ catalog, store: memoryStore() });
  let keys = 0;
  const key = () => `k${keys++}`;
  return {
    grant: (amount: number) =>
      credits.grant({ ...wallet, amount, category: "promotional", idempotencyKey: key() }),
    withdraw: () => credits.withdraw({ ...wallet, amount: "0.001", idempotencyKey: key() }),
  };
}

/** A wallet with so many open grants, of which so many withdrawals have been made. */
async function grown(grants: number, history: number): Promise<Engine> {
  const credits = engine();
  await Promise.all(Array.from({ length: grants }, () => credits.grant(1_000)));
  for (let done = 0; done < history; done += WITHDRAWALS_PER_ROUND)
    await Promise.all(Array.from({ length: WITHDRAWALS_PER_ROUND }, credits.withdraw));
  return credits;
}

/** µs per withdrawal of one round: one after another, or all at once. */
async function measure(credits: Engine, atOnce: boolean): Promise<number> {
  const started = performance.now();
  if (atOnce) await Promise.all(Array.from({ length: WITHDRAWALS_PER_ROUND }, credits.withdraw));
  else for (let count = 0; count < WITHDRAWALS_PER_ROUND; count++) await credits.withdraw();
  return ((performance.now() - started) * 1_000) / WITHDRAWALS_PER_ROUND;
}

function median(rounds: readonly number[]): number {
  return rounds.toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? 0;
}

/** Rounds go through all wallets in turn, so that whatever else the machine does meets all of them alike. */
async function compare(
  wallets: readonly (readonly [what: string, Engine])[],
  atOnce: boolean,
): Promise<void> {
  const rounds = wallets.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, [, credits]] of wallets.entries()) rounds[index]?.push(await measure(credits, atOnce));
  const medians = rounds.map(median);
  const [base = 1] = medians;
  console.log(atOnce ? "\nall at once" : "one after another");
  for (const [index, [what]] of wallets.entries()) {
    const microseconds = medians[index] ?? 0;
    const ratio = (microseconds / base).toFixed(2);
    console.log(`${what.padEnd(40)} ${microseconds.toFixed(1).padStart(8)} µs   × ${ratio}`);
  }
}

const wallets: (readonly [string, Engine])[] = [];
for (const [grants, history] of [
  [1, 0],
  [100, 0],
  [10_000, 0],
  [1, HISTORY],
  [10_000, HISTORY],
] as const)
  wallets.push([`${grants} open grants, ${history} entries before`, await grown(grants, history)]);
await compare(wallets, false);
await compare(wallets, true);
