/** No call waits without end: it tries again after pauses that grow, and within its time. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { type CreditStore, StoreError } from "coffer/store";
import { describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  START,
  catalog,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
} from "../support.js";
import { type VirtualPace, virtualPace } from "../virtual-pace.js";
import { type Step, failing, saying, scriptedStore, times } from "./scripted-store.js";

const FOR_EVER = 1_000;
const busy = saying(() => ({ status: "busy" }));

async function opened(pace: VirtualPace = virtualPace(), timeoutMs?: number) {
  const beneath = memoryStore();
  const store = scriptedStore(beneath);
  let now = START;
  const credits = engineOn(store, () => now, { pace, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  await gift(credits, 100);
  await gift(credits, 1, { expiresAt: START + DAY });
  store.timeouts.length = 0;
  return { beneath, store, credits, pace, twoDaysOn: () => (now += 2 * DAY) };
}

const MOVE = { from: "acme", to: "beta", currency: "tokens", amount: 1 } as const;

describe("what fails for ever is given up after 10 seconds, or as long as is said", () => {
  test.each([
    ["a commit", "commit"],
    ["a read before a commit", "load"],
    ["a lock", "transact"],
    ["a transfer", "transact"],
    ["a balance", "load"],
    ["what a listing writes", "commit"],
  ] as const)("%s", async (what, call) => {
    for (const [timeoutMs, kind] of [
      [undefined, "transient"],
      [700, "ambiguous"],
    ] as const) {
      const { credits, store, pace, beneath, twoDaysOn } = await opened(virtualPace(), timeoutMs);
      const began = pace.monotonicMs();
      const failed = times(FOR_EVER, failing(kind));
      store.play({ commit: what === "a lock" ? times(FOR_EVER, busy) : [], [call]: failed });
      const verbs = {
        "a commit": () => use(credits, 1),
        "a read before a commit": () =>
          credits.withdraw({ ...ACME, customerId: "b", amount: 1, idempotencyKey: "k" }),
        "a lock": () => use(credits, 1),
        "a transfer": () => credits.transfer({ ...MOVE, idempotencyKey: newKey() }),
        "a balance": () => credits.balance(ACME),
        "what a listing writes": () => credits.grants(ACME),
      };
      if (what === "what a listing writes") twoDaysOn();
      expect((await refusedWith(verbs[what](), "store_unavailable")).retryable).toBe(true);
      expect(pace.monotonicMs() - began).toBe(timeoutMs ?? 10_000);
      await expectSound(beneath);
    }
  });
});

test("pauses double from 2 to 250 ms, are drawn at random below that, and end with the time", async () => {
  const almost = 0.999;
  const { credits, store, pace } = await opened(
    virtualPace(() => almost),
    1_000,
  );
  store.play({ commit: times(FOR_EVER, failing("transient")) });
  await refusedWith(use(credits, 1), "store_unavailable");
  const grown = [2, 4, 8, 16, 32, 64, 128, 250, 250, 250].map((most) => most * almost);
  const sum = grown.reduce((total, pause) => total + pause, 0);
  expect(pace.pauses.slice(0, -1)).toEqual(grown.slice(0, -1));
  expect(pace.pauses.at(-1)).toBeCloseTo(1_000 - (sum - 250 * almost));
  const lucky = await opened(virtualPace(() => 0));
  lucky.store.play({ commit: times(5, failing("transient")) });
  await use(lucky.credits, 1);
  expect(lucky.pace.pauses).toEqual([0, 0, 0, 0, 0]);
});

test("each call of the store gets what is left of the time", async () => {
  const { credits, store, pace } = await opened(undefined, 1_000);
  const slowly: Step = () => {
    pace.pass(400.5);
    return failing("transient")(() => Promise.resolve(), []);
  };
  store.play({ commit: [slowly], load: [slowly] });
  await use(credits, 1);
  // 400.5 ms go by in each of the two that fail, and pauses of 1 and of 2 ms.
  expect(store.timeouts).toEqual([1_000, 599, 196, 196]);
  expect(store.calls.slice(-4)).toEqual(["commit", "load", "load", "commit"]);
  store.timeouts.length = 0;
  await credits.transfer({ ...MOVE, idempotencyKey: newKey() });
  await credits.balance(ACME);
  expect(store.timeouts).toEqual([1_000, 1_000]);
});

describe("in a queue each has its own time", () => {
  /** A commit that takes a while and then fails. */
  const after =
    (pace: VirtualPace, ms: number, step: Step): Step =>
    async (run, changes) => {
      await new Promise(setImmediate);
      pace.pass(ms);
      return step(run, changes);
    };

  test("those whose time ended before their turn are told so, and nothing is sent", async () => {
    const { credits, store, pace } = await opened();
    store.play({ commit: [after(pace, 11_000, (run) => run())] });
    const first = use(credits, 1);
    await new Promise(setImmediate);
    const second = use(credits, 1);
    expect(await first).toMatchObject({ replayed: false });
    const error = await refusedWith(second, "store_unavailable");
    expect(error.message).toContain("Nothing was written");
    expect(store.calls.filter((call) => call === "commit")).toHaveLength(3);
  });

  test("a change that waits for others' commit until its time is up is not sent", async () => {
    const { credits, store, pace } = await opened();
    await gift(credits, 5, { customerId: "beta" });
    store.calls.length = 0;
    store.play({ commit: [after(pace, 11_000, (run) => run())] });
    const beta = { ...ACME, customerId: "beta", amount: 1, idempotencyKey: "k" };
    const [first, second] = await Promise.allSettled([use(credits, 1), credits.withdraw(beta)]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ reason: { code: "store_unavailable", cause: { kind: "transient" } } });
    expect(store.calls).toEqual(["commit"]);
    expect((await credits.withdraw(beta)).replayed).toBe(false);
  });

  test("a commit has the time of the most patient change in it: the others do not cut it", async () => {
    const { credits, store, pace } = await opened();
    for (const customerId of ["beta", "gamma"]) await gift(credits, 5, { customerId });
    store.timeouts.length = 0;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    store.play({ commit: [(run) => gate.then(() => run())] });
    const calls = [use(credits, 1)];
    for (const customerId of ["beta", "gamma"]) {
      await new Promise(setImmediate);
      pace.pass(3_000);
      calls.push(credits.withdraw({ ...ACME, customerId, amount: 1, idempotencyKey: "k" }));
    }
    await new Promise(setImmediate);
    pace.pass(1_000);
    go();
    await Promise.all(calls);
    expect(store.timeouts).toEqual([10_000, 9_000]);
  });

  test("of one batch, one may be given up and the other go on", async () => {
    const { credits, store, pace } = await opened();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    store.play({ commit: [(run) => gate.then(() => run()), after(pace, 7_000, failing("transient"))] });
    const first = use(credits, 1);
    await new Promise(setImmediate);
    const early = use(credits, 2);
    pace.pass(4_000);
    const late = use(credits, 4);
    go();
    await Promise.all([first, refusedWith(early, "store_unavailable"), late]);
    expect((await credits.balance(ACME)).available.toString()).toBe("96");
  });
});

