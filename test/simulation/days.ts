/**
 * Bad days, one after another, each of its own seed. A day that goes wrong is made as small as
 * it goes, and printed as the line that plays it again.
 */
import {
  type SimulationReport,
  type SimulationRun,
  USUAL_TROUBLE,
  shrinkSimulation,
  simulate,
} from "coffer/testing";
import { lineOf, readArgs } from "./args.js";
import { storeMaker } from "./stores.js";
import { Totals } from "./totals.js";

/** A denial makes an error; its stack is worth nothing here and costs much. */
Error.stackTraceLimit = 0;

const { store: kind, seed: first, runs, seconds, options } = readArgs(process.argv.slice(2));
const maker = await storeMaker(kind);
const totals = new Totals();
const began = performance.now();

const play = async (run: SimulationRun): Promise<SimulationReport> => {
  const { store, end } = await maker.make();
  try {
    return await simulate({ ...run, store });
  } finally {
    await end();
  }
};

async function failed(report: SimulationReport): Promise<void> {
  const run = { ...options, seed: report.seed, trace: undefined };
  console.log(`FAILED\n  ${report.problems.join("\n  ")}\n  ${lineOf(kind, run)}\n`);
  const smallest = await shrinkSimulation(run, { play });
  console.log(`the smallest:\n  ${lineOf(kind, smallest.run)}\n  ${smallest.report.problems.join("\n  ")}`);
}

const PROGRESS_EVERY = 50;

let isSound = true;
for (let run = 0; run < runs && isSound; run++) {
  if (performance.now() - began > seconds * 1_000) break;
  const report = await play({ ...options, seed: first + run });
  totals.add(report);
  isSound = report.problems.length === 0;
  if (!isSound) await failed(report);
  else if ((run + 1) % PROGRESS_EVERY === 0)
    console.log(
      `${run + 1} runs, ${totals.operations} operations, ${totals.perSecond(performance.now() - began)}`,
    );
}
await maker.stop();

console.log(totals.toString(performance.now() - began));
// A few steps need not meet everything; a long run that never met a fault tests less than it says.
const asked = Object.entries(options.faults ?? USUAL_TROUBLE).flatMap(([name, rate]) =>
  rate > 0 ? [name] : [],
);
const isLong = totals.operations >= 10_000;
const missed = asked.length < Object.keys(USUAL_TROUBLE).length ? [] : totals.unmet;
const unreached = isLong ? [...asked.filter((name) => !totals.met(name)), ...missed] : [];
if (unreached.length > 0) console.log(`never came: ${unreached.join(", ")}`);
process.exitCode = isSound && unreached.length === 0 ? 0 : 1;
