/** Cheap reads: from memory, if the store was asked recently enough; never a decision. */
import { type Consistency, createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, it, test } from "vitest";
import { type Scripted, scriptedStore } from "../concurrency/scripted-store.js";
import { ACME, type Engine, START, catalog, engineOn, gift, newKey, refusedWith, use } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

const clock = manualClock(START);
let beneath: ReturnType<typeof memoryStore>;
let store: Scripted;
let pace: ReturnType<typeof virtualPace>;
let credits: Engine;
let elsewhere: Engine;

beforeEach(async () => {
  clock.set(START);
  beneath = memoryStore();
  store = scriptedStore(beneath);
  pace = virtualPace();
  credits = createCreditEngine({ catalog, store, clock, pace });
  elsewhere = engineOn(beneath, clock);
  await gift(elsewhere, 100);
});

const atMost = (maxStaleMs: number): Consistency => ({ cached: { maxStaleMs } });
const free = async (consistency?: Consistency) =>
  (await credits.balance({ ...ACME, consistency })).available.toNumber();

describe("a balance that may be a second old", () => {
  it("is read once a second, and says what another process did by then", async () => {
    expect(await free(atMost(1_000))).toBe(100);
    await use(elsewhere, 30, newKey());
    pace.pass(1_000);
    expect(await free(atMost(1_000))).toBe(100);
    expect(store.calls).toEqual(["load"]);
    pace.pass(1);
    expect(await free(atMost(1_000))).toBe(70);
    expect(store.calls).toEqual(["load", "load"]);
  });

  it("has this process's own commits at once", async () => {
    expect(await free(atMost(1_000))).toBe(100);
    await use(credits, 10, newKey());
    const { length } = store.calls;
    expect(await free(atMost(1_000))).toBe(90);
    pace.pass(1_000);
    expect(await free(atMost(1_000))).toBe(90);
    expect(store.calls).toHaveLength(length);
  });

  it("knows what has expired since", async () => {
    await gift(elsewhere, 50, { expiresAt: START + 500 });
    expect(await free(atMost(1_000))).toBe(150);
    clock.advance({ seconds: 0.5 });
    expect(await free(atMost(1_000))).toBe(100);
    expect(store.calls).toEqual(["load"]);
  });

  it("is confirmed by a read that finds nothing new", async () => {
    await free();
    pace.pass(900);
    await free("strict");
    pace.pass(900);
    await free(atMost(1_000));
    expect(store.calls).toEqual(["load", "load"]);
  });
});

test("none may be stale at all where it is not said, or said to be strict", async () => {
  for (const consistency of [undefined, "strict"] as const) {
    await free(consistency);
    await use(elsewhere, 1, newKey());
  }
  expect(await free()).toBe(98);
});

test("check and estimate may be as old; a withdrawal never is", async () => {
  await free();
  await use(elsewhere, 95, newKey());
  const asked = { ...ACME, amount: 50, consistency: atMost(60_000) };
  expect([(await credits.check(asked)).allowed, (await credits.estimate(asked)).allowed]).toEqual([
    true,
    true,
  ]);
  expect((await credits.check({ ...asked, consistency: "strict" })).allowed).toBe(false);
  await refusedWith(use(credits, 50, newKey()), "insufficient_credits");
});

test("a commit that was begun long ago says nothing of now", async () => {
  store.play({
    commit: [
      async (run) => {
        const outcome = await run();
        await use(elsewhere, 20, newKey());
        pace.pass(5_000);
        return outcome;
      },
    ],
  });
  await use(credits, 10, newKey());
  expect(await free(atMost(1_000))).toBe(70);
});

test.each([
  [{ cached: { maxStaleMs: -1 } }],
  [{ cached: { maxStaleMs: Number.NaN } }],
  [{ cached: {} }],
  [{ cached: 5 }],
  ["stale"],
])("%o is refused", async (consistency) => {
  await refusedWith(credits.balance({ ...ACME, consistency: consistency as never }), "invalid_input");
  expect(store.calls).toEqual([]);
});
