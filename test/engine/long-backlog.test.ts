/** Years of due periods take longer to write than one call may take: each portion that is written has its own time. */
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { scriptedStore } from "./concurrency/scripted-store.js";
import { ACME, type Engine, START, engineOn, expectSound, newKey, use } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

/** What each change takes of the 10 seconds that a call has. */
const COMMIT_MS = 900;

const hourly = { ...ACME, amount: 100, every: { hours: 1 }, category: "promotional" } as const;

/** Hourly periods that are due, a store that takes little at a time, and time for it. */
async function behind(days: number = 40) {
  const beneath = memoryStore({ limits: { rowsPerChange: 400 } });
  const store = scriptedStore(beneath);
  const clock = manualClock(START);
  const pace = virtualPace();
  const slow = engineOn(store, clock, { pace });
  await slow.schedule({ ...hourly, idempotencyKey: newKey() });
  await slow.schedule({ ...hourly, customerId: "beta", idempotencyKey: newKey() });
  if (days > 0) clock.advance({ days });
  const { commit, transact } = store;
  store.commit = (...call) => {
    pace.pass(COMMIT_MS);
    return commit(...call);
  };
  store.transact = (...call) => {
    pace.pass(COMMIT_MS);
    return transact(...call);
  };
  const began = pace.monotonicMs();
  return { credits: slow, beneath, store, clock, tookMs: () => pace.monotonicMs() - began };
}

const calls: Readonly<Record<string, (credits: Engine) => Promise<unknown>>> = {
  "a listing": (credits) => credits.grants(ACME),
  "a withdrawal": (credits) => use(credits, 1),
  "a withdrawal with others behind it": (credits) => afterTheFirst(() => use(credits, 1)),
  "a transfer": (credits) =>
    credits.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: newKey() }),
  "a subscription": (credits) =>
    credits.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() }),
  "a run": (credits) => credits.runDue(),
};

/** Others come while the first is being written. */
async function afterTheFirst(call: () => Promise<unknown>): Promise<void> {
  const first = call();
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, call(), call()]);
}

describe("a wallet that nobody has looked at for 960 periods", () => {
  test.each(Object.keys(calls))("%s takes as long as all of them need", async (name) => {
    const { credits, beneath, tookMs } = await behind();
    await calls[name]?.(credits);
    expect(tookMs()).toBeGreaterThan(10_000);
    expect((await credits.balance(ACME)).version).toBeGreaterThan(10);
    await expectSound(beneath);
  });

  test("a read that would hold more than it may in memory takes as long, too", async () => {
    const { credits, tookMs } = await behind(150);
    expect((await credits.check({ ...ACME, amount: 1 })).allowed).toBe(true);
    expect(tookMs()).toBeGreaterThan(10_000);
  });

  test("a runner writes one such wallet after the other, not all at once", async () => {
    const { credits, store, clock } = await behind(0);
    // Wallets of one customer stand in one part of the store: a runner meets them together.
    for (const scope of ["a", "b", "c", "d", "e", "f", "g", "h"])
      await credits.schedule({ ...hourly, scope, idempotencyKey: newKey() });
    clock.advance({ days: 3 });
    const changes: number[] = [];
    const { commit } = store;
    store.commit = (...call) => {
      changes.push(call[0].length);
      return commit(...call);
    };
    expect(await credits.runDue()).toEqual({ wallets: 10, skipped: 0 });
    expect(Math.max(...changes)).toBe(1);
  });

  test("a store that fails for good still ends the call in its time", async () => {
    const { credits, store, tookMs } = await behind();
    const { commit } = store;
    let left = 5;
    store.commit = (...call) =>
      left-- > 0 ? commit(...call) : Promise.reject(new StoreError("transient", "down"));
    await expect(use(credits, 1)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(tookMs()).toBeLessThan(6 * COMMIT_MS + 10_500);
  });
});
