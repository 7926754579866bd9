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

/** µs per withdrawal, the median of the rounds: one after another, or all at once. */
async function measure(credits: Engine, atOnce: boolean): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    if (atOnce) await Promise.all(Array.from({ length: WITHDRAWALS_PER_ROUND }, credits.withdraw));
    else for (let count = 0; count < WITHDRAWALS_PER_ROUND; count++) await credits.withdraw();
    rounds.push(((performance.now() - started) * 1_000) / WITHDRAWALS_PER_ROUND);
  }
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function report(what: string, microseconds: number, base: number): void {
  console.log(
    `${what.padEnd(44)} ${microseconds.toFixed(1).padStart(8)} µs   × ${(microseconds / base).toFixed(2)}`,
  );
}

async function compare(atOnce: boolean): Promise<void> {
  console.log(atOnce ? "\nall at once" : "one after another");
  const base = await measure(await grown(1, 0), atOnce);
  report("1 open grant, no history", base, base);
  for (const grants of [100, 10_000])
    report(`${grants} open grants, no history`, await measure(await grown(grants, 0), atOnce), base);
  report(`1 open grant, ${HISTORY} entries`, await measure(await grown(1, HISTORY), atOnce), base);
  report(`10000 open grants, ${HISTORY} entries`, await measure(await grown(10_000, HISTORY), atOnce), base);
}

await measure(await grown(1, 0), true); // Warm.
await compare(false);
await compare(true);
