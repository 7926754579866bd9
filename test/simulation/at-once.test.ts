/** Several calls under way at once, on a store that takes its time: answers come in another order than what they tell. */
import { memoryStore } from "coffer/memory";
import { type SimulationReport, simulate } from "coffer/testing";
import type { CreditStore } from "coffer/store";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/testing/random.js";

/** Each call takes some turns of the event loop to arrive, and its answer some more. */
function unhurried(seed: number): CreditStore {
  const store = memoryStore();
  const random = new Random(seed);
  const way = async () => {
    for (let turns = random.below(6); turns > 0; turns--) await new Promise(setImmediate);
  };
  const slowly = async <Value>(run: () => Promise<Value>): Promise<Value> => {
    await way();
    try {
      return await run();
    } finally {
      await way();
    }
  };
  return {
    limits: store.limits,
    load: (reads) => slowly(() => store.load(reads)),
    commit: (changes) => slowly(() => store.commit(changes)),
    transact: (reads, decide) => slowly(() => store.transact(reads, decide)),
    list: (query) => slowly(() => store.list(query)),
    usage: (query) => slowly(() => store.usage(query)),
    due: (query) => slowly(() => store.due(query)),
    events: (query) => slowly(() => store.events(query)),
    prune: (query) => slowly(() => store.prune(query)),
    close: () => store.close(),
  };
}

describe("with several calls under way at once", () => {
  const atOnce = (seed: number, steps: number): Promise<SimulationReport> =>
    simulate({ seed, steps, store: unhurried(seed), concurrency: 4, clients: 8, checkEvery: 40 });

  test("the auditor takes what it hears late for no wrong", async () => {
    for (let seed = 1; seed <= 2; seed++) {
      const report = await atOnce(seed, 150);
      expect(report.problems, `seed ${seed}`).toEqual([]);
      expect(report.replayed.mutations).toBeGreaterThan(30);
      expect(report.met.conflicts).toBeGreaterThan(0);
    }
  }, 60_000);
});
