/** Charts by the values of dimensions: counted in the same commit as the use, in every combination of values. */
import { type CreditEngine, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it, test } from "vitest";
import { DAY, START, newKey, plain } from "../support.js";

const catalog = defineCatalog({
  currencies: {
    tokens: { name: "Tokens", policy: { mode: "soft" }, chartDimensions: ["user", "model"] },
    gold: { name: "Gold" },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: 2 } },
    search: { currency: "tokens", rate: { credits: 1 } },
    gilt: { currency: "gold", rate: { credits: 1 } },
  },
});
const ACME = { customerId: "acme", currency: "tokens" } as const;
const TODAY = { ...ACME, from: START, to: START + DAY, every: "day" } as const;
const BY_MODEL = { ...TODAY, groupBy: { dimension: "model" } } as const;

let store: ReturnType<typeof memoryStore>;
let credits: CreditEngine<typeof catalog>;
beforeEach(async () => {
  store = memoryStore();
  credits = createCreditEngine({ catalog, store, clock: manualClock(START) });
  await gift(100);
});

function gift(amount: number) {
  return credits.grant({ ...ACME, amount, category: "promotional", idempotencyKey: newKey() });
}

function chat(quantity: number, dimensions: Readonly<Record<string, string>> = {}) {
  return credits.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity,
    dimensions,
    idempotencyKey: newKey(),
  });
}

/** Credits by value, in the order of their names. */
async function amounts(request: Parameters<typeof credits.usage>[0]): Promise<Record<string, string>> {
  const [bucket] = await credits.usage(request);
  const pairs = (bucket?.values ?? []).map(
    ({ value, amount }) => [String(value), amount.toString()] as const,
  );
  return Object.fromEntries(pairs);
}

test("by model: a chat of 3 with large and 2 with small, and 1 without a model", async () => {
  await chat(1, { model: "large", user: "ann" });
  await chat(2, { model: "large", user: "bob" });
  await chat(2, { model: "small", user: "ann", region: "eu" });
  await credits.withdraw({
    customerId: "acme",
    feature: "search",
    quantity: 5,
    dimensions: { model: "small" },
    idempotencyKey: newKey(),
  });
  await chat(1);
  await credits.withdraw({ ...ACME, amount: 7, idempotencyKey: newKey() });
  const [day] = plain(await credits.usage(BY_MODEL)) as { values: { value: string | null }[] }[];
  expect(day).toMatchObject({ amount: "24", count: 6, features: [] });
  expect(day?.values.toSorted((a, b) => String(a.value).localeCompare(String(b.value)))).toEqual([
    { value: "large", amount: "6", quantity: "3", count: 2 },
    { value: null, amount: "9", quantity: "1", count: 2 },
    { value: "small", amount: "9", quantity: "7", count: 2 },
  ]);
  expect(await amounts({ ...TODAY, groupBy: { dimension: "user" } })).toEqual({
    ann: "6",
    bob: "4",
    null: "14",
  });
});

test("only what one user used, by model; only one feature, by model", async () => {
  await chat(1, { model: "large", user: "ann" });
  await chat(2, { model: "small", user: "ann" });
  await chat(4, { model: "small", user: "bob" });
  expect(await amounts({ ...BY_MODEL, dimensions: { user: "ann" } })).toEqual({ large: "2", small: "4" });
  expect(await amounts({ ...BY_MODEL, feature: "search" })).toEqual({});
  const [day] = await credits.usage({ ...TODAY, dimensions: { user: "ann", model: "small" } });
  expect([day?.amount.toString(), day?.count]).toEqual(["4", 1]);
});

