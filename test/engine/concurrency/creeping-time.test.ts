/** Time goes on between two looks at it: whatever a caller's last moment meets, the caller is answered, and truly. */
import { setImmediate } from "node:timers/promises";
import { CreditError, type Pace } from "coffer";
import { memoryStore } from "coffer/memory";
import { expect, test } from "vitest";
import { ACME, START, engineOn, gift } from "../support.js";

/** Each look at it finds it a millisecond on; pauses take their time and no other. */
function creepingPace(): Pace {
  let now = 0;
  return {
    monotonicMs: () => (now += 1),
    wait: async (ms) => {
      now += ms;
      await setImmediate();
    },
    random: () => 0.5,
  };
}

const LONGEST_TIMEOUT_MS = 60;
const TURNS = 50;

/** What came of a call within some turns of the event loop; undefined: nothing. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  let outcome: unknown;
  void call.then(
    () => (outcome = "done"),
    (error: unknown) => (outcome = error),
  );
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  return outcome;
}

test("whichever look finds the time up", async () => {
  let timedOut = 0;
  for (let timeoutMs = 1; timeoutMs <= LONGEST_TIMEOUT_MS; timeoutMs++) {
    const store = memoryStore();
    const patient = engineOn(store, () => START);
    await gift(patient, 100);
    const hasty = engineOn(store, () => START, { pace: creepingPace(), timeoutMs });
    const requests = ["first", "second"].map((idempotencyKey) => ({ ...ACME, amount: 1, idempotencyKey }));
    const outcomes = await Promise.all(requests.map((request) => outcomeOf(hasty.withdraw(request))));
    for (const [index, outcome] of outcomes.entries()) {
      const [request] = requests.slice(index);
      expect(outcome, `${timeoutMs} ms`).toBeDefined();
      if (request === undefined || outcome === "done") continue;
      timedOut++;
      if (!CreditError.is(outcome, "store_unavailable")) throw outcome;
      const { replayed } = await patient.withdraw(request);
      // Nothing was written where that was said.
      if (outcome.message.includes("Nothing was written")) expect(replayed, `${timeoutMs} ms`).toBe(false);
    }
  }
  expect(timedOut).toBeGreaterThan(0);
});
