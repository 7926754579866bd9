/** Whatever a store answers, a mutation happens once, or not at all, and its caller is told which. */
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, test } from "vitest";
import {
  ACME,
  type Engine,
  START,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
} from "../support.js";
import { type Scripted, failing, losingTheAnswer, saying, scriptedStore, times } from "./scripted-store.js";

let beneath: ReturnType<typeof memoryStore>;
let store: Scripted;
let credits: Engine;
const clock = manualClock(START);

beforeEach(async () => {
  beneath = memoryStore();
  store = scriptedStore(beneath);
  credits = engineOn(store, clock);
  await gift(credits, 100);
});

async function available(): Promise<string> {
  return (await engineOn(beneath, clock).balance(ACME)).available.toString();
}

/** More tries than fit into the time of a call. */
const FOR_EVER = 1_000;

const busy = saying(() => ({ status: "busy" }));
const conflict = saying(async (change) => {
  const [fresh] = await beneath.load([{ key: change.key, receipts: change.unused }]);
  if (fresh === undefined) throw new Error("no snapshot");
  return { status: "conflict", fresh };
});

describe("it was refused, and the next try is not", () => {
  test.each([
    ["a conflict", { commit: [conflict] }],
    ["two conflicts", { commit: [conflict, conflict] }],
    ["a conflict that never ends, until the lock", { commit: times(50, conflict) }],
    ["busy", { commit: [busy] }],
    ["busy under the lock, too", { commit: [busy], transact: [failing("transient")] }],
    ["a transient error", { commit: [failing("transient")] }],
    ["four transient errors", { commit: times(4, failing("transient")) }],
    [
      "transient errors of reads between",
      { commit: [failing("transient")], load: [failing("transient"), failing("transient")] },
    ],
    ["an ambiguous error before anything happened", { commit: [failing("ambiguous")] }],
    ["an ambiguous error under the lock", { commit: [busy], transact: [failing("ambiguous")] }],
    ["fewer outcomes than changes", { commit: [async () => []] }],
  ] as const)("%s", async (_, script) => {
    store.play(script);
    const used = await use(credits, 7, "k");
    expect(used).toMatchObject({ replayed: false });
    expect(await available()).toBe("93");
    expect(await use(credits, 7, "k")).toMatchObject({ replayed: true, id: used.id });
    await expectSound(beneath);
  });
});

test("the first of two commits whose answers were lost lands while the second is sent: it is the caller's own", async () => {
  let land: () => Promise<unknown> = async () => undefined;
  store.play({
    commit: [
      (run, changes) => {
        land = run;
        clock.advance({ minutes: 1 });
        return failing("ambiguous")(run, changes);
      },
      async (run, changes) => {
        await land();
        return failing("ambiguous")(run, changes);
      },
    ],
  });
  const used = await use(credits, 7, "k");
  expect(used).toMatchObject({ replayed: false });
  expect(await available()).toBe("93");
  expect(await use(credits, 7, "k")).toMatchObject({ replayed: true, id: used.id });
});

