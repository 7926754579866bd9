import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, faultyStore, sequentialIds, statementOf, testCredits } from "coffer/testing";
import { afterEach, describe, expect, test, vi } from "vitest";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 2, per: 3 } } },
});
const acme = { customerId: "acme", currency: "tokens" } as const;

/** A grant that expires, a hold that times out, a denial, some use. */
async function aMonth() {
  const { credits, clock, store, statement } = testCredits({ catalog, now: "2026-01-01T00:00:00Z" });
  const expiresAt = "2026-01-15T00:00:00Z";
  await credits.grant({
    ...acme,
    amount: 100,
    category: "promotional",
    expiresAt,
    idempotencyKey: "trial",
  });
  clock.advance({ days: 7 });
  await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 60, idempotencyKey: "w1" });
  await credits.tryWithdraw({ ...acme, amount: 1_000, idempotencyKey: "w2" });
  await credits.reserve({ ...acme, amount: 5, expiresIn: { minutes: 10 }, idempotencyKey: "r1" });
  const during = await statement(acme);
  clock.advance({ days: 31 });
  const after = await statement(acme);
  return { during, after, store };
}

test("time goes on, and the customer sees what it did", async () => {
  const { during, after, store } = await aMonth();
  expect(String(during)).toBe(`2026-01-01T00:00:00.000Z granted +100, balance 100
2026-01-08T00:00:00.000Z consumed -40 for chat, balance 60
available 55, held 5
55 of it expire 2026-01-15T00:00:00.000Z`);
  expect(String(after)).toBe(`2026-01-01T00:00:00.000Z granted +100, balance 100
2026-01-08T00:00:00.000Z consumed -40 for chat, balance 60
2026-01-15T00:00:00.000Z expired -60, balance 0
available 0`);
  expect(after.grants.map(({ status }) => status)).toEqual(["expired"]);
  expect(await checkStore(store)).toEqual([]);
});

test("two runs give the same books, ids and hashes included", async () => {
  const [one, other] = [await aMonth(), await aMonth()];
  expect(JSON.stringify(other.after)).toBe(JSON.stringify(one.after));
  expect(JSON.stringify(one.after)).toContain("_00000001");
});

test("a statement has every page of grants and entries", async () => {
  const { credits, statement } = testCredits({ catalog });
  const gifts = Array.from({ length: 251 }, (_, index) =>
    credits.grant({ ...acme, amount: 1, category: "promotional", idempotencyKey: `g${index}` }),
  );
  await Promise.all(gifts);
  const { grants, entries, balance } = await statement(acme);
  expect(new Set(grants.map(({ id }) => id)).size).toBe(251);
  expect(entries.map(({ seq }) => seq)).toEqual(gifts.map((_, index) => index + 1));
  expect(balance.available.toString()).toBe("251");
});

test("a statement tells what is owed", async () => {
  const { credits, statement } = testCredits({ catalog });
  await credits.setPolicy({ ...acme, policy: { mode: "soft", limit: 10 } });
  await credits.withdraw({ ...acme, amount: 3, idempotencyKey: "w1" });
  expect(String(await statement(acme))).toBe(
    "2026-01-01T00:00:00.000Z overdraft -3, balance -3\navailable 0, overdraft 3",
  );
  expect(String(await statementOf(credits, { ...acme, customerId: "nobody" }))).toBe("available 0");
});

test("two processes on one store share clock and ids", async () => {
  const { credits, clock, store, ids, statement } = testCredits({ catalog });
  const other = createCreditEngine({ catalog, store, clock, ids });
  const gift = { ...acme, amount: 5, category: "promotional" } as const;
  const one = await credits.grant({ ...gift, idempotencyKey: "g1" });
  const two = await other.grant({ ...gift, idempotencyKey: "g2" });
  expect(two.id > one.id).toBe(true);
  expect((await statement(acme)).balance.available.toString()).toBe("10");
});

test("ids count, and rise as texts", () => {
  const ids = sequentialIds();
  const made = Array.from({ length: 1_000 }, () => ids());
  expect(made.slice(0, 2)).toEqual(["00000001", "00000002"]);
  expect(made.toSorted()).toEqual(made);
  expect(sequentialIds()()).toBe("00000001");
});

describe("a store that is down", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([false, true])("is told at once, timers replaced: %s", async (areReplaced) => {
    if (areReplaced) vi.useFakeTimers({ toFake: ["setTimeout", "setImmediate", "performance", "Date"] });
    let isDown = true;
    const store = faultyStore(memoryStore(), { plan: () => (isDown ? "transient" : undefined) });
    const { credits } = testCredits({ catalog, store });
    const check = () => credits.check({ ...acme, amount: 1 });
    await expect(check()).rejects.toMatchObject({ code: "store_unavailable", retryable: true });
    expect(store.calls.length).toBeGreaterThan(1);
    isDown = false;
    expect(await check()).toMatchObject({ allowed: false });
  });
});

test("what is no catalog, no instant or no option is refused", () => {
  const wrong = (options: object) => () => testCredits({ catalog, ...options });
  expect(wrong({ catalog: {} })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(wrong({ start: 0 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(wrong({ now: "soon" })).toThrow(RangeError);
});
