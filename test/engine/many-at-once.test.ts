import { describe, expect, it } from "vitest";
import { createCreditEngine, defineCatalog } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { checkStore, manualClock } from "../../src/testing/index.js";

const WALLET = { customerId: "acme", currency: "tokens" } as const;
const SMALL = { rowsPerChange: 64 };

function setUp(limits: Parameters<typeof memoryStore>[0] = { limits: SMALL }) {
  const clock = manualClock("2026-01-01T00:00:00Z");
  const store = memoryStore(limits);
  const catalog = defineCatalog({ currencies: { tokens: { name: "Tokens", scale: 0 } } });
  const credits = createCreditEngine({ catalog, store, clock });
  const grant = (amount: number, key: string, more: { expiresAt?: Date; effectiveAt?: Date } = {}) =>
    credits.grant({ ...WALLET, amount, category: "promotional", idempotencyKey: key, ...more });
  const use = (amount: number, key: string) => credits.withdraw({ ...WALLET, amount, idempotencyKey: key });
  return { clock, store, credits, grant, use };
}

const DAY_2 = new Date("2026-01-02T00:00:00Z");

describe("debts in great number", () => {
  it("are all settled by one grant, in as many writes as it takes", async () => {
    const { store, credits, grant, use } = setUp();
    await credits.setPolicy({ ...WALLET, policy: { mode: "soft" } });
    for (let debt = 0; debt < 50; debt++) await use(1, `use ${debt}`);
    await grant(80, "top-up");
    const balance = await credits.balance(WALLET);
    expect([balance.available, balance.overdraft].map(Number)).toEqual([30, 0]);
    expect(Number((await use(30, "the rest")).available)).toBe(0);
    expect(await checkStore(store)).toEqual([]);
  });

  it("are all settled by a grant that becomes effective, before anything else is decided", async () => {
    const { clock, store, credits, grant, use } = setUp();
    await credits.setPolicy({ ...WALLET, policy: { mode: "soft" } });
    await grant(80, "tomorrow", { effectiveAt: DAY_2 });
    for (let debt = 0; debt < 50; debt++) await use(1, `use ${debt}`);
    clock.advance({ days: 2 });
    const { items } = await credits.ledger({ ...WALLET, types: ["overdraft_settled"], limit: 1_000 });
    expect(items).toHaveLength(100);
    expect(items.every(({ recordedAt }) => recordedAt.getTime() === DAY_2.getTime())).toBe(true);
    expect(Number((await use(30, "the rest")).available)).toBe(0);
    expect(await checkStore(store)).toEqual([]);
  });
});

describe("a reservation over many grants", () => {
  it("is refused where what frees it could not be written at once", async () => {
    const { credits, grant } = setUp();
    for (let number = 0; number < 20; number++) await grant(1, `grant ${number}`);
    const hold = { ...WALLET, expiresIn: { days: 2 } };
    await expect(credits.reserve({ ...hold, amount: 20, idempotencyKey: "20" })).rejects.toMatchObject({
      code: "over_limit",
      details: { pins: 20, limit: 16 },
    });
    expect(Number((await credits.reserve({ ...hold, amount: 16, idempotencyKey: "16" })).held)).toBe(16);
  });

  it("times out over grants that have expired since, and the wallet goes on", async () => {
    const { clock, store, credits, grant, use } = setUp();
    for (let number = 0; number < 16; number++) await grant(1, `grant ${number}`, { expiresAt: DAY_2 });
    await credits.reserve({ ...WALLET, amount: 16, expiresIn: { days: 2 }, idempotencyKey: "hold" });
    clock.advance({ days: 3 });
    await grant(5, "later");
    expect(Number((await use(5, "use")).available)).toBe(0);
    expect(await checkStore(store)).toEqual([]);
  });
});

it("one withdrawal may draw on ten thousand grants", async () => {
  const { credits, grant, use } = setUp({});
  await Promise.all(Array.from({ length: 10_000 }, (_, number) => grant(1, `grant ${number}`)));
  const { draws, available } = await use(10_000, "all");
  expect([draws.length, Number(available)]).toEqual([10_000, 0]);
  expect(await credits.verifyLedger(WALLET)).toMatchObject({ ok: true, entries: 20_000 });
}, 60_000);
