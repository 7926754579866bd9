/** What `createCreditEngine` takes, and what it does with a clock or a maker of ids that goes wrong. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { describe, expect, test } from "vitest";
import { ACME, START, catalog, engineOn, gift, newKey, refusal, refusedWith, use } from "../support.js";

const wild = createCreditEngine as (options: unknown) => unknown;
const good = () => ({ catalog, store: memoryStore() });

test("a catalog that somebody put a list without end into is refused before it takes all memory", async () => {
  const plans = { ...catalog.plans, pro: Array.from({ length: 1 }) };
  plans.pro.length = 2 ** 32 - 1;
  const error = await refusal(() => wild({ ...good(), catalog: { ...catalog, plans } }));
  expect(error).toMatchObject({ code: "over_limit" });
});

test.each<readonly [what: string, options: unknown, says: string]>([
  ["nothing", undefined, "must be"],
  ["null", null, "must be"],
  ["a list", [], "must be"],
  ["a function", () => good(), "must be"],
  ["no catalog", { store: memoryStore() }, "`catalog` must be made with defineCatalog"],
  ["no store", { catalog }, "`store` must be a store"],
  ["a bare definition", { ...good(), catalog: { currencies: { tokens: { name: "T" } } } }, "`catalog`"],
  ["a hollow catalog", { ...good(), catalog: { compiled: {} } }, "`catalog`"],
  ["a catalog of no currencies", { ...good(), catalog: { compiled: { features: new Map() } } }, "`catalog`"],
  ["a catalog of no features", { ...good(), catalog: { compiled: { currencies: new Map() } } }, "`catalog`"],
  ["a catalog of nothing", { ...good(), catalog: { compiled: null } }, "`catalog`"],
  ["a text as catalog", { ...good(), catalog: "tokens" }, "`catalog`"],
  ["a list as catalog", { ...good(), catalog: [] }, "`catalog`"],
  ["a maker of stores", { catalog, store: memoryStore }, "`store`"],
  ["half a store", { catalog, store: { load: () => [], commit: () => [], limits: {} } }, "`store`"],
  ["a store without limits", { catalog, store: { ...memoryStore(), limits: undefined } }, "`store`"],
  ["an instant as clock", { ...good(), clock: START }, "`clock`"],
  ["a date as clock", { ...good(), clock: new Date() }, "`clock`"],
  ["null as clock", { ...good(), clock: null }, "`clock`"],
  ["a text as ids", { ...good(), ids: "ulid" }, "`ids`"],
  ["no cached wallets", { ...good(), cachedWallets: 0 }, "`cachedWallets` must be at least 1; got 0"],
  ["half a cached wallet", { ...good(), cachedWallets: 1.5 }, "`cachedWallets` must be a whole number"],
  ["an endless cache", { ...good(), cachedWallets: Number.POSITIVE_INFINITY }, "`cachedWallets`"],
  ["no time at all", { ...good(), timeoutMs: 0 }, "`timeoutMs` must be at least 1; got 0"],
  ["endless time", { ...good(), timeoutMs: Number.POSITIVE_INFINITY }, "`timeoutMs`"],
  ["more time than timers know", { ...good(), timeoutMs: 2 ** 31 }, "`timeoutMs` must be at most 2147483647"],
  ["a function as pace", { ...good(), pace: () => 0 }, "`pace` must have the functions"],
  ["half a pace", { ...good(), pace: { wait: () => 0, random: () => 0 } }, "`pace`"],
  ["an unknown option", { ...good(), colour: "red" }, '"colour"'],
])("%s is refused", async (_, options, says) => {
  const error = await refusal(() => wild(options));
  expect(error).toMatchObject({ code: "invalid_input" });
  expect(error.message).toContain("createCreditEngine");
  expect(error.message).toContain(says);
});

test.each(["load", "commit", "transact", "list", "close"])(
  "a store that cannot %s is none",
  async (method) => {
    const store = { ...memoryStore(), [method]: undefined };
    const { message } = await refusal(() => wild({ catalog, store }));
    expect(message).toContain("`store` must be a store, as memoryStore() makes");
  },
);

test.each(["monotonicMs", "wait", "random"])("a pace without %s is none", async (method) => {
  const pace = { monotonicMs: () => 0, wait: async () => undefined, random: () => 0, [method]: undefined };
  const { message } = await refusal(() => wild({ ...good(), pace }));
  expect(message).toContain("`pace` must have the functions monotonicMs, wait and random");
});

test.each([
  ["clock", "must be a function that returns UTC milliseconds"],
  ["ids", "must be a function that makes ids"],
  ["catalog", "must be made with defineCatalog"],
])("%s %s", async (option, says) => {
  const { message } = await refusal(() => wild({ ...good(), [option]: 7 }));
  expect(message).toContain(`\`${option}\` ${says}`);
});

test("a proxy that throws is refused, too", async () => {
  const hostile = new Proxy(good(), {
    get() {
      throw new Error("boo");
    },
  });
  expect(await refusal(() => wild(hostile))).toMatchObject({ code: "invalid_input" });
});

test("what is undefined counts as left out", async () => {
  const credits = createCreditEngine({
    ...good(),
    clock: undefined,
    ids: undefined,
    cachedWallets: undefined,
    timeoutMs: undefined,
    pace: undefined,
  });
  expect((await credits.balance({ customerId: "a", currency: "tokens" })).balance.toString()).toBe("0");
});

describe("a clock", () => {
  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    8_640_000_000_000_001,
    undefined,
    null,
    "2026-01-01T00:00:00Z",
    String(START),
    new Date(START),
    BigInt(START),
    {},
  ])("that tells %s stops the engine, and nothing is written", async (told) => {
    const store = memoryStore();
    let time: unknown = START;
    const credits = engineOn(store, () => time as number);
    await gift(credits, 10);
    const before = store.dump();
    time = told;
    for (const call of [
      use(credits, 1),
      gift(credits, 1),
      credits.transfer({ from: "acme", to: "b", currency: "tokens", amount: 1, idempotencyKey: newKey() }),
      credits.balance(ACME),
      credits.check({ ...ACME, amount: 1 }),
      credits.grants(ACME),
    ])
      expect((await refusedWith(call, "invalid_input")).message).toContain("`clock`");
    expect(store.dump()).toBe(before);
    time = START + 1;
    expect((await use(credits, 1)).available.toString()).toBe("9");
  });

  test("between two milliseconds it is still the first", async () => {
    const store = memoryStore();
    const credits = engineOn(store, () => START + 0.999);
    expect((await gift(credits, 1)).createdAt.getTime()).toBe(START);
    const early = engineOn(memoryStore(), () => -0.5);
    expect((await gift(early, 1)).createdAt.getTime()).toBe(-1);
  });

  test.each([-8_640_000_000_000_000, -1, 0, 2 ** 48, 8_639_999_000_000_000])(
    "may stand at %s: the whole calendar is open",
    async (instant) => {
      const store = memoryStore();
      const credits = engineOn(store, () => instant);
      await gift(credits, 5);
      const { id } = await use(credits, 2);
      await credits.reverse({ withdrawalId: id, idempotencyKey: newKey() });
      expect((await credits.balance(ACME)).balance.toString()).toBe("5");
      expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 3 });
    },
  );
});

describe("a maker of ids", () => {
  const engineWith = (ids: (now: number) => string) => {
    const store = memoryStore();
    return { store, credits: createCreditEngine({ catalog, store, clock: () => START, ids }) };
  };

  test.each([undefined, null, 7, "", "x".repeat(201), "a\u0000", "\ud800", {}])(
    "that makes %j makes none",
    async (id) => {
      const { credits, store } = engineWith(() => id as string);
      const before = store.dump();
      expect((await refusedWith(gift(credits, 1), "invalid_input")).message).toContain("`ids`");
      expect(store.dump()).toBe(before);
    },
  );

  test("that repeats itself overwrites nothing", async () => {
    const { credits, store } = engineWith(() => "same");
    await gift(credits, 1);
    const before = store.dump();
    await expect(gift(credits, 2)).rejects.toMatchObject({ name: "CreditError" });
    expect(store.dump()).toBe(before);
  });

  test("may make them of any characters", async () => {
    let count = 0;
    const { credits } = engineWith(() => `_${String(count++).padStart(4, "0")} ü/_\n"`);
    const { id } = await gift(credits, 3);
    expect((await credits.voidGrant({ grantId: id })).status).toBe("voided");
  });
});
