/**
 * A change whose answer was lost may land late: after it was looked for, decided again, or given up. Whatever the moment,
 * there is one effect, and what callers were told is true.
 */
import type { CreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  START,
  type catalog,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
} from "../support.js";
import {
  type Scripted,
  failing,
  landingLater,
  saying,
  scriptedStore,
  times,
  type Step,
} from "./scripted-store.js";

const FOR_EVER = 1_000;
const clock = manualClock(START);
const busy = saying(() => ({ status: "busy" }));
let beneath: ReturnType<typeof memoryStore>;
let store: Scripted;
let credits: CreditEngine<typeof catalog>;

beforeEach(async () => {
  // Long before, so that late use may draw on it.
  clock.set(START - 40 * DAY);
  beneath = memoryStore();
  store = scriptedStore(beneath);
  credits = engineOn(store, clock);
  for (const customerId of ["acme", "beta", "gamma", "delta"]) await gift(credits, 10, { customerId });
  clock.set(START);
});

async function available(customerId = "acme"): Promise<string> {
  return (await engineOn(beneath, clock).balance({ ...ACME, customerId })).available.toString();
}

async function versionOf(customerId = "acme"): Promise<number> {
  return (await engineOn(beneath, clock).balance({ ...ACME, customerId })).version;
}

/** Late use at the very edge of its window: a moment later the same request is refused, though nothing fell due. */
const onTheEdge = (reader: CreditEngine<typeof catalog> = credits) =>
  reader.withdraw({
    ...ACME,
    amount: 4,
    occurredAt: START - 35 * DAY,
    idempotencyKey: "k",
  });

/** Runs, then lets time pass, so that whatever is decided again is decided otherwise. */
const andTimePasses =
  (step: Step): Step =>
  (run, changes) => {
    clock.advance({ seconds: 1 });
    return step(run, changes);
  };

describe("a retry that is accepted", () => {
  test("finds its receipt if the first landed before it was looked for", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [late.commit], load: [async (run) => late.land().then(() => run())] });
    expect(await use(credits, 4, "k")).toMatchObject({ replayed: false });
    expect(await available()).toBe("6");
  });

  test("is refused by the version if the first landed after it was decided", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [late.commit, async (run) => late.land().then(() => run())] });
    expect(await use(credits, 4, "k")).toMatchObject({ replayed: false });
    expect(await available()).toBe("6");
    await expectSound(beneath);
  });

  test("refuses the first if it landed before it", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [late.commit] });
    const used = await use(credits, 4, "k");
    expect(await late.land()).toMatchObject([{ status: "conflict" }]);
    expect(await available()).toBe("6");
    expect(await use(credits, 4, "k")).toMatchObject({ replayed: true, id: used.id });
    await expectSound(beneath);
  });
});

describe("a retry that is denied", () => {
  test("keeps the first from landing before it tells so", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [andTimePasses(late.commit)] });
    await refusedWith(onTheEdge(), "occurred_at_out_of_window");
    expect(await late.land()).toMatchObject([{ status: "conflict" }]);
    expect(await available()).toBe("10");
    await expectSound(beneath);
  });

  test("is no denial if the first landed after all", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [andTimePasses(late.commit), async (run) => late.land().then(() => run())] });
    expect(await onTheEdge()).toMatchObject({ replayed: false });
    expect(await available()).toBe("6");
    await expectSound(beneath);
  });

  test("is not denied while the answer to that is lost, too", async () => {
    const [first, fence] = [landingLater(beneath), landingLater(beneath)];
    store.play({ commit: [andTimePasses(first.commit), fence.commit, busy, failing("transient")] });
    await refusedWith(onTheEdge(), "occurred_at_out_of_window");
    for (const late of [first, fence]) expect(await late.land()).toMatchObject([{ status: "conflict" }]);
    expect(await available()).toBe("10");
    await expectSound(beneath);
  });

  test.each([
    ["busy", [busy]],
    ["in conflict again and again", times(3, conflictOnce)],
  ] as const)("under the lock, as the wallet was %s", async (_, steps) => {
    const late = landingLater(beneath);
    store.play({ commit: [andTimePasses(late.commit), ...steps] });
    await refusedWith(onTheEdge(), "occurred_at_out_of_window");
    expect(store.calls).toContain("transact");
    expect(await late.land()).toMatchObject([{ status: "conflict" }]);
    expect(await available()).toBe("10");
    await expectSound(beneath);
  });

  test("under the lock, where the first lands late", async () => {
    const late = landingLater(beneath);
    store.play({ commit: [busy], transact: [andTimePasses(late.transact)] });
    await refusedWith(onTheEdge(), "occurred_at_out_of_window");
    await late.land();
    expect(await available()).toBe("10");
    await refusedWith(onTheEdge(), "occurred_at_out_of_window");
    await expectSound(beneath);
  });
});

