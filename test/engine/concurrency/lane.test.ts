/** The queue of one wallet: who is decided with whom, and in which order commits leave and callers are answered. */
import { memoryStore } from "coffer/memory";
import type { Change } from "coffer/store";
import { beforeEach, expect, test } from "vitest";
import { manualClock } from "coffer/testing";
import { ACME, START, engineOn, gift, newKey, use } from "../support.js";
import { virtualPace } from "../virtual-pace.js";
import { type Scripted, type Step, failing, scriptedStore, times } from "./scripted-store.js";

const clock = manualClock(START);
let beneath: ReturnType<typeof memoryStore>;
let store: Scripted;
/** What happened, in order. */
let events: string[];
/** How many withdrawals each commit held. */
let batches: number[];

const noting: Step = async (run, changes: readonly Change[]) => {
  const size = changes.reduce((sum, { receipts }) => sum + receipts.length, 0);
  batches.push(size);
  events.push(`commit of ${size}`);
  const outcome = await run();
  return outcome;
};

beforeEach(() => {
  beneath = memoryStore();
  store = scriptedStore(beneath);
  events = [];
  batches = [];
});

/** As a pool lends a connection: not at once. */
const notingLater: Step = async (run, changes) => {
  for (let step = 0; step < 50; step++) await Promise.resolve();
  return noting(run, changes);
};

async function funded() {
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const credits = engineOn(store, clock, { pace: { ...virtualPace(), turn } });
  await gift(credits, 10_000);
  store.play({ commit: times(1_000, noting) });
  return credits;
}

/** So many callers, each with so many calls one after another. */
async function callers(count: number, calls: number): Promise<void> {
  const credits = await funded();
  const caller = async () => {
    for (let call = 0; call < calls; call++) await use(credits, 1, newKey());
  };
  await Promise.all(Array.from({ length: count }, caller));
}

test("a few callers are decided together, all of them", async () => {
  await callers(127, 3);
  expect(batches).toEqual([127, 127, 127]);
});

test("many callers part in halves, which take turns: one is decided while the other is on its way", async () => {
  await callers(128, 4);
  expect(batches).toEqual([64, 64, 64, 64, 64, 64, 64, 64]);
});

test("an odd caller changes nothing: nobody is left behind", async () => {
  await callers(129, 2);
  expect(batches.slice(0, 3)).toEqual([65, 64, 65]);
  expect(batches.reduce((sum, size) => sum + size, 0)).toBe(258);
});

test("the next commit leaves before the callers of the last one are answered", async () => {
  const credits = await funded();
  store.play({ commit: times(2, notingLater) });
  const all = ["a", "b"].map(async (name) => {
    await use(credits, 1, newKey());
    events.push(`${name} was answered`);
  });
  // Both are queued now; a third comes while they are on their way.
  await Promise.resolve();
  await Promise.resolve();
  const third = use(credits, 1, newKey()).then(() => events.push("c was answered"));
  await Promise.all([...all, third]);
  expect(events).toEqual([
    "commit of 2",
    "commit of 1",
    "a was answered",
    "b was answered",
    "c was answered",
  ]);
});

test("whoever was decided is answered although the next commit fails until its time is up", async () => {
  const credits = await funded();
  store.play({ commit: [noting, ...times(1_000, failing("transient"))] });
  const first = use(credits, 1, newKey());
  await Promise.resolve();
  await Promise.resolve();
  const second = use(credits, 1, newKey());
  expect((await first).available.toNumber()).toBe(9_999);
  await expect(second).rejects.toMatchObject({ code: "store_unavailable" });
  expect((await engineOn(beneath, clock).balance(ACME)).available.toNumber()).toBe(9_999);
});

test("a pace whose turn fails keeps nobody's answer", async () => {
  const turn = () => Promise.reject(new Error("no turn"));
  const credits = engineOn(store, clock, { pace: { ...virtualPace(), turn } });
  await gift(credits, 10);
  const first = use(credits, 1, newKey());
  await Promise.resolve();
  await Promise.resolve();
  const second = use(credits, 1, newKey());
  expect((await first).available.toNumber()).toBe(9);
  expect((await second).available.toNumber()).toBe(8);
});
