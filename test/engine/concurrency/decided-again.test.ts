/** A store with locks may call `decide` again, on other snapshots: what counts is the last time. */
import { type MemoryStore, memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { ACME, START, engineOn, gift, newKey, use } from "../support.js";

/** Always busy, so that all is decided under the lock; the first transact decides twice, in vain the second time. */
function decidingInVain(beneath: MemoryStore): CreditStore {
  let isFirst = true;
  return {
    limits: beneath.limits,
    load: (reads) => beneath.load(reads),
    commit: (changes) => Promise.resolve(changes.map(() => ({ status: "busy" as const }))),
    transact: async (reads, decide) => {
      if (!isFirst) return beneath.transact(reads, decide);
      isFirst = false;
      const snapshots = await beneath.load(reads);
      expect(decide(snapshots)).toHaveLength(1);
      expect(decide([])).toEqual([]);
    },
    list: (query) => beneath.list(query),
    usage: (query) => beneath.usage(query),
    due: (query) => beneath.due(query),
    events: (query) => beneath.events(query),
    prune: (query) => beneath.prune(query),
    close: () => beneath.close(),
  };
}

test("what was decided first and not the last time is decided anew, and written once", async () => {
  const beneath = memoryStore();
  const clock = manualClock(START);
  await gift(engineOn(beneath, clock), 100);
  const answer = await use(engineOn(decidingInVain(beneath), clock), 30, newKey());
  expect([answer.available.toNumber(), answer.replayed]).toEqual([70, false]);
  expect((await engineOn(beneath, clock).balance(ACME)).available.toNumber()).toBe(70);
});
