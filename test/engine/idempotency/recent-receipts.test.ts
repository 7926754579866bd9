/** A repeat of a recent key is answered from memory; whatever is not certain is asked of the store. */
import { StoreError } from "coffer/store";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { scriptedStore } from "../concurrency/scripted-store.js";
import { ACME, START, engineOn, gift, newKey, refusedWith } from "../support.js";
import { appStore } from "../transactions/app-store.js";

async function stage() {
  const beneath = memoryStore();
  const clock = manualClock(START);
  const store = scriptedStore(beneath);
  const { calls } = store;
  const credits = engineOn(store, clock);
  await gift(credits, 100);
  const take = (idempotencyKey: string, quantity = 1, by = credits) =>
    by.withdraw({ customerId: ACME.customerId, feature: "unit", quantity, idempotencyKey });
  return { beneath, clock, credits, calls, take };
}

test("a repeat costs no call of the store", async () => {
  const { calls, take } = await stage();
  const first = await take("k");
  calls.length = 0;
  const again = await take("k");
  expect(again).toMatchObject({ replayed: true, id: first.id });
  expect(calls).toEqual([]);
});

test("repeats among fresh requests cost these no second commit", async () => {
  const { calls, take } = await stage();
  await take("k");
  calls.length = 0;
  const answers = await Promise.all([take("a"), take("k"), take("b")]);
  expect(answers.map(({ replayed }) => replayed)).toEqual([false, true, false]);
  expect(calls).toEqual(["commit"]);
});

test("another request under the key is refused, without the store", async () => {
  const { calls, take } = await stage();
  await take("k");
  calls.length = 0;
  await refusedWith(take("k", 2), "idempotency_conflict");
  expect(calls).toEqual([]);
});

test("past 256 later ones, the store has it", async () => {
  const { calls, take } = await stage();
  await take("k", 0.1);
  await Promise.all(Array.from({ length: 256 }, () => take(newKey(), 0.1)));
  calls.length = 0;
  expect(await take("k", 0.1)).toMatchObject({ replayed: true });
  expect(calls).not.toEqual([]);
});

test("what another process did is a replay, and from then on a recent one", async () => {
  const { beneath, clock, calls, take } = await stage();
  await take("k", 1, engineOn(beneath, clock));
  calls.length = 0;
  expect(await take("k")).toMatchObject({ replayed: true });
  expect(calls).not.toEqual([]);
  calls.length = 0;
  expect(await take("k")).toMatchObject({ replayed: true });
  expect(calls).toEqual([]);
});

test("a denied key is decided anew", async () => {
  const { credits, take } = await stage();
  await refusedWith(take("k", 101), "insufficient_credits");
  await gift(credits, 1);
  expect(await take("k", 101)).toMatchObject({ replayed: false });
});

test("a change whose answer was lost leaves nothing: the store is asked, and finds that it never landed", async () => {
  const clock = manualClock(START);
  const store = scriptedStore(memoryStore());
  const credits = engineOn(store, clock);
  await gift(credits, 10);
  const take = () =>
    credits.withdraw({ customerId: "acme", feature: "unit", quantity: 1, idempotencyKey: "k" });
  const lost = () => Promise.reject(new StoreError("ambiguous", "The answer was lost."));
  const down = () => Promise.reject(new StoreError("transient", "The store is down."));
  store.play({
    commit: [lost, ...Array.from({ length: 1_000 }, () => down)],
    load: Array.from({ length: 1_000 }, () => down),
  });
  await refusedWith(take(), "store_unavailable");
  store.play({});
  expect(await take()).toMatchObject({ replayed: false });
  expect(await take()).toMatchObject({ replayed: true });
});

test("what an app's transaction wrote and rolled back leaves nothing", async () => {
  const store = appStore();
  const credits = engineOn(store, manualClock(START));
  await gift(credits, 10);
  const request = { customerId: "acme", feature: "unit", quantity: 1, idempotencyKey: "k" } as const;
  const tx = store.begin();
  const scoped = credits.withTransaction(tx);
  expect(await scoped.withdraw(request)).toMatchObject({ replayed: false });
  expect(await scoped.withdraw(request)).toMatchObject({ replayed: true });
  await store.end(tx, "rollback");
  scoped.rolledBack();
  expect(await credits.withdraw(request)).toMatchObject({ replayed: false });
});

test("by an engine that remembers nothing, repeats are found as the wallet is read, and nothing is committed", async () => {
  const { beneath, clock, take } = await stage();
  await Promise.all([take("a"), take("b"), take("c")]);
  const store = scriptedStore(beneath);
  const started = engineOn(store, clock);
  // It knows the rates, and nothing of this wallet.
  await started.check({ customerId: "other", feature: "unit", quantity: 1 });
  store.calls.length = 0;
  const answers = await Promise.all(["a", "b", "c"].map((key) => take(key, 1, started)));
  expect(answers.map(({ replayed }) => replayed)).toEqual([true, true, true]);
  expect(store.calls).toEqual(["load"]);
});

test("fresh requests beside them cost one commit", async () => {
  const { beneath, clock, take } = await stage();
  await take("a");
  const store = scriptedStore(beneath);
  const started = engineOn(store, clock);
  // It knows the rates, and nothing of this wallet.
  await started.check({ customerId: "other", feature: "unit", quantity: 1 });
  store.calls.length = 0;
  const answers = await Promise.all(["a", "b"].map((key) => take(key, 1, started)));
  expect(answers.map(({ replayed }) => replayed)).toEqual([true, false]);
  expect(store.calls).toEqual(["load", "commit"]);
});

test("a store that lost what it had is made good by a repeat, once that is seen", async () => {
  const beneath = memoryStore();
  const clock = manualClock(START);
  let now: ReturnType<typeof memoryStore> = beneath;
  const store = new Proxy(beneath, {
    get: (_, name: keyof typeof beneath) => {
      const own: unknown = now[name];
      return typeof own === "function" ? (own.bind(now) as unknown) : own;
    },
  });
  const credits = engineOn(store, clock);
  await gift(credits, 100);
  const take = (idempotencyKey: string) =>
    credits.withdraw({ customerId: ACME.customerId, feature: "unit", quantity: 1, idempotencyKey });
  await take("before");
  const kept = beneath.dump();
  await take("lost");
  now = memoryStore({ restore: kept });
  // The next request finds that the wallet is at an earlier version.
  await take("next");
  expect(await take("lost")).toMatchObject({ replayed: false });
  expect(await take("before")).toMatchObject({ replayed: true });
  expect((await credits.balance(ACME)).balance.toString()).toBe("97");
});