/** A conflict without another writer: the state is as it was. */
async function conflictOnce(run: () => Promise<unknown>, [change]: Parameters<Step>[1]): Promise<unknown> {
  if (change === undefined) return run();
  const [fresh] = await beneath.load([{ key: change.key, receipts: change.unused }]);
  return [{ status: "conflict", fresh }];
}

describe("a caller who was told that nobody knows, and comes back", () => {
  /** A top-up and what it pays for go in one change; only the second comes back, and alone it cannot be paid. */
  async function givenUp(after: readonly Step[] = []): Promise<ReturnType<typeof landingLater>> {
    const late = landingLater(beneath);
    store.play({ commit: [late.commit, ...after, ...times(FOR_EVER, failing("transient"))] });
    const both = [gift(credits, 50, { idempotencyKey: "g" }), use(credits, 60, "k")];
    for (const error of await Promise.all(both.map((call) => refusedWith(call, "store_unavailable"))))
      expect(error.message).toContain("did not say");
    store.play({});
    return late;
  }

  test("is not denied what lands afterwards", async () => {
    const late = await givenUp();
    await refusedWith(use(credits, 60, "k"), "insufficient_credits");
    expect(await late.land()).toMatchObject([{ status: "conflict" }]);
    expect(await available()).toBe("10");
    await expectSound(beneath);
  });

  test("is told so if it landed just then", async () => {
    const late = await givenUp();
    store.play({ commit: [async (run) => late.land().then(() => run())] });
    expect(await use(credits, 60, "k")).toMatchObject({ replayed: true });
    expect(await available()).toBe("0");
    await expectSound(beneath);
  });

  test("is told so under the lock", async () => {
    const late = await givenUp();
    store.play({ commit: [busy] });
    await refusedWith(use(credits, 60, "k"), "insufficient_credits");
    await late.land();
    expect(await available()).toBe("10");
    await expectSound(beneath);
  });

  test("repeats all of it, and it counts once", async () => {
    const late = await givenUp();
    const [gifted, used] = await Promise.all([
      gift(credits, 50, { idempotencyKey: "g" }),
      use(credits, 60, "k"),
    ]);
    expect([gifted.replayed, used.replayed]).toEqual([false, false]);
    await late.land();
    expect(await available()).toBe("0");
    await expectSound(beneath);
  });

  test("pays with one change of nothing, once: then the doubt is over", async () => {
    await givenUp();
    const before = await versionOf();
    for (let count = 0; count < 3; count++) await refusedWith(use(credits, 60, "k"), "insufficient_credits");
    expect(await versionOf()).toBe(before + 1);
    await expectSound(beneath);
  });

  test("pays nothing if anybody has written since", async () => {
    await givenUp();
    await use(engineOn(beneath, clock), 1);
    await credits.balance(ACME);
    const before = await versionOf();
    await refusedWith(use(credits, 60, "k"), "insufficient_credits");
    expect(await versionOf()).toBe(before);
  });

  test("with a transfer: it is not denied what lands afterwards", async () => {
    await givenUp();
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 60, idempotencyKey: "t" } as const;
    const before = await versionOf();
    await refusedWith(credits.transfer(move), "insufficient_credits");
    expect(await versionOf()).toBe(before + 1);
    await refusedWith(credits.transfer(move), "insufficient_credits");
    expect(await versionOf()).toBe(before + 1);
    await expectSound(beneath);
  });
});

describe("a transfer whose answer was lost", () => {
  const move = { from: "acme", to: "beta", currency: "tokens", amount: 4, idempotencyKey: "t" } as const;

  test("and that lands late is refused by what was decided since", async () => {
    const late = landingLater(beneath);
    store.play({ transact: [late.transact] });
    expect(await credits.transfer(move)).toMatchObject({ replayed: false });
    expect(await late.land()).toMatchObject([{ status: "conflict" }, { status: "conflict" }]);
    expect([await available(), await available("beta")]).toEqual(["6", "14"]);
    await expectSound(beneath);
  });

  test("is found if it landed before the next try", async () => {
    const late = landingLater(beneath);
    store.play({ transact: [late.transact, async (run) => late.land().then(() => run())] });
    expect(await credits.transfer(move)).toMatchObject({ replayed: false });
    expect([await available(), await available("beta")]).toEqual(["6", "14"]);
    await expectSound(beneath);
  });

  test("leaves both wallets in doubt until they have moved on", async () => {
    const late = landingLater(beneath);
    store.play({ transact: [late.transact, ...times(FOR_EVER, failing("transient"))] });
    await refusedWith(credits.transfer(move), "store_unavailable");
    store.play({});
    for (let count = 0; count < 2; count++) {
      for (const customerId of ["acme", "beta"])
        await refusedWith(
          credits.withdraw({ ...ACME, customerId, amount: 11, idempotencyKey: newKey() }),
          "insufficient_credits",
        );
    }
    expect([await versionOf(), await versionOf("beta")]).toEqual([2, 2]);
    expect(await late.land()).toMatchObject([{ status: "conflict" }, { status: "conflict" }]);
    await expectSound(beneath);
  });

  test("and that is denied at the next try is told so, not that nobody knows", async () => {
    store.play({
      transact: [
        async (run, changes) => {
          await use(engineOn(beneath, clock), 8);
          return landingLater(beneath).transact(run, changes);
        },
      ],
    });
    await refusedWith(credits.transfer(move), "insufficient_credits");
  });
});