test("what a listing writes of a wallet that somebody holds is written under its lock", async () => {
  const { credits, store, beneath, twoDaysOn } = await opened();
  twoDaysOn();
  store.play({ commit: times(FOR_EVER, busy) });
  store.calls.length = 0;
  expect((await credits.ledger({ ...ACME, types: ["expired"] })).items).toHaveLength(1);
  expect(store.calls).toEqual(["load", "commit", "transact", "load"]);
  await expectSound(beneath);
});

test("a store that says conflict for ever is a store_conflict after twenty tries, without a pause", async () => {
  const { credits, store, pace, beneath, twoDaysOn } = await opened();
  twoDaysOn();
  const conflict = saying(async (change) => {
    const [fresh] = await beneath.load([{ key: change.key }]);
    if (fresh === undefined) throw new Error("no snapshot");
    return { status: "conflict", fresh };
  });
  const undecided = async () => undefined;
  for (const verb of [() => use(credits, 1), () => credits.grants(ACME)]) {
    store.play({ commit: times(FOR_EVER, conflict), transact: times(FOR_EVER, undecided) });
    store.calls.length = 0;
    const { message } = await refusedWith(verb(), "store_conflict");
    expect(message).toContain("Nothing was written; try again with the same idempotency key.");
    expect(store.calls.filter((call) => call === "commit" || call === "transact")).toHaveLength(20);
  }
  expect(pace.pauses).toEqual([]);
});

test("a listing and a chart are given the time that is left, too", async () => {
  const beneath = memoryStore();
  const given: (number | undefined)[] = [];
  const store: CreditStore = Object.assign(scriptedStore(beneath), {
    list: (...[query, options]: Parameters<CreditStore["list"]>) => {
      given.push(options?.timeoutMs);
      return beneath.list(query);
    },
    usage: (...[query, options]: Parameters<CreditStore["usage"]>) => {
      given.push(options?.timeoutMs);
      return beneath.usage(query);
    },
  });
  const credits = engineOn(store, () => START, { timeoutMs: 700 });
  await credits.ledger(ACME);
  await credits.usage({ ...ACME, from: START, to: START + DAY, every: "day" });
  expect(given).toEqual([700, 700]);
});

test("with the machine's own time, a short time is short", async () => {
  const beneath = memoryStore();
  const store: CreditStore = Object.assign(Object.create(beneath) as CreditStore, {
    limits: beneath.limits,
    load: () => Promise.reject(new StoreError("transient", "never")),
  });
  const credits = createCreditEngine({ catalog, store, timeoutMs: 20 });
  const began = performance.now();
  await refusedWith(credits.balance(ACME), "store_unavailable");
  expect(performance.now() - began).toBeGreaterThanOrEqual(15);
});
