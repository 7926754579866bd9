/** `npm run demo`: an AI product, metered end to end at real prices, with an audit at the end. See docs/demo.md. */
import { CreditError } from "coffer";
import { HELP, parseOptions } from "./args.js";
import type { Options } from "./args.js";
import { conclude } from "./conclude.js";
import { createProgress, progressOf } from "./progress.js";
import { run } from "./run.js";
import { openStore } from "./stores/open.js";
import { StoreRefusal } from "./stores/refusal.js";
import { TraceError } from "./trace.js";
import { printYear } from "./year/print.js";
import { liveYear } from "./year/run.js";
import { UsageError } from "./usage-error.js";

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return options.year === undefined ? meter(options) : year(options, options.year);
}

async function meter(options: Options): Promise<number> {
  const { store, place, close } = await openStore(options.store);
  try {
    const progress = createProgress(process.stderr);
    const evidence = await run(options, store, progress);
    progress.done();
    const { output, complaints, status } = conclude(options, evidence);
    process.stdout.write(output);
    process.stderr.write(complaints);
    return status;
  } finally {
    await close();
    process.stderr.write(`${place}\n`);
  }
}

/** A year in the life of a SaaS, on a clock that is told. */
async function year(
  { seed, store: choice }: Options,
  { customers, journal }: NonNullable<Options["year"]>,
): Promise<number> {
  const { store, place, close } = await openStore(choice);
  try {
    const lived = await liveYear({ customers, seed, journal }, store, progressOf(process.stderr));
    process.stdout.write(printYear({ customers, seed }, lived));
    process.stderr.write(`Journal in ${lived.journal}\n`);
    process.stderr.write(lived.books.broken.map((finding) => `broken: ${finding}\n`).join(""));
    return lived.books.broken.length === 0 ? 0 : 1;
  } finally {
    await close();
    process.stderr.write(`${place}\n`);
  }
}

/** What the caller can put right is said in one line; anything else is a defect and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`demo: ${error.message}\nTry --help.\n`);
    return 2;
  }
  if (error instanceof TraceError) return fail(`cannot replay the trace: ${error.message}`);
  if (error instanceof StoreRefusal) return fail(`cannot use the store: ${error.message}`);
  if (CreditError.is(error, "store_unavailable")) return fail(error.message);
  throw error;
}

function fail(message: string): number {
  process.stderr.write(`demo: ${message}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(explain);
