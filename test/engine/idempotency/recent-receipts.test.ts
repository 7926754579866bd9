/** A repeat of a recent key is answered from memory; whatever is not certain is asked of the store. */
import type { CreditStore } from "coffer/store";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { ACME, START, engineOn, gift, newKey, refusedWith } from "../support.js";

/** Counts the calls that go to the store beneath. */
function counted(beneath: CreditStore) {
  const calls: string[] = [];
  const store = Object.assign(Object.create(beneath) as CreditStore, {
    limits: beneath.limits,
    load: (...call: Parameters<CreditStore["load"]>) => (calls.push("load"), beneath.load(...call)),
    commit: (...call: Parameters<CreditStore["commit"]>) => (calls.push("commit"), beneath.commit(...call)),
    transact: (...call: Parameters<CreditStore["transact"]>) => (
      calls.push("transact"),
      beneath.transact(...call)
    ),
  });
  return { store, calls };
}

async function stage() {
  const beneath = memoryStore();
  const clock = manualClock(START);
  const { store, calls } = counted(beneath as CreditStore);
  const credits = engineOn(store, clock);
  await gift(credits, 100);
  const take = (idempotencyKey: string, quantity = 1, by = credits) =>
    by.withdraw({ customerId: ACME.customerId, feature: "unit", quantity, idempotencyKey });
  return { beneath: beneath as CreditStore, clock, credits, calls, take };
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
