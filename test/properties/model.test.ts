import { checkConservation, createReferenceModel, creditArbitraries } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call } from "../../src/testing/arbitraries/calls.js";
import { nextCall } from "../../src/testing/arbitraries/next-call.js";
import { runs, seed } from "./settings.js";

test("the reference model keeps the laws of conservation, whatever happens", () => {
  fc.assert(
    fc.property(creditArbitraries(fc).sequences({ maxSteps: 50 }), ({ catalog, startsAt, steps }) => {
      const model = createReferenceModel(catalog);
      const calls: Call[] = [];
      let now = startsAt;
      for (const step of steps) {
        const { at, call } = nextCall(model, step, calls, now);
        now = at;
        if (call === undefined) continue;
        calls.push(call);
        model.apply(now, call.verb, call.request);
        expect(checkConservation(model.state(now))).toEqual([]);
      }
    }),
    { numRuns: runs(60), seed: seed() },
  );
}, 120_000);
