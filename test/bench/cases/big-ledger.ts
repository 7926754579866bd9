import { withdrawals } from "../contenders/coffer.js";
import { CREDITS_AT_FIRST, CREDITS_PER_CALL } from "../contenders/catalog.js";
import { type Grown, YEAR_MS, grown } from "../contenders/history.js";
import { type Contender, type Figures, compare } from "../measure/compare.js";
import { drive } from "../measure/drive.js";
import { type Goal, type Report, ms as inMs, whole } from "../measure/report.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const WALLET = { customerId: "acme", currency: "credits" } as const;
const MOST_RATIO = 1.1;
const MOST_USAGE_MS = 50;

/** What is asked of a wallet, one call after the other. */
type Ask = (wallet: Grown) => () => Promise<unknown>;

/** The first withdrawals fill the page that is read of a wallet without history. */
const ASKED: ReadonlyMap<string, Ask> = new Map<string, Ask>([
  ["withdraw", ({ credits }) => withdrawals(credits, [WALLET.customerId])],
  [
    "withdraw, by an engine that remembers nothing",
    ({ started }) => {
      let calls = 0;
      return () => withdrawals(started(), [WALLET.customerId], `started-${calls++}`)();
    },
  ],
  [
    "balance",
    ({ credits }) =>
      () =>
        credits.balance(WALLET),
  ],
  [
    "first page of the ledger",
    ({ credits }) =>
      () =>
        credits.ledger(WALLET),
  ],
  [
    "last page of the ledger",
    ({ credits }) =>
      () =>
        credits.ledger({ ...WALLET, order: "desc" }),
  ],
  [
    "a page of half a year ago",
    ({ credits }) =>
      () =>
        credits.ledger({ ...WALLET, from: Date.now() - YEAR_MS / 2 }),
  ],
  [
    "usage, a year by day",
    ({ credits }) =>
      () =>
        credits.usage({ ...WALLET, from: Date.now() - YEAR_MS, to: Date.now(), every: "day" }),
  ],
]);

/** Withdrawals change what is left, the rest changes nothing: after each round both hold. */
function contendersOf(wallet: Grown, ms: number): readonly Contender[] {
  let made = wallet.entries;
  return [...ASKED].map(([name, ask]) => {
    const call = ask(wallet);
    return {
      name,
      round: async () => {
        const round = await drive(1, ms, call);
        if (name.startsWith("withdraw")) made += round.operations;
        return round;
      },
      check: async () => {
        const { balance } = await wallet.credits.balance(WALLET);
        const expected = CREDITS_AT_FIRST - made * CREDITS_PER_CALL;
        if (!balance.equals(expected))
          throw new Error(`${String(balance)} credits are left where ${expected} must be`);
      },
    };
  });
}

/** What calls cost on a wallet with a long history, against one with none. */
export function bigLedger({ rounds, ms, entries }: Settings): Promise<Report> {
  return onPostgres(async (postgres) => {
    const empty = await grown(postgres, "empty", 0);
    const big = await grown(postgres, "big", entries);
    const short = contendersOf(empty, ms);
    const long = contendersOf(big, ms);
    const turns = short.flatMap((contender, index) => [contender, long[index] ?? contender]);
    const figures = await compare(turns, rounds);
    for (const { credits } of [empty, big]) {
      const { ok } = await credits.verifyLedger(WALLET);
      if (!ok) throw new Error("the ledger does not prove itself");
    }
    return report(entries, figures, postgres.version);
  });
}

interface Pair {
  readonly name: string;
  readonly none: Figures;
  readonly many: Figures;
}

function report(entries: number, figures: readonly Figures[], version: string): Report {
  const pairs = [...ASKED.keys()].flatMap((name): readonly Pair[] => {
    const [none, many] = figures.filter((of) => of.name === name);
    return none === undefined || many === undefined ? [] : [{ name, none, many }];
  });
  return {
    title: `PostgreSQL, one wallet with ${whole(entries)} ledger entries against none, one caller`,
    columns: [
      "",
      "none, p50 ms",
      `${whole(entries)}, p50 ms`,
      "ratio",
      "none, p99 ms",
      `${whole(entries)}, p99 ms`,
    ],
    rows: pairs.map(({ name, none, many }) => [
      name,
      inMs(none.p50Ms),
      inMs(many.p50Ms),
      `${(many.p50Ms / none.p50Ms).toFixed(2)}×`,
      inMs(none.p99Ms),
      inMs(many.p99Ms),
    ]),
    goals: pairs.flatMap(goalsOf),
    notes: [
      "The engine made the history itself, by a clock that went through a year; then the tables were vacuumed, and after the last round the whole ledger was verified.",
      version,
    ],
    figures: pairs,
  };
}

function goalsOf({ name, none, many }: Pair): readonly Goal[] {
  if (name === "withdraw")
    return [{ what: "Withdraw, p50", value: many.p50Ms / none.p50Ms, unit: "×", atMost: MOST_RATIO }];
  if (name.startsWith("usage"))
    return [{ what: "Usage, a year by day, p50", value: many.p50Ms, unit: "ms", atMost: MOST_USAGE_MS }];
  return [];
}
