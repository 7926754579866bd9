import fc from "fast-check";
import { expect, test } from "vitest";
import { checkConservation, createReferenceModel } from "../../src/testing/model/index.js";
import { START, nextCall } from "./play.js";
import { profiles } from "./profiles.js";
import { runs, seed } from "./settings.js";
import type { Call } from "./world.js";

test("the reference model keeps the laws of conservation, whatever happens", () => {
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
        model.apply(now, call.verb, call.request);
        expect(checkConservation(model.state(now))).toEqual([]);
      }
    }),
    { numRuns: runs(60), seed: seed() },
  );
}, 120_000);
