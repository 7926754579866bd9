import { CreditError } from "coffer";
import { CREDITS_AT_FIRST, CREDITS_PER_CALL } from "../contenders/catalog.js";
import { type Engine, type EngineOptions, engineOn, fund, withdrawals } from "../contenders/coffer.js";
import { drive, perSecond } from "../measure/drive.js";
import { type HeapSample, lowPoints, watchHeap } from "../measure/heap.js";
import { type Flood, flood } from "../measure/open-loop.js";
import { type Report, ms as inMs, whole } from "../measure/report.js";
import { quantile } from "../measure/statistics.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const WALLET = { customerId: "acme", currency: "credits" } as const;
const CALLERS = 256;
const TIMES_CAPACITY = 2;
const MOST_GROWTH = 1.1;

type Store = Parameters<typeof engineOn>[0];

/** Calls arrive twice as fast as they can be answered, for `ms` in all. */
export function overload({ ms, mostWaiting }: Settings): Promise<Report> {
  return onPostgres(async ({ storeIn, version }) => {
    const store = await storeIn("coffer");
    const { credits, isBounded } = boundedEngine(store, mostWaiting);
    await fund(credits, [WALLET.customerId]);
    const call = withdrawals(credits, [WALLET.customerId], "warm");
    const measureMs = Math.min(ms, 5_000);
    const warm = await drive(CALLERS, measureMs, call);
    const closed = await drive(CALLERS, measureMs, call);
    const capacity = perSecond(closed);
    const heap = watchHeap();
    const flooded = await flood(
      TIMES_CAPACITY * capacity,
      ms,
      withdrawals(credits, [WALLET.customerId], "flood"),
      (error) => (CreditError.is(error) ? error.code : String(error)),
    );
    const samples = heap.stop();
    await check(credits, warm.operations + closed.operations, flooded);
    const bound = isBounded
      ? `At most ${whole(mostWaiting)} calls wait in the engine.`
      : "The engine's queue has no bound; calls are given up when their time is up.";
    return report({ capacity, flooded, samples, notes: [bound, version] });
  });
}

/** With a bound where this version of the engine knows one. */
function boundedEngine(store: Store, mostWaiting: number): { credits: Engine; isBounded: boolean } {
  const queue: EngineOptions & { readonly queue: unknown } = { queue: { mostWaiting } };
  try {
    return { credits: engineOn(store, queue), isBounded: true };
  } catch (error) {
    if (!CreditError.is(error, "invalid_input")) throw error;
    return { credits: engineOn(store), isBounded: false };
  }
}

/** Calls whose time was up may have been done or not; all others are told for certain. */
async function check(credits: Engine, before: number, { answered, refused }: Flood): Promise<void> {
  const { balance } = await credits.balance(WALLET);
  const done = (CREDITS_AT_FIRST - balance.toNumber()) / CREDITS_PER_CALL;
  const least = before + answered;
  const most = least + (refused.get("store_unavailable") ?? 0);
  if (done < least || done > most)
    throw new Error(`${done} withdrawals were done where at least ${least} and at most ${most} may be`);
  const { ok } = await credits.verifyLedger(WALLET);
  if (!ok) throw new Error("the ledger does not prove itself");
}

interface Found {
  readonly capacity: number;
  readonly flooded: Flood;
  readonly samples: readonly HeapSample[];
  readonly notes: readonly string[];
}

function report({ capacity, flooded, samples, notes }: Found): Report {
  const { ms, drainMs, arrived, answered, answeredInTime, refused, latenciesMs } = flooded;
  const [start = 0, middle = 0, end = 0] = lowPoints(samples);
  const rate = (calls: number) => [whole(calls), whole((calls / ms) * 1_000)];
  const mib = (value: number) => `${whole(value)} MiB`;
  return {
    title: `PostgreSQL, one wallet, ${TIMES_CAPACITY} times its capacity for ${whole(ms / 1_000)} s`,
    columns: ["", "calls", "per second"],
    rows: [
      [`capacity (${CALLERS} callers, one call after another)`, "", whole(capacity)],
      ["arrived", ...rate(arrived)],
      ["answered while they came", ...rate(answeredInTime)],
      [`answered in the ${whole(drainMs)} ms after`, whole(answered - answeredInTime), ""],
      ...[...refused].map(([code, calls]) => [`refused: \`${code}\``, ...rate(calls)]),
    ],
    goals: [
      {
        what: "Heap of the last third against the middle one",
        value: end / middle,
        unit: "×",
        atMost: MOST_GROWTH,
      },
    ],
    notes: [
      `Heap, lowest of the first, the middle and the last third: ${[start, middle, end].map(mib).join(", ")}; at most ${mib(Math.max(...samples.map((sample) => sample.mib)))}.`,
      `Answered calls: p50 ${inMs(quantile(latenciesMs, 0.5))} ms, p99 ${inMs(quantile(latenciesMs, 0.99))} ms.`,
      ...notes,
    ],
    figures: {
      capacity,
      ...flooded,
      latenciesMs: undefined,
      refused: Object.fromEntries(refused),
      heap: samples,
    },
  };
}
