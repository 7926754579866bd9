import { expect, it } from "vitest";
import { createCreditEngine, defineCatalog } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { checkStore, manualClock } from "../../src/testing/index.js";

const TOKENS = { customerId: "acme", currency: "tokens" } as const;

function setUp() {
  const clock = manualClock("2026-01-01T00:00:00Z");
  const store = memoryStore();
  const catalog = defineCatalog({
    currencies: { tokens: { name: "Tokens" } },
    features: { chat: { currency: "tokens", rate: { credits: 1 } } },
  });
  return { clock, store, credits: createCreditEngine({ catalog, store, clock }) };
}

it("an amount captured of a rated line counts against the hold", async () => {
  const { credits, store } = setUp();
  await credits.grant({ ...TOKENS, amount: 1_000, category: "promotional", idempotencyKey: "g" });
  const chat = { customerId: "acme", feature: "chat", quantity: 120 } as const;
  const { id } = await credits.reserve({ ...chat, expiresIn: { hours: 1 }, idempotencyKey: "r" });
  await credits.capture({ reservationId: id, amount: 50, final: false, idempotencyKey: "c1" });
  const rest = await credits.capture({ reservationId: id, idempotencyKey: "c2" });
  expect([rest.price, rest.amount, rest.shortfall, rest.available].map(Number)).toEqual([70, 70, 0, 880]);
  expect(await checkStore(store)).toEqual([]);
});

it("a scale is fixed once it was used", async () => {
  const { credits, store } = setUp();
  await credits.grant({ ...TOKENS, amount: 9, category: "promotional", idempotencyKey: "g" });
  const catalog = defineCatalog({ currencies: { tokens: { name: "Tokens", scale: 2 } } });
  const other = createCreditEngine({ catalog, store });
  await expect(other.balance(TOKENS)).rejects.toMatchObject({
    code: "unsupported",
    message:
      'Wallets of "tokens" are kept with 6 decimal places, and the catalog says 2. ' +
      "A scale is fixed once used: set it back, or define another currency.",
    details: { currency: "tokens", scale: 2, kept: 6 },
  });
});

it("a transfer moves neither wallet's time to the other's", async () => {
  const { clock, credits, store } = setUp();
  clock.set(new Date("2026-01-10T00:00:00Z"));
  await credits.grant({
    ...TOKENS,
    customerId: "b",
    amount: 1,
    category: "promotional",
    idempotencyKey: "b",
  });
  clock.set(new Date("2026-01-01T00:00:00Z"));
  const cost = { amount: "10.00", currency: "USD" };
  const expiresAt = "2026-01-05T00:00:00Z";
  await credits.grant({ ...TOKENS, amount: 10, category: "paid", cost, expiresAt, idempotencyKey: "a" });
  const moved = await credits.transfer({
    from: "acme",
    to: "b",
    currency: "tokens",
    amount: 4,
    idempotencyKey: "t",
  });
  expect(Number((await credits.balance(TOKENS)).available)).toBe(6);
  // Where they arrive it is the tenth already: what expired on the fifth is gone, its $4 with it.
  expect(
    moved.grants.map(({ status, expired, breakage }) => [status, Number(expired), Number(breakage?.amount)]),
  ).toEqual([["expired", 4, 4]]);
  expect(await checkStore(store)).toEqual([]);
});

it("what a reversal brings back is counted off the usage of the instant at which it was used", async () => {
  const { clock, credits, store } = setUp();
  await credits.grant({ ...TOKENS, amount: 10, category: "promotional", idempotencyKey: "g" });
  const used = await credits.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 4,
    idempotencyKey: "w",
  });
  clock.advance({ days: 1 });
  await credits.reverse({ withdrawalId: used.id, amount: 3, idempotencyKey: "back" });
  const [, part = "", id = ""] = /^wd_(..)(.{16})_/.exec(used.id) ?? [];
  const start = Date.parse("2026-01-01T00:00:00Z");
  const points = await store.usage({
    key: { part: Number.parseInt(part, 16), id },
    bounds: [start, start + 900_000, start + 2 * 86_400_000],
  });
  expect(points).toEqual([
    {
      index: 0,
      feature: "chat",
      group: "",
      quantity: 4n,
      quantityFraction: 0n,
      amount: 1_000_000n,
      count: 1,
    },
  ]);
});
