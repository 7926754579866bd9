/** How a scoped engine begins and ends, what the engine remembers of it, and what a failure does to it. */
import { type CreditEngine, createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { VERBS, call, stage } from "../bad-input/verbs.js";
import {
  ACME,
  DAY,
  START,
  catalog,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusal,
  refusedWith,
  use,
} from "../support.js";
import { type AppStore, type AppTransaction, appStore } from "./app-store.js";

const TODAY = { ...ACME, from: START, to: START + DAY, every: "day" } as const;

/** Reads as this, once it is set. */
let broken: number | undefined;
const machine = manualClock(START);
const clock = Object.assign(() => broken ?? machine(), { set: machine.set, advance: machine.advance });
let store: AppStore;
let credits: CreditEngine<typeof catalog, AppTransaction>;

beforeEach(async () => {
  clock.set(START);
  store = appStore();
  credits = engineOn(store, clock);
  await gift(credits, 100);
});

describe("it begins", () => {
  test("only with a store that joins transactions", async () => {
    const memory = createCreditEngine({ catalog, store: memoryStore() });
    const wild = memory.withTransaction as (tx: unknown) => unknown;
    expect((await refusal(() => wild({}))).code).toBe("unsupported");
  });

  test.each([undefined, null])("not with %s for a transaction", async (tx) => {
    const wild = credits.withTransaction as (tx: unknown) => unknown;
    const error = await refusal(() => wild(tx));
    expect(error).toMatchObject({ code: "invalid_input" });
    expect(error.message).toContain("withTransaction");
  });
});

describe("it ends", () => {
  test.each(["committed", "rolledBack"] as const)("%s: what comes afterwards is refused", async (end) => {
    const { accepted } = await stage();
    const scoped = credits.withTransaction(store.begin());
    await use(scoped, 1);
    store.calls.length = 0;
    scoped[end]();
    for (const verb of VERBS)
      expect((await refusedWith(call(scoped, verb, accepted[verb]), "unsupported")).message).toContain(
        "ended",
      );
    scoped.committed();
    scoped.rolledBack();
    expect(store.calls).toEqual([]);
  });

  test("what still waits for its turn is refused, too", async () => {
    const scoped = credits.withTransaction(store.begin());
    const first = use(scoped, 1);
    const second = use(scoped, 1);
    await new Promise(setImmediate);
    scoped.committed();
    await first;
    await refusedWith(second, "unsupported");
  });

  test("one transaction knows nothing of another's end", async () => {
    const [one, other] = [store.begin(), store.begin()];
    const scoped = credits.withTransaction(one);
    credits.withTransaction(other).committed();
    await use(scoped, 1);
  });

  test("the engine's close waits for the calls under way, and refuses new ones", async () => {
    const scoped = credits.withTransaction(store.begin());
    const underWay = [use(scoped, 1), use(scoped, 1)];
    const closing = credits.close();
    const error = await refusedWith(use(scoped, 1), "unsupported");
    expect(error.message).toContain("closed");
    await Promise.all([...underWay, closing]);
  });
});

describe("the engine's memory", () => {
  /** Did the engine know this wallet, or read it whole? */
  async function readsAnew(): Promise<boolean> {
    store.outside.length = 0;
    await use(credits, 0);
    return store.outside[0] === "load";
  }

  test("holds a wallet that was used", async () => {
    expect(await readsAnew()).toBe(false);
  });

  test("forgets a wallet when a transaction touches it, and again at the end", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    const balance = async () => (await credits.balance(ACME)).available.toString();
    store.outside.length = 0;
    expect(await balance()).toBe("100");
    await use(scoped, 10);
    expect([await balance(), await balance()]).toEqual(["100", "100"]);
    expect(store.outside).toEqual(["probe", "load", "probe"]);
    await store.end(tx, "commit");
    scoped.committed();
    expect(await readsAnew()).toBe(true);
    expect((await credits.balance(ACME)).available.toString()).toBe("90");
  });

  test("never holds what was rolled back, whoever asks in between", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await use(scoped, 90);
    expect((await credits.check({ ...ACME, amount: 100 })).allowed).toBe(true);
    expect((await scoped.check({ ...ACME, amount: 100 })).allowed).toBe(false);
    await store.end(tx, "rollback");
    scoped.rolledBack();
    expect((await use(credits, 100)).available.toString()).toBe("0");
    await expectSound(store);
  });

  test("a wallet that a transaction holds is waited for", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await use(scoped, 90, "k");
    const waiting = use(credits, 50);
    await new Promise(setImmediate);
    await store.end(tx, "commit");
    await refusedWith(waiting, "insufficient_credits");
  });
});

