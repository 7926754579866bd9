/** Bounded queues: whoever finds no room is told so at once, and nothing of it happens. */
import { createCreditEngine } from "coffer";
import { type MemoryStore, memoryStore } from "coffer/memory";
import { type CreditStore, StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, it, test } from "vitest";
import { type Engine, ACME, START, catalog, engineOn, gift, newKey, use } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

/** A store whose commits wait until they are let through. */
function held(beneath: MemoryStore): {
  readonly store: CreditStore;
  readonly commits: string[][];
  letThrough(): void;
} {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const commits: string[][] = [];
  const store: CreditStore = {
    limits: { ...beneath.limits, changesPerCommit: 2 },
    load: (reads) => beneath.load(reads),
    commit: async (changes) => {
      commits.push(changes.map(({ head }) => head.customerId));
      await gate;
      return beneath.commit(changes);
    },
    transact: (reads, decide) => beneath.transact(reads, decide),
    list: (query) => beneath.list(query),
    usage: (query) => beneath.usage(query),
    due: (query) => beneath.due(query),
    events: (query) => beneath.events(query),
    prune: (query) => beneath.prune(query),
    close: () => beneath.close(),
  };
  return { store, commits, letThrough: () => open() };
}

let beneath: MemoryStore;
let gate: ReturnType<typeof held>;
const clock = manualClock(START);

beforeEach(async () => {
  beneath = memoryStore();
  const funding = engineOn(beneath, clock);
  for (const customerId of ["acme", "bob", "cat"]) await gift(funding, 100, { customerId });
  gate = held(beneath);
});

function engineWith(queue: NonNullable<Parameters<typeof createCreditEngine>[0]["queue"]>): Engine {
  return createCreditEngine({ catalog, store: gate.store, clock, pace: virtualPace(), queue });
}

function useOf(credits: Engine, customerId: string) {
  return credits.withdraw({ ...ACME, customerId, amount: 1, idempotencyKey: newKey() });
}

async function left(customerId: string): Promise<number> {
  return (await engineOn(beneath, clock).balance({ ...ACME, customerId })).available.toNumber();
}

describe("past the bound of one wallet", () => {
  it("a call is refused with the numbers, and those of other wallets are not", async () => {
    const credits = engineWith({ mostWaitingPerWallet: 3 });
    const taken = [1, 2, 3].map(() => useOf(credits, "acme"));
    const refused = useOf(credits, "acme");
    await expect(refused).rejects.toMatchObject({ code: "over_limit", details: { waiting: 3, limit: 3 } });
    await expect(refused).rejects.toThrow(
      /3 calls for this wallet .* Nothing was done; .*`queue.mostWaitingPerWallet`/,
    );
    const other = useOf(credits, "bob");
    gate.letThrough();
    await Promise.all([...taken, other]);
    expect([await left("acme"), await left("bob")]).toEqual([97, 99]);
  });

  it("there is room again for each that was answered, or failed", async () => {
    const credits = engineWith({ mostWaitingPerWallet: 2 });
    gate.letThrough();
    for (let round = 0; round < 5; round++) {
      await Promise.all([useOf(credits, "acme"), useOf(credits, "acme")]);
      const tooMuch = credits.withdraw({ ...ACME, amount: 1_000, idempotencyKey: newKey() });
      await expect(tooMuch).rejects.toMatchObject({ code: "insufficient_credits" });
    }
    expect(await left("acme")).toBe(90);
  });

  it("there is room again after the store failed", async () => {
    const failing = {
      ...gate.store,
      commit: () => Promise.reject(new StoreError("transient", "down")),
      load: gate.store.load,
    };
    const pace = virtualPace();
    const queue = { mostWaiting: 1 };
    const credits = createCreditEngine({ catalog, store: failing, clock, pace, queue, timeoutMs: 50 });
    for (let round = 0; round < 3; round++)
      await expect(use(credits, 1, newKey())).rejects.toMatchObject({ code: "store_unavailable" });
  });
});

test("past the bound of all wallets a call is refused, whatever wallet it is for", async () => {
  const credits = engineWith({ mostWaiting: 3 });
  const taken = ["acme", "acme", "bob"].map((customerId) => useOf(credits, customerId));
  const refused = useOf(credits, "cat");
  await expect(refused).rejects.toMatchObject({ code: "over_limit", details: { waiting: 3, limit: 3 } });
  await expect(refused).rejects.toThrow(/`queue.mostWaiting`/);
  gate.letThrough();
  await Promise.all(taken);
  expect(await left("cat")).toBe(100);
});

test("a refused call that comes again with its key is charged once", async () => {
  const credits = engineWith({ mostWaiting: 1 });
  const first = useOf(credits, "acme");
  const request = { ...ACME, amount: 5, idempotencyKey: "again" };
  await expect(credits.withdraw(request)).rejects.toMatchObject({ code: "over_limit" });
  gate.letThrough();
  await first;
  expect([(await credits.withdraw(request)).replayed, (await credits.withdraw(request)).replayed]).toEqual([
    false,
    true,
  ]);
  expect(await left("acme")).toBe(94);
});

test("reads find room, however many mutations wait", async () => {
  const credits = engineWith({ mostWaiting: 1 });
  const taken = useOf(credits, "acme");
  expect((await credits.balance(ACME)).available.toNumber()).toBe(100);
  gate.letThrough();
  await taken;
});

test("with no bounds all of them wait", async () => {
  const endless = Number.POSITIVE_INFINITY;
  const credits = engineWith({ mostWaiting: endless, mostWaitingPerWallet: endless });
  const all = Array.from({ length: 100 }, () => useOf(credits, "acme"));
  gate.letThrough();
  await Promise.all(all);
  expect(await left("acme")).toBe(0);
});

test("a bulk of more withdrawals than a wallet's queue holds finds room for all of them", async () => {
  gate.letThrough();
  const credits = engineWith({ mostWaitingPerWallet: 2_000 });
  await gift(credits, 4_900);
  const requests = Array.from({ length: 5_000 }, (_, index) => ({
    ...ACME,
    amount: 1,
    idempotencyKey: `bulk-${index}`,
  }));
  const outcomes = await credits.withdrawMany(requests);
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5_000);
  expect(outcomes.map((one) => one.ok && one.value.available.toNumber())).toEqual(
    requests.map((_, index) => 4_999 - index),
  );
});

test("a wallet of one call is in the next commit, however many wait for a hot one", async () => {
  const credits = engineWith({});
  const hot = Array.from({ length: 90 }, () => useOf(credits, "acme"));
  await Promise.resolve();
  await Promise.resolve();
  const more = Array.from({ length: 9 }, () => useOf(credits, "acme"));
  const lone = [useOf(credits, "bob"), useOf(credits, "cat")];
  gate.letThrough();
  await Promise.all([...hot, ...more, ...lone]);
  expect(gate.commits.slice(0, 2)).toEqual([["acme"], ["bob", "cat"]]);
});
