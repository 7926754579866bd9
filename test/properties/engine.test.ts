import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { Coverage, Mirror, creditArbitraries } from "coffer/testing";
import type { Sequence, Step } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nextCall } from "../../src/testing/arbitraries/next-call.js";
import { isDefaultBudget, runs, seed } from "./settings.js";

const arbitrary = creditArbitraries(fc);

function mirrorOf({ catalog, startsAt }: Omit<Sequence, "steps">, coverage = new Coverage()): Mirror {
  const store = memoryStore();
  return new Mirror({
    catalog,
    startsAt,
    coverage,
    createEngine: (parts) => createCreditEngine({ ...parts, store }),
  });
}

test("the engine does what the reference model does, step by step", async () => {
  const coverage = new Coverage();
  await fc.assert(
    fc.asyncProperty(arbitrary.sequences(), async ({ steps, ...start }) => {
      const mirror = mirrorOf(start, coverage);
      for (const step of steps) await mirror.play(step);
      await mirror.finish();
    }),
    { numRuns: runs(160), seed: seed() },
  );
  if (process.env["COFFER_PROPERTY_COVERAGE"] !== undefined) process.stdout.write(`${coverage.toString()}\n`);
  expect(isDefaultBudget() ? coverage.missing() : []).toEqual([]);
}, 600_000);

test("commands of a model run do, too", async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitrary.catalogs(),
      arbitrary.starts(),
      arbitrary.commands({ maxCommands: 20 }),
      async (catalog, startsAt, commands) => {
        const mirror = mirrorOf({ catalog, startsAt });
        await fc.asyncModelRun(() => ({ model: mirror.model, real: mirror }), commands);
        await mirror.finish();
      },
    ),
    { numRuns: runs(15), seed: seed() },
  );
}, 600_000);

/** Whether a request can be decided on a wallet as it is held in memory, with nothing more to read. */
function needsNoReading({ action }: Step): boolean {
  if (action.kind === "withdraw") return action.late === undefined;
  if (action.kind === "adjust") return action.target === undefined;
  return action.kind === "grant" || action.kind === "reserve" || action.kind === "setPolicy";
}

/**
 * Steps in groups that are sent together. What needs closed grants, old entries or a second wallet goes alone: while
 * it is read, later requests may be decided.
 */
function inBursts(steps: readonly Step[]): Step[][] {
  const bursts: Step[][] = [];
  for (const step of steps) {
    const last = bursts.at(-1) ?? [];
    if (last.length > 0 && last.length < 6 && [...last, step].every(needsNoReading)) last.push(step);
    else bursts.push([step]);
  }
  return bursts;
}

test("requests sent together are decided in their order, as if one by one", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrary.sequences(), async ({ steps, ...start }) => {
      const mirror = mirrorOf(start);
      const { calls } = mirror;
      for (const burst of inBursts(steps)) {
        const [first] = burst;
        if (first === undefined) continue;
        const { at } = nextCall(mirror.model, first, calls, mirror.now, !mirror.hasRefused);
        mirror.proceed(at, first.process);
        const together = burst.flatMap((step) => {
          const { call } = nextCall(mirror.model, { ...step, wait: 0 }, calls, mirror.now);
          if (call !== undefined) calls.push(call);
          return call ?? [];
        });
        const { broken } = await mirror.applyTogether(together);
        expect(broken, `\n${calls.map((call) => JSON.stringify(call)).join("\n")}\n`).toEqual([]);
      }
      expect(await mirror.verify()).toEqual([]);
    }),
    { numRuns: runs(50), seed: seed() },
  );
}, 600_000);