test("a decision that is asked for after its call has ended is none", async () => {
  let late: () => Promise<unknown> = () => Promise.resolve();
  store.play({
    commit: [busy],
    transact: [
      (run) => {
        late = () => run();
        return Promise.reject(new StoreError("permanent", "scripted: given up"));
      },
    ],
  });
  await refusedWith(use(credits, 1), "store_unavailable");
  await expect(late()).rejects.toThrow("ended");
  expect(await available()).toBe("10");
});

test("of a batch of many wallets, each has its own doubt", async () => {
  const late = landingLater(beneath);
  const first: Step = (_, changes) =>
    late.commit(
      () => Promise.resolve(),
      changes.filter(({ head }) => head.customerId !== "gamma"),
    );
  // The first change is alone in its commit; the three that queue up meanwhile travel together.
  store.play({ commit: [(run) => run(), andTimePasses(first), ...times(FOR_EVER, failing("transient"))] });
  const withdrawal = (customerId: string) =>
    credits.withdraw({ ...ACME, customerId, amount: 4, occurredAt: START - 35 * DAY, idempotencyKey: "k" });
  const calls = [gift(credits, 1, { customerId: "delta" }), ...["acme", "beta", "gamma"].map(withdrawal)];
  const told = await Promise.allSettled(calls);
  expect(told.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
  store.play({});
  // One comes back before it lands, one after, one never landed.
  await refusedWith(withdrawal("acme"), "occurred_at_out_of_window");
  expect(await late.land()).toMatchObject([{ status: "conflict" }, { status: "committed" }]);
  expect(await withdrawal("beta")).toMatchObject({ replayed: true });
  await refusedWith(withdrawal("gamma"), "occurred_at_out_of_window");
  expect([await available(), await available("beta"), await available("gamma")]).toEqual(["10", "6", "10"]);
  await expectSound(beneath);
});

test("an error that is no store's says nothing about what was written, either", async () => {
  const late = landingLater(beneath);
  store.play({
    commit: [
      (run, changes) =>
        late.commit(run, changes).catch(() => Promise.reject(new TypeError("a defect of the store"))),
    ],
  });
  await expect(Promise.all([gift(credits, 50), use(credits, 60, "k")])).rejects.toThrow("a defect");
  await refusedWith(use(credits, 60, "k"), "insufficient_credits");
  expect(await late.land()).toMatchObject([{ status: "conflict" }]);
  await expectSound(beneath);
});

test("what another process did under the same key is a replay, though our own change is in doubt", async () => {
  const other = engineOn(beneath, clock);
  store.play({
    commit: [
      async () => {
        clock.advance({ seconds: 1 });
        await use(other, 4, "k");
        throw new StoreError("ambiguous", "scripted: no answer yet");
      },
    ],
  });
  expect(await use(credits, 4, "k")).toMatchObject({ replayed: true });
  expect(await available()).toBe("6");
});

test("what certainly was not written leaves no doubt: a denial after it writes nothing", async () => {
  store.play({ commit: times(FOR_EVER, failing("transient")) });
  await refusedWith(use(credits, 4), "store_unavailable");
  store.play({});
  const before = beneath.dump();
  await refusedWith(use(credits, 60), "insufficient_credits");
  expect(beneath.dump()).toBe(before);
});

test("where nothing is in doubt, a denial writes nothing", async () => {
  store.play({ commit: [failing("transient")] });
  await use(credits, 1);
  const before = beneath.dump();
  store.calls.length = 0;
  await refusedWith(use(credits, 60), "insufficient_credits");
  expect(store.calls).toEqual(["load"]);
  expect(beneath.dump()).toBe(before);
});
