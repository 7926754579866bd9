import fc from "fast-check";
import { expect, test } from "vitest";
import { WALLETS } from "./commands.js";
import { Coverage } from "./coverage.js";
import { Mirror } from "./mirror.js";
import { nextCall } from "./play.js";
import { type Step, profiles } from "./profiles.js";
import { isDefaultBudget, runs, seed } from "./settings.js";
import type { Call } from "./world.js";

test("the engine does what the reference model does, step by step", async () => {
  const coverage = new Coverage();
  await fc.assert(
    fc.asyncProperty(profiles(40), async ({ catalog, steps }) => {
      const mirror = new Mirror(catalog);
      const calls: Call[] = [];
      const told: string[] = [];
      for (const step of steps) {
        const next = nextCall(mirror.model, step, calls, mirror.now, !mirror.hasRefused);
        mirror.proceed(next.at, step.process);
        if (next.call === undefined) continue;
        calls.push(next.call);
        const { outcome, broken } = await mirror.apply(next.call);
        coverage.call(next.call, outcome);
        told.push(
          `${mirror.now} ${next.call.verb} ${JSON.stringify(next.call.request)} → ${JSON.stringify(outcome)}`,
        );
        expect(broken, `\n${told.join("\n")}\n`).toEqual([]);
      }
      expect(await mirror.verify()).toEqual([]);
      mirror.restart();
      expect(await mirror.compareBooks(), `cold\n${told.join("\n")}\n`).toEqual([]);
      for (const wallet of WALLETS) {
        coverage.books(mirror.model.ledger(mirror.now, wallet), mirror.model.grants(mirror.now, wallet));
      }
    }),
    { numRuns: runs(160), seed: seed() },
  );
  if (process.env["COFFER_PROPERTY_COVERAGE"] !== undefined) process.stdout.write(`${coverage.toString()}\n`);
  expect(isDefaultBudget() ? coverage.missing() : []).toEqual([]);
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
    fc.asyncProperty(profiles(40), async ({ catalog, steps }) => {
      const mirror = new Mirror(catalog);
      const calls: Call[] = [];
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
