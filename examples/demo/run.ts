import type { CreditStore } from "coffer/store";
import { openAccounts } from "./accounts.js";
import type { Options } from "./args.js";
import type { Evidence } from "./audit.js";
import { createMeter } from "./meter.js";
import { readPriceList } from "./prices.js";
import type { PriceList } from "./prices.js";
import type { Progress } from "./progress.js";
import { openSession } from "./session.js";
import type { Session } from "./session.js";
import { readStatements } from "./statements.js";
import { seededArrivals } from "./stream.js";
import { traceArrivals } from "./trace.js";
import { createAssigner } from "./workload.js";
import type { Arrival } from "./workload.js";

const HOUR_MS = 60 * 60 * 1000;

/** What is metered; where the credits are kept must make no difference. */
export type RunOptions = Pick<Options, "trace" | "requests" | "seed">;

export interface Run extends Evidence {
  readonly firstAt: Date;
  /** When the run ended, after everything planned was done. */
  readonly endedAt: Date;
}

/** Meters every request, lets what is planned come to its end, and asks the engine for its statements. */
export async function run(options: RunOptions, store: CreditStore, progress: Progress): Promise<Run> {
  const prices = readPriceList();
  const { session, firstAt } = await meterAll(options, prices, store, progress);
  const { credits, timeline, book } = session;
  await timeline.finish();
  await timeline.advanceTo(firstAt + HOUR_MS);
  const endedAt = new Date(timeline.now());
  const statements = await readStatements(credits, endedAt);
  await credits.close();
  return { prices, ...book, statements, firstAt: new Date(firstAt), endedAt };
}

async function meterAll(options: RunOptions, prices: PriceList, store: CreditStore, progress: Progress) {
  const assign = createAssigner(options.seed);
  let opened: { readonly session: Session; readonly meter: ReturnType<typeof createMeter> } | undefined;
  let metered = 0;
  for await (const arrival of arrivalsOf(options, progress)) {
    opened ??= await open(prices, store, options.seed, arrival.at);
    await opened.session.timeline.advanceTo(arrival.at);
    await opened.meter(assign(arrival));
    metered += 1;
    progress.metered(metered, options.requests);
    if (metered === options.requests) break;
  }
  if (opened === undefined) throw new Error("There was nothing to meter.");
  return { session: opened.session, firstAt: opened.session.start };
}

async function open(prices: PriceList, store: CreditStore, seed: number, start: number) {
  const session = openSession(prices, store, seed, start);
  await openAccounts(session);
  return { session, meter: createMeter(session) };
}

function arrivalsOf(
  { trace, requests, seed }: RunOptions,
  progress: Progress,
): Iterable<Arrival> | AsyncIterable<Arrival> {
  return trace === undefined ? seededArrivals(seed, requests ?? 0) : traceArrivals(trace, progress.read);
}