describe("what comes back is counted off where it was counted", () => {
  it("of a withdrawal from grants", async () => {
    await chat(5, { model: "small" });
    const { id } = await chat(10, { model: "large" });
    await credits.reverse({ withdrawalId: id, amount: 8, idempotencyKey: newKey() });
    expect(await amounts(BY_MODEL)).toEqual({ large: "12", small: "10" });
  });

  it("of debts, and of debts that were paid since, each of its own line", async () => {
    const { id } = await credits.withdraw({
      customerId: "acme",
      items: [
        { feature: "chat", quantity: 60, dimensions: { model: "large" } },
        { feature: "chat", quantity: 10, dimensions: { model: "small" } },
      ],
      idempotencyKey: newKey(),
    });
    // 100 of the 140 were there: large owes 20, small 20. A gift of 30 pays large's 20 and 10 of small's.
    await gift(30);
    await credits.reverse({ withdrawalId: id, amount: 15, idempotencyKey: newKey() });
    // First what is owed (10 of small), then 5 of the last payment, which was for small.
    expect(await amounts(BY_MODEL)).toEqual({ large: "120", small: "5" });
    await credits.reverse({ withdrawalId: id, idempotencyKey: newKey() });
    expect(await amounts(BY_MODEL)).toEqual({ large: "0", small: "0" });
    expect(await checkStore(store, { catalog })).toEqual([]);
  });

  it("of a capture", async () => {
    const { id } = await credits.reserve({
      customerId: "acme",
      feature: "chat",
      quantity: 10,
      dimensions: { model: "large" },
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    await credits.capture({ reservationId: id, quantity: 4, idempotencyKey: newKey() });
    expect(await amounts(BY_MODEL)).toEqual({ large: "8" });
  });
});

describe("values of any kind", () => {
  it("are told apart, whatever stands in them", async () => {
    const values = ['"', "\\", "a", "A", "ä", "a ", "null", '{"model":"a"}', "𝕏"];
    for (const model of values) await chat(1, { model });
    expect(Object.keys(await amounts(BY_MODEL)).toSorted()).toEqual(values.toSorted());
  });

  it("that are too long together for a counter's key are charged, and counted without", async () => {
    const model = "m".repeat(255);
    await chat(1, { model, user: "u".repeat(107) });
    await chat(2, { model, user: "u".repeat(108) });
    await chat(4, { model: '"'.repeat(186) });
    await chat(8, { model: '"'.repeat(187) });
    await chat(16, { model: "ä".repeat(127), user: "ä".repeat(55) });
    expect(await amounts(BY_MODEL)).toEqual({ [model]: "2", ['"'.repeat(186)]: "8", null: "52" });
  });
});

describe("what no chart tells apart is refused, and what to do is said", () => {
  it.each([
    [{ groupBy: { dimension: "region" } }, /"region" apart. Name it in the currency's `chartDimensions`/],
    [{ dimensions: { region: "eu" } }, /"region" apart/],
    [{ groupBy: { dimension: 5 } }, /groupBy/],
    [{ groupBy: "model" }, /`groupBy` must be "feature"; got "model", or must be an object/],
    [{ currency: "gold", groupBy: { dimension: "model" } }, /charts of "gold"/],
  ])("%o", async (more, message) => {
    const told = credits.usage({ ...TODAY, ...more } as never);
    await expect(told).rejects.toMatchObject({ code: "invalid_input" });
    await expect(told).rejects.toThrow(message);
  });

  it.each([
    [["a", "b", "c", "d"], /chartDimensions.*at most 3/],
    [[""], /chartDimensions/],
    ["model", /chartDimensions.*an array/],
  ])("a catalog with %o", (chartDimensions, message) => {
    const define = () =>
      defineCatalog({ currencies: { tokens: { name: "T", chartDimensions: chartDimensions as [] } } });
    expect(define).toThrow(message);
  });
});

test("use before a dimension was charted counts without a value; what comes back of it too", async () => {
  const before = createCreditEngine({
    catalog: defineCatalog({
      currencies: { tokens: { name: "T" } },
      features: { chat: { currency: "tokens", rate: { credits: 2 } } },
    }),
    store,
    clock: manualClock(START),
  });
  await before.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 3,
    dimensions: { model: "large" },
    idempotencyKey: newKey(),
  });
  await chat(1, { model: "large" });
  expect(await amounts(BY_MODEL)).toEqual({ large: "2", null: "6" });
});

test("for any uses and any reversals, the values sum to the whole, and to what the ledger says of each", async () => {
  const model = fc.constantFrom("a", "b", undefined);
  const use = fc.record({ quantity: fc.nat(9), model, user: model, back: fc.integer({ min: 1, max: 20 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(use, { maxLength: 12 }), async (uses) => {
      const own = memoryStore();
      const engine = createCreditEngine({ catalog, store: own, clock: manualClock(START) });
      for (const [index, { quantity, back, ...given }] of uses.entries()) {
        const dimensions = JSON.parse(JSON.stringify(given)) as Record<string, string>;
        const request = {
          customerId: "acme",
          feature: "chat",
          quantity,
          dimensions,
          idempotencyKey: `u${index}`,
        } as const;
        const { id, price } = await engine.withdraw(request);
        if (quantity > 0)
          await engine.reverse({
            withdrawalId: id,
            amount: Math.min(back, price.toNumber()),
            idempotencyKey: `r${index}`,
          });
        if (index % 4 === 3)
          await engine.grant({ ...ACME, amount: 9, category: "promotional", idempotencyKey: `g${index}` });
      }
      const [day] = await engine.usage(BY_MODEL);
      const parts = (day?.values ?? []).reduce((sum, { amount }) => sum + amount.toNumber(), 0);
      expect(parts).toBe(day?.amount.toNumber());
      expect(await checkStore(own, { catalog })).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
