import fc from "fast-check";
import { expect, test } from "vitest";
import { checkConservation, createReferenceModel } from "../../src/testing/model/index.js";
import { WALLETS } from "./commands.js";
import { Coverage } from "./coverage.js";
import { START, nextCall } from "./play.js";
import { profiles } from "./profiles.js";
import { isDefaultBudget, runs, seed } from "./settings.js";
import type { Call } from "./world.js";

test("the reference model keeps the laws of conservation, whatever happens", () => {
  const coverage = new Coverage();
  fc.assert(
    fc.property(profiles(50), ({ catalog, steps }) => {
      const model = createReferenceModel(catalog);
      const calls: Call[] = [];
      let now = START;
      for (const step of steps) {
        const { at, call } = nextCall(model, step, calls, now);
        now = at;
        if (call === undefined) continue;
        calls.push(call);
        coverage.call(call, model.apply(now, call.verb, call.request));
        expect(checkConservation(model.state(now))).toEqual([]);
      }
      for (const wallet of WALLETS) coverage.books(model.ledger(now, wallet), model.grants(now, wallet));
    }),
    { numRuns: runs(200), seed: seed() },
  );
  if (process.env["COFFER_PROPERTY_COVERAGE"] !== undefined) process.stdout.write(`${coverage.toString()}\n`);
  expect(isDefaultBudget() ? coverage.missing() : []).toEqual([]);
}, 120_000);