describe("the store fails in it", () => {
  test.each([
    ["transient", "store_conflict", true, "run the whole transaction again"],
    ["ambiguous", "store_unavailable", true, "Roll the transaction back"],
    ["permanent", "store_unavailable", true, "Roll the transaction back"],
    ["limit", "over_limit", false, "scripted"],
    ["unsupported", "unsupported", false, "scripted"],
  ] as const)("%s is %s, at the first try", async (kind, code, retryable, says) => {
    const verbs = [
      () => use(credits.withTransaction(store.begin()), 1),
      () => credits.withTransaction(store.begin()).balance(ACME),
      () => credits.withTransaction(store.begin()).ledger(ACME),
      () => credits.withTransaction(store.begin()).usage(TODAY),
      () =>
        credits
          .withTransaction(store.begin())
          .transfer({ from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: newKey() }),
    ];
    // A transfer that is too large is tried again once what is due is out of its way.
    for (const verb of kind === "limit" ? verbs.slice(0, -1) : verbs) {
      store.calls.length = 0;
      store.fail(new StoreError(kind, "scripted."));
      const error = await refusedWith(verb(), code);
      expect(error).toMatchObject({ retryable, cause: { kind } });
      expect(error.message).toContain(says);
      expect(store.calls).toHaveLength(1);
    }
  });

  test.each(["transient", "ambiguous", "permanent"] as const)(
    "after %s, all that follows is refused alike: it might be done outside of the transaction",
    async (kind) => {
      const scoped = credits.withTransaction(store.begin());
      await use(scoped, 1);
      store.fail(new StoreError(kind, "gone."));
      const first = await refusal(use(scoped, 1));
      const reached = store.calls.length;
      expect(await scoped.tryWithdraw({ ...ACME, amount: 1, idempotencyKey: "w" })).toMatchObject({
        ok: false,
        error: { code: first.code },
      });
      expect((await refusal(scoped.balance(ACME))).code).toBe(first.code);
      expect(store.calls).toHaveLength(reached);
    },
  );

  test.each<
    readonly [what: string, read: (scoped: ReturnType<typeof credits.withTransaction>) => Promise<unknown>]
  >([
    ["a balance", (scoped) => scoped.balance(ACME)],
    ["a ledger", (scoped) => scoped.ledger(ACME)],
    ["a chart", (scoped) => scoped.usage(TODAY)],
  ])("%s that could not be read refuses all that follows, too", async (_, read) => {
    const scoped = credits.withTransaction(store.begin());
    store.fail(new StoreError("transient", "gone."));
    const first = await refusal(read(scoped));
    const reached = store.calls.length;
    expect((await refusal(use(scoped, 1))).code).toBe(first.code);
    expect((await refusal(read(scoped))).code).toBe(first.code);
    expect(store.calls).toHaveLength(reached);
  });

  test("an error that is no store's does, too; one of the decision does not", async () => {
    const scoped = credits.withTransaction(store.begin());
    broken = Number.NaN;
    await refusedWith(use(scoped, 1), "invalid_input");
    broken = undefined;
    await use(scoped, 1);
    store.fail(new TypeError("a defect of the store"));
    await expect(use(scoped, 1)).rejects.toThrow("a defect of the store");
    await expect(use(scoped, 1)).rejects.toThrow("a defect of the store");
  });

  test("the whole transaction, run again with the same keys, counts once", async () => {
    const buy = async (tx: AppTransaction) => {
      const scoped = credits.withTransaction(tx);
      try {
        await use(scoped, 10, "a");
        await gift(scoped, 1, { customerId: "beta", idempotencyKey: "b" });
        await store.end(tx, "commit");
        scoped.committed();
      } catch (error) {
        await store.end(tx, "rollback");
        scoped.rolledBack();
        throw error;
      }
    };
    store.fail(new StoreError("transient", "deadlock."));
    await refusedWith(buy(store.begin()), "store_conflict");
    await buy(store.begin());
    await buy(store.begin());
    expect((await credits.balance(ACME)).available.toString()).toBe("90");
    await expectSound(store);
  });

  test("a commit of the app that nobody knows the end of is not answered with a denial", async () => {
    await use(credits, 100);
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await gift(scoped, 50);
    await use(scoped, 50, "k");
    // The app lost the answer to its commit and says so; the database still works on it.
    scoped.rolledBack();
    const again = use(credits, 50, "k");
    await new Promise(setImmediate);
    await store.end(tx, "commit");
    expect(await again).toMatchObject({ replayed: true });
    await expectSound(store);
  });

  test.each(["commit", "rollback"] as const)(
    "a denial within it keeps out what the engine has in doubt: %s",
    async (how) => {
      const send = store.commit.bind(store);
      let late: Parameters<AppStore["commit"]>[0] = [];
      store.commit = (changes) => {
        if (late.length === 0) late = changes;
        return Promise.reject(new StoreError("ambiguous", "no answer yet"));
      };
      const both = [gift(credits, 50, { idempotencyKey: "g" }), use(credits, 150, "k")];
      await Promise.all(both.map((call) => refusedWith(call, "store_unavailable")));
      store.commit = send;
      const tx = store.begin();
      const scoped = credits.withTransaction(tx);
      await refusedWith(use(scoped, 150, "k"), "insufficient_credits");
      const move = {
        from: "acme",
        to: "beta",
        currency: "tokens",
        amount: 150,
        idempotencyKey: "t",
      } as const;
      await refusedWith(scoped.transfer(move), "insufficient_credits");
      expect(tx.changes).toHaveLength(1);
      expect(await send(late)).toMatchObject([{ status: "busy" }]);
      await store.end(tx, how);
      // What a transaction said that was rolled back does not count.
      const landed = await send(late);
      expect(landed).toMatchObject([{ status: how === "commit" ? "conflict" : "committed" }]);
      await expectSound(store);
    },
  );

  test("after a rollback that went through, a denial costs one change of nothing, once", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await use(scoped, 1);
    await store.end(tx, "rollback");
    scoped.rolledBack();
    const { version } = await credits.balance(ACME);
    await refusedWith(use(credits, 101), "insufficient_credits");
    await refusedWith(use(credits, 101), "insufficient_credits");
    expect((await credits.balance(ACME)).version).toBe(version + 1);
    await expectSound(store);
  });

  test("much that fell due goes before a transfer, in the transaction", async () => {
    await Promise.all(Array.from({ length: 5 }, () => gift(credits, 1, { expiresAt: START + DAY })));
    clock.advance({ days: 2 });
    const tx = store.begin();
    store.fail(new StoreError("limit", "too many rows."));
    const scoped = credits.withTransaction(tx);
    await scoped.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "t" });
    await store.end(tx, "commit");
    await expectSound(store);
  });
});
