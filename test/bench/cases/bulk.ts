import { TOKENS_PER_CALL, customers } from "../contenders/catalog.js";
import { type Engine, checkSpent, engineOn, fund } from "../contenders/coffer.js";
import { type Contender, type Figures, compare } from "../measure/compare.js";
import { timed } from "../measure/drive.js";
import type { Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const EVENTS = 10_000;
const DUPLICATES = EVENTS / 10;
const CUSTOMERS = customers(1_000);

type Events = Parameters<Engine["withdrawMany"]>[0];

/** Of every ten events the last says again what one of the others said. */
function eventsOf(round: number): Events {
  return Array.from({ length: EVENTS }, (_, index) => {
    const event = index % 10 === 9 ? index - 1 - ((index * 7) % 9) : index;
    return {
      customerId: CUSTOMERS[(event * 7) % CUSTOMERS.length] ?? "",
      feature: "chat",
      quantity: TOKENS_PER_CALL,
      idempotencyKey: `event-${round}-${event}`,
    };
  });
}

async function ingest(credits: Engine, events: Events, expectedReplays: number): Promise<void> {
  const outcomes = await credits.withdrawMany(events);
  let replays = 0;
  for (const outcome of outcomes) {
    if (!outcome.ok) throw outcome.error;
    if (outcome.value.replayed) replays++;
  }
  if (replays !== expectedReplays)
    throw new Error(`${replays} events were told to be duplicates where ${expectedReplays} are`);
}

/** One call with all events; then the same call again. */
export function bulk({ rounds }: Settings): Promise<Report> {
  return onPostgres(async ({ storeIn, version }) => {
    const store = await storeIn("coffer");
    const credits = engineOn(store);
    await fund(credits, CUSTOMERS);
    let round = 0;
    const check = () => checkSpent(credits, CUSTOMERS, round * (EVENTS - DUPLICATES));
    const first: Contender = {
      name: "the first time, 10 % duplicates",
      round: () => {
        const events = eventsOf(round++);
        return timed(EVENTS, () => ingest(credits, events, DUPLICATES));
      },
      check,
    };
    const again: Contender = {
      name: "again, all duplicates",
      round: () => {
        const events = eventsOf(round - 1);
        return timed(EVENTS, () => ingest(credits, events, EVENTS));
      },
      check,
    };
    const afterStart: Contender = {
      name: "again, by an engine that remembers nothing",
      round: () => {
        const events = eventsOf(round - 1);
        const started = engineOn(store);
        return timed(EVENTS, () => ingest(started, events, EVENTS));
      },
      check,
    };
    const figures = await compare([first, again, afterStart], rounds);
    const goal = (what: string, of: Figures) =>
      ({
        what: `${what}, against the first time`,
        value: speedup(of, figures[0]),
        unit: "×",
        atLeast: 1,
      }) as const;
    const goals = [goal("Again", figures[1]), goal("Again, by an engine that remembers nothing", figures[2])];
    return speeds("PostgreSQL, `withdrawMany` of 10,000 events over 1,000 wallets", figures, goals, [
      version,
    ]);
  });
}
