/** `npm run demo`: an AI product, metered end to end at real prices, with an audit at the end. See docs/demo.md. */
import { HELP, parseOptions, UsageError } from "./args.js";
import type { Options } from "./args.js";
import { conclude } from "./conclude.js";
import { createProgress } from "./progress.js";
import { run } from "./run.js";
import { TraceError } from "./trace.js";

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return meter(options);
}

async function meter(options: Options): Promise<number> {
  const progress = createProgress(process.stderr);
  const evidence = await run(options, progress);
  progress.done();
  const { output, complaints, status } = conclude(options, evidence);
  process.stdout.write(output);
  process.stderr.write(complaints);
  return status;
}

/** What the caller can put right is said in one line; anything else is a defect and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`demo: ${error.message}\nTry --help.\n`);
    return 2;
  }
  if (error instanceof TraceError) {
    process.stderr.write(`demo: cannot replay the trace: ${error.message}\n`);
    return 1;
  }
  throw error;
}

process.exitCode = await main(process.argv.slice(2)).catch(explain);
