/** What the engine keeps in memory does not grow with the wallets that it has served. */
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { describe, expect, test } from "vitest";
import { WalletCache } from "../../src/engine/cache.js";
import type { CachedWallet } from "../../src/engine/change.js";
import { Doubts } from "../../src/engine/doubts.js";
import { type EngineParts, engineParts } from "../../src/engine/engine-parts.js";
import { Mutations } from "../../src/engine/mutations.js";
import {
  type Script,
  type Step,
  failing,
  landingLater,
  losingTheAnswer,
  scriptedStore,
  times,
} from "./concurrency/scripted-store.js";
import { START, catalog } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

function parts(cachedWallets: number, store: CreditStore = memoryStore()): EngineParts {
  let ids = 0;
  return engineParts({
    catalog: catalog.compiled,
    store,
    clock: () => START,
    ids: () => `id${String(ids++).padStart(6, "0")}`,
    cache: { mostWallets: cachedWallets, mostBytes: 1_000_000_000 },
    queue: { mostWaiting: 1_000, mostWaitingPerWallet: 100 },
    ratesMaxStaleMs: 5_000,
    timeoutMs: 10_000,
    billing: null,
    billingTimeoutMs: 1_000,
    pace: virtualPace(),
  });
}

const sizeOf = (holder: object, name: string) =>
  (Reflect.get(holder, name) as { readonly size: number }).size;

test("a wallet's queue goes with its last request, and its cache with the wallets that came after", async () => {
  const { services, cache } = parts(10);
  const mutations = new Mutations(services);
  const grant = (customerId: string) =>
    mutations.grant({
      customerId,
      currency: "tokens",
      amount: 1,
      category: "promotional",
      idempotencyKey: "g",
    });
  const granting = Promise.all(Array.from({ length: 100 }, (_, n) => grant(`c${n}`)));
  expect(sizeOf(services, "lanes")).toBe(100);
  await granting;
  for (let n = 0; n < 20; n++) await grant(`d${n}`);
  // The queue itself ends a few turns after its last answer.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(sizeOf(services, "lanes")).toBe(0);
  expect(sizeOf(cache, "wallets")).toBe(10);
});

describe("of the wallets in the cache", () => {
  const key = (id: string) => ({ part: 0, id });
  const cached = (version: number, grants = 0) =>
    ({
      wallet: {
        version,
        openGrants: { size: grants },
        reservations: { size: 0 },
        owingWithdrawals: { size: 0 },
      },
    }) as unknown as CachedWallet;
  const kept = (cache: WalletCache, ids: readonly string[]) =>
    ids.filter((id) => cache.get(key(id)) !== undefined);

  test("the one that was used least recently goes first", () => {
    const cache = new WalletCache({ mostWallets: 2, mostBytes: 1_000_000_000 }, () => 0);
    for (const id of ["a", "b"]) cache.put(key(id), cached(1));
    cache.get(key("a"));
    cache.put(key("c"), cached(1));
    expect(kept(cache, ["a", "b", "c"])).toEqual(["a", "c"]);
    cache.put(key("a"), cached(2)); // Used again by being written.
    cache.put(key("d"), cached(1));
    expect(kept(cache, ["a", "c", "d"])).toEqual(["a", "d"]);
  });

  test("none is replaced by what it was before", () => {
    const cache = new WalletCache({ mostWallets: 2, mostBytes: 1_000_000_000 }, () => 0);
    cache.put(key("a"), cached(2));
    cache.put(key("a"), cached(1));
    expect(cache.get(key("a"))).toEqual(cached(2));
    cache.put(key("a"), cached(3));
    expect(cache.get(key("a"))).toEqual(cached(3));
  });

  test("as many stay as the bytes allow, and one that is larger than that by itself", () => {
    const cache = new WalletCache({ mostWallets: 1_000, mostBytes: 50_000 }, () => 0);
    for (const id of ["a", "b", "c"]) cache.put(key(id), cached(1, 10));
    expect(kept(cache, ["a", "b", "c"])).toEqual(["a", "b", "c"]);
    cache.put(key("d"), cached(1, 90));
    expect(kept(cache, ["a", "b", "c", "d"])).toEqual(["d"]);
    cache.put(key("d"), cached(2, 1_000));
    expect(kept(cache, ["d"])).toEqual(["d"]);
    cache.put(key("d"), cached(3, 1)); // It shrank: there is room again.
    for (const id of ["a", "b", "c"]) cache.put(key(id), cached(1, 10));
    expect(kept(cache, ["a", "b", "c", "d"])).toEqual(["a", "b", "c", "d"]);
  });

  test("one is given by when the store was seen to have it, which never goes back", () => {
    const cache = new WalletCache({ mostWallets: 10, mostBytes: 1_000_000 }, () => 0);
    cache.put(key("a"), cached(1));
    expect(cache.getSince(key("a"), 0)).toBeUndefined(); // Nobody asked the store.
    cache.put(key("a"), cached(1), 500);
    cache.put(key("a"), cached(1), 400);
    cache.put(key("a"), cached(1));
    expect([cache.getSince(key("a"), 500), cache.getSince(key("a"), 501)]).toEqual([cached(1), undefined]);
    cache.put(key("a"), cached(2));
    expect(cache.getSince(key("a"), 0)).toBeUndefined();
  });

  test("what was asked before a drop is not taken for recent: it may be from before what it was dropped for", () => {
    let nowMs = 0;
    const cache = new WalletCache({ mostWallets: 10, mostBytes: 1_000_000 }, () => nowMs);
    nowMs = 100;
    cache.drop(key("a"));
    cache.put(key("a"), cached(1), 100);
    expect(cache.getSince(key("a"), 0)).toBeUndefined();
    cache.put(key("a"), cached(1), 101);
    expect(cache.getSince(key("a"), 101)).toEqual(cached(1));
  });

  test("one that was dropped is gone, and another that was never there does not come", () => {
    const cache = new WalletCache({ mostWallets: 2, mostBytes: 1_000_000_000 }, () => 0);
    cache.put(key("a"), cached(1));
    cache.drop(key("a"));
    expect(kept(cache, ["a", "b"])).toEqual([]);
    expect(sizeOf(cache, "wallets")).toBe(0);
  });
});

