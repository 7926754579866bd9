import fc from "fast-check";
import { expect, test } from "vitest";
import { WALLETS } from "./commands.js";
import { Coverage } from "./coverage.js";
import { Mirror } from "./mirror.js";
import { nextCall } from "./play.js";
import { profiles } from "./profiles.js";
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
    { numRuns: runs(150), seed: seed() },
  );
  if (process.env["COFFER_PROPERTY_COVERAGE"] !== undefined) process.stdout.write(`${coverage.toString()}\n`);
  expect(isDefaultBudget() ? coverage.missing() : []).toEqual([]);
}, 600_000);
