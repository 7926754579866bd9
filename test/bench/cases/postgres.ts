import { bareStore } from "../contenders/bare-store.js";
import { customers } from "../contenders/catalog.js";
import { type Load, coffer } from "../contenders/coffer.js";
import { naivePostgres } from "../contenders/naive-postgres.js";
import { type Figures, compare } from "../measure/compare.js";
import type { Goal, Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const BARE_OPERATIONS = 20_000;

type Goals = (naive: Figures, bare: Figures, ours: Figures) => readonly Goal[];

function against(title: string, { rounds }: Settings, load: Load, goals: Goals): Promise<Report> {
  return onPostgres(async ({ url, storeIn, version }) => {
    const naive = await naivePostgres(url, load);
    const bare = await bareStore("bare batched statement", await storeIn("bare"), {
      ...load,
      operations: BARE_OPERATIONS,
    });
    const ours = await coffer("coffer", await storeIn("coffer"), load);
    const figures = await compare([naive, bare, ours], rounds);
    await naive.end();
    return speeds(title, figures, goals(...figures), [version]);
  });
}

const WITH_FEW = 256;

/** What is wanted of one hot wallet by the number of its callers. */
const HOT_GOALS: ReadonlyMap<number, Goals> = new Map<number, Goals>([
  [
    1,
    (naive, _, ours) => [
      { what: "p50 against naive", value: ours.p50Ms / naive.p50Ms, unit: "×", atMost: 1 },
    ],
  ],
  [
    32,
    (naive, _, ours) => [
      { what: "p99 against naive", value: ours.p99Ms / naive.p99Ms, unit: "×", atMost: 0.1 },
    ],
  ],
  [
    WITH_FEW,
    (naive, bare, ours) => [
      { what: "Against naive", value: speedup(ours, naive), unit: "×", atLeast: 30 },
      { what: "Against the bare statement", value: speedup(ours, bare), unit: "%", atLeast: 0.6 },
    ],
  ],
  [
    1_000,
    (naive, _, ours) => [{ what: "Against naive", value: speedup(ours, naive), unit: "×", atLeast: 50 }],
  ],
]);

export const hot =
  (callers: number) =>
  (settings: Settings): Promise<Report> =>
    against(
      `PostgreSQL, one wallet, ${callers} callers`,
      settings,
      { callers, ms: settings.ms, customers: ["acme"] },
      HOT_GOALS.get(callers) ?? (() => []),
    );

/** Ever more callers on one wallet: a queue that grows must not slow the work. */
export function crowd({ rounds, ms }: Settings): Promise<Report> {
  const load = (callers: number) => ({ callers, ms, customers: ["acme"] });
  return onPostgres(async ({ storeIn, version }) => {
    const few = await coffer("256 callers", await storeIn("few"), load(WITH_FEW));
    const many = await coffer("1,000 callers", await storeIn("many"), load(1_000));
    const figures = await compare([few, many], rounds);
    const goals: Goal[] = [
      { what: "1,000 callers against 256", value: speedup(figures[1], figures[0]), unit: "×", atLeast: 1 },
    ];
    return speeds("PostgreSQL, one wallet, ever more callers", figures, goals, [version]);
  });
}

const WALLETS = 10_000;
const MANY_CALLERS = 1_000;

export function uniform(settings: Settings): Promise<Report> {
  return against(
    `PostgreSQL, 10,000 wallets, 1,000 callers`,
    settings,
    { callers: MANY_CALLERS, ms: settings.ms, customers: customers(WALLETS) },
    (naive, bare, ours) => [
      { what: "Against naive", value: speedup(ours, naive), unit: "×", atLeast: 8 },
      { what: "Against the bare statement", value: speedup(ours, bare), unit: "%", atLeast: 0.8 },
    ],
  );
}