test("of calls that are refused, for however many wallets, nothing is kept", async () => {
  const { services } = parts(10);
  const queue = { waiting: 1_000_000 };
  Object.assign(services.queue, queue);
  for (let customer = 0; customer < 100; customer++) {
    const handle = services.handle({ customerId: `c${customer}`, currency: "tokens", scope: "" });
    await expect(services.submit(handle, {} as never)).rejects.toMatchObject({ code: "over_limit" });
  }
  expect(sizeOf(services, "lanes")).toBe(0);
});

test("a doubt about a wallet goes with the version that settles it, and the last of several settles all", () => {
  const doubts = new Doubts();
  const key = { part: 1, id: "w" };
  doubts.raise({ key, expect: 4 });
  doubts.raise({ key, expect: 7 });
  doubts.raise({ key, expect: 5 });
  doubts.see({ part: 1, id: "other" }, 9);
  for (const version of [4, 7]) {
    doubts.see(key, version);
    expect(doubts.areAbout(key, version)).toBe(true);
  }
  expect(doubts.areAbout(key, 8)).toBe(false);
  expect(sizeOf(doubts, "expected")).toBe(1);
  doubts.see(key, 8);
  expect(sizeOf(doubts, "expected")).toBe(0);
});

describe("a doubt is forgotten once a newer version is seen", () => {
  type Late = ReturnType<typeof landingLater>;

  async function grantWith(script: (late: Late) => Script) {
    const beneath = memoryStore();
    const store = scriptedStore(beneath);
    const { services, access } = parts(10, store);
    const mutations = new Mutations(services);
    const grant = (idempotencyKey: string) =>
      mutations.grant({
        customerId: "acme",
        currency: "tokens",
        amount: 1,
        category: "promotional",
        idempotencyKey,
      });
    store.play(script(landingLater(beneath)));
    const told = await Promise.allSettled([grant("g")]);
    return { told, grant, store, doubts: () => sizeOf(access.doubts, "expected") };
  }

  test("by a commit of its own", async () => {
    const { doubts } = await grantWith((late) => ({ commit: [late.commit] }));
    expect(doubts()).toBe(0);
  });

  test("by a read", async () => {
    const { doubts } = await grantWith(() => ({ commit: [losingTheAnswer] }));
    expect(doubts()).toBe(0);
  });

  test("by a conflict", async () => {
    const landing =
      (late: Late): Step =>
      (run) =>
        late.land().then(() => run());
    const { doubts } = await grantWith((late) => ({ commit: [late.commit, landing(late)] }));
    expect(doubts()).toBe(0);
  });

  test("and until then is kept", async () => {
    const { doubts, told, store, grant } = await grantWith((late) => ({
      commit: [late.commit, ...times(1_000, failing("transient"))],
    }));
    expect([told[0]?.status, doubts()]).toEqual(["rejected", 1]);
    store.play({});
    await grant("other");
    expect(doubts()).toBe(0);
  });
});