describe("it happened, but the answer was lost", () => {
  test.each([
    ["once", { commit: [losingTheAnswer] }],
    ["after a failure", { commit: [failing("transient"), losingTheAnswer] }],
    ["under the lock", { commit: [busy], transact: [losingTheAnswer] }],
    [
      "and reads fail for a while",
      { commit: [losingTheAnswer], load: [failing("transient"), failing("ambiguous")] },
    ],
  ] as const)("%s: it is found, and is no replay to its caller", async (_, script) => {
    store.play(script);
    const used = await use(credits, 7, "k");
    expect(used).toMatchObject({ replayed: false });
    expect(await available()).toBe("93");
    await expectSound(beneath);
  });

  test("of two callers with one key, one has done it, and the other repeats it", async () => {
    store.play({ commit: [losingTheAnswer] });
    const both = await Promise.all([use(credits, 7, "k"), use(credits, 7, "k")]);
    expect(both.map(({ replayed }) => replayed)).toEqual([false, true]);
  });

  test("a whole batch is answered as if nothing had been lost", async () => {
    store.play({ commit: [losingTheAnswer] });
    const all = await Promise.allSettled([
      use(credits, 60),
      use(credits, 60),
      use(credits, 40),
      use(credits, 0),
    ]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(await available()).toBe("0");
    await expectSound(beneath);
  });

  test("something else was written meanwhile: both happened once", async () => {
    store.play({
      commit: [
        async (run) => {
          await run();
          await use(engineOn(beneath, clock), 1);
          throw new StoreError("ambiguous", "lost");
        },
      ],
    });
    expect(await use(credits, 7, "k")).toMatchObject({ replayed: false });
    expect(await available()).toBe("92");
  });

  test.each(["grant", "reserve", "setPolicy", "release"] as const)("%s is found alike", async (verb) => {
    const hold = await credits.reserve({
      ...ACME,
      amount: 1,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    const calls = {
      grant: () => gift(credits, 1),
      reserve: () => credits.reserve({ ...ACME, amount: 1, expiresIn: { hours: 1 }, idempotencyKey: "r" }),
      setPolicy: () => credits.setPolicy({ ...ACME, policy: { mode: "soft" } }),
      release: () => credits.release({ reservationId: hold.id }),
    };
    store.play({ commit: [losingTheAnswer] });
    expect(await calls[verb]()).toMatchObject({ replayed: false });
    await expectSound(beneath);
  });

  test("a transfer, too", async () => {
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 5, idempotencyKey: "t" } as const;
    store.play({ transact: [failing("transient"), losingTheAnswer] });
    expect(await credits.transfer(move)).toMatchObject({ replayed: false });
    expect(await credits.transfer(move)).toMatchObject({ replayed: true });
    expect(await available()).toBe("95");
    await expectSound(beneath);
  });
});

describe("it was somebody else's with the same key", () => {
  const byAnother = () => use(engineOn(beneath, clock), 7, "k");

  test("a duplicate answers with their receipt; what stood beside it is decided anew", async () => {
    await use(credits, 0); // The engine knows the version before theirs.
    store.play({
      commit: [
        async (run) => {
          await byAnother();
          return run();
        },
      ],
    });
    const [same, other] = await Promise.all([use(credits, 7, "k"), use(credits, 3)]);
    expect([same.replayed, other.replayed]).toEqual([true, false]);
    expect(await available()).toBe("90");
  });

  test("at the same version, the receipt that a duplicate carries is enough", async () => {
    await byAnother();
    expect(await use(credits, 7, "k")).toMatchObject({ replayed: true });
    const other = await refusedWith(use(credits, 8, "k"), "idempotency_conflict");
    expect(other.details["differs"]).toEqual(["amount"]);
  });
});

describe("it cannot be done", () => {
  test.each([
    ["permanent", "store_unavailable", true],
    ["transient", "store_unavailable", true],
    ["ambiguous", "store_unavailable", true],
    ["limit", "over_limit", false],
    ["unsupported", "unsupported", false],
  ] as const)("an error that is %s for ever is %s", async (kind, code, retryable) => {
    const before = beneath.dump();
    store.play({ commit: times(FOR_EVER, failing(kind)) });
    const error = await refusedWith(use(credits, 7, "k"), code);
    expect(error.retryable).toBe(retryable);
    expect(error.cause).toMatchObject({ name: "StoreError", kind });
    expect(error.message).not.toContain(kind === "ambiguous" ? "Nothing was written" : "did not say");
    expect(beneath.dump()).toBe(before);
    store.play({});
    expect(await use(credits, 7, "k")).toMatchObject({ replayed: false });
    expect(await available()).toBe("93");
  });

  test("what is unknown is called so, even if it is a read that fails at last", async () => {
    store.play({ commit: [losingTheAnswer], load: times(FOR_EVER, failing("permanent")) });
    const error = await refusedWith(use(credits, 7, "k"), "store_unavailable");
    expect(error.message).toContain("did not say");
    store.play({});
    expect(await use(credits, 7, "k")).toMatchObject({ replayed: true });
  });

  test.each(["permanent", "transient", "ambiguous"] as const)(
    "reads that are %s are store_unavailable",
    async (kind) => {
      store.play({ load: times(FOR_EVER, failing(kind)) });
      const reads = [
        credits.balance(ACME),
        credits.check({ ...ACME, amount: 1 }),
        credits.grants(ACME),
        credits.explain(ACME),
        credits.verifyLedger(ACME),
      ];
      const errors = await Promise.all(reads.map((read) => refusedWith(read, "store_unavailable")));
      expect(errors.every(({ retryable }) => retryable)).toBe(true);
    },
  );

  test("a store that answers nothing at all is unavailable, not waited for", async () => {
    const fresh = engineOn(store, clock);
    store.play({ load: times(FOR_EVER, async () => []) });
    await refusedWith(use(fresh, 1), "store_unavailable");
    await refusedWith(fresh.balance(ACME), "store_unavailable");
  });

  test("a store that calls every key a duplicate, but shows no receipt, is given up", async () => {
    store.play({
      commit: times(
        99,
        saying(() => ({ status: "duplicate", receipts: [] })),
      ),
      transact: times(FOR_EVER, failing("transient")),
    });
    await refusedWith(use(credits, 1), "store_unavailable");
  });

  test("the error of one copy of the package is known to the other", async () => {
    const foreign = Object.assign(new Error("elsewhere"), { name: "StoreError", kind: "transient" });
    store.play({ commit: [() => Promise.reject(foreign)] });
    expect(await use(credits, 7)).toMatchObject({ replayed: false });
  });

  test("a change that the store refuses does not take others with it", async () => {
    await gift(credits, 5, { customerId: "beta" });
    store.play({
      commit: [
        busy,
        async (run, changes) => {
          if (changes.length > 1) throw new StoreError("permanent", "one of these is broken");
          return run();
        },
      ],
    });
    const outcomes = await Promise.all([
      use(credits, 1),
      use(credits, 1, "k"),
      credits.withdraw({ ...ACME, customerId: "beta", amount: 5, idempotencyKey: "k" }),
      gift(credits, 5, { customerId: "gamma" }),
    ]);
    expect(outcomes.every(({ replayed }) => !replayed)).toBe(true);
  });
});
