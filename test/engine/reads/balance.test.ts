/** What a wallet holds, now and at any instant that has passed. */
import { describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  HOUR,
  START,
  engineOn,
  gift,
  newKey,
  plain,
  refusedWith,
  use,
  world,
} from "../support.js";

const NOTHING = {
  available: "0",
  held: "0",
  scheduled: "0",
  balance: "0",
  net: "0",
  overdraft: "0",
  overage: "0",
  expiring: [],
  nextRefillAt: null,
  version: 0,
};

test("an unused wallet reads as empty, and stays unused", async () => {
  const { credits, store } = world();
  const before = store.dump();
  expect(plain(await credits.balance(ACME))).toEqual(NOTHING);
  expect(plain(await credits.balance({ ...ACME, at: 0 }))).toEqual(NOTHING);
  expect(await credits.grants(ACME)).toEqual({ items: [], next: null });
  expect(await credits.ledger(ACME)).toEqual({ items: [], next: null });
  expect(await credits.audit({ customerId: "acme" })).toEqual({ items: [], next: null });
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 0 });
  expect(plain(await credits.check({ ...ACME, amount: 1 }))).toMatchObject({
    allowed: false,
    available: "0",
  });
  expect((await credits.explain(ACME)).grants).toEqual([]);
  expect(store.dump()).toBe(before);
});

test("each figure counts what it says", async () => {
  const { credits } = world();
  await credits.setPolicy({ ...ACME, policy: { mode: "soft", limit: 50 } });
  const soon = await gift(credits, 10, { expiresAt: START + DAY });
  await gift(credits, 20, { expiresAt: START + 2 * DAY, features: ["image"] });
  await gift(credits, 7, { effectiveAt: START + HOUR });
  await use(credits, 4);
  await credits.reserve({ ...ACME, amount: 5, expiresIn: { hours: 1 }, idempotencyKey: newKey() });
  await credits.withdraw({ customerId: "acme", feature: "unit", quantity: 3, idempotencyKey: newKey() });
  const balance = await credits.balance(ACME);
  expect(plain(balance)).toMatchObject({
    available: "20",
    held: "5",
    scheduled: "7",
    balance: "30",
    net: "23",
    overdraft: "2",
    overage: "0",
  });
  expect(balance.expiring.map(({ amount, at }) => [amount.toString(), at.getTime()])).toEqual([
    ["20", START + 2 * DAY],
  ]);
  expect(balance.expiring.map(({ grantId }) => grantId)).not.toContain(soon.id);
});

test("overage is that of the month", async () => {
  const { credits, clock } = world();
  await credits.setPolicy({
    ...ACME,
    policy: { mode: "overage", price: { amount: "0.01", currency: "USD" } },
  });
  await use(credits, 30);
  expect((await credits.balance(ACME)).overage.toString()).toBe("30");
  clock.set(Date.UTC(2026, 1, 1) - 1);
  expect((await credits.balance(ACME)).overage.toString()).toBe("30");
  clock.set(Date.UTC(2026, 1, 1));
  expect((await credits.balance(ACME)).overage.toString()).toBe("0");
  await use(credits, 2);
  expect((await credits.balance({ ...ACME, at: Date.UTC(2026, 1, 1) - 1 })).overage.toString()).toBe("30");
  clock.advance({ days: 1 });
  expect((await credits.balance({ ...ACME, at: Date.UTC(2026, 1, 1) })).overage.toString()).toBe("2");
});

test("what time alone does shows at once, and is written by nobody but those who need it", async () => {
  const { credits, store, clock } = world();
  await gift(credits, 10, { expiresAt: START + DAY });
  await gift(credits, 3, { effectiveAt: START + DAY });
  const before = store.dump();
  clock.set(START + DAY - 1);
  expect(plain(await credits.balance(ACME))).toMatchObject({ available: "10", scheduled: "3" });
  clock.set(START + DAY);
  expect(plain(await credits.balance(ACME))).toMatchObject({ available: "3", scheduled: "0", balance: "3" });
  await credits.check({ ...ACME, amount: 1 });
  await credits.estimate({ ...ACME, amount: 1 });
  await credits.explain(ACME);
  await credits.audit({ customerId: "acme" });
  expect(store.dump()).toBe(before);
  expect((await credits.ledger(ACME)).items.map(({ type, cause }) => [type, cause])).toEqual([
    ["granted", null],
    ["granted", null],
    ["expired", "expiry"],
  ]);
  const after = store.dump();
  expect(after).not.toBe(before);
  await credits.grants(ACME);
  await credits.verifyLedger(ACME);
  expect(store.dump()).toBe(after);
});

describe("at a past instant", () => {
  async function story() {
    const here = world();
    const { credits, clock } = here;
    await gift(credits, 10, { expiresAt: START + 3 * DAY });
    clock.advance({ days: 1 });
    await use(credits, 4);
    clock.advance({ days: 1 });
    await credits.setPolicy({ ...ACME, policy: { mode: "soft" } });
    await use(credits, 9);
    clock.advance({ days: 2 });
    await gift(credits, 5);
    return here;
  }

  test.each([
    [-1, { balance: "0", available: "0", expiring: [] }],
    [0, { balance: "10", available: "10" }],
    [DAY - 1, { balance: "10" }],
    [DAY, { balance: "6", available: "6" }],
    [2 * DAY - 1, { balance: "6" }],
    [2 * DAY, { balance: "-3", available: "0", overdraft: "3", net: "-3" }],
    [3 * DAY, { balance: "-3" }],
    [4 * DAY - 1, { balance: "-3" }],
    [4 * DAY, { balance: "2", overdraft: "0" }],
  ])("%s ms after the start", async (offset, expected) => {
    const { credits } = await story();
    expect(plain(await credits.balance({ ...ACME, at: START + offset }))).toMatchObject(expected);
  });

  test("it never changes again, whatever comes later", async () => {
    const { credits, clock } = await story();
    const asked = [0, 1, 2, 3, 4].map((days) => START + days * DAY);
    const read = () => Promise.all(asked.map((at) => credits.balance({ ...ACME, at })));
    const sums = async () =>
      (await read()).map(({ balance, available, overdraft }) => plain([balance, available, overdraft]));
    clock.advance({ seconds: 1 });
    const before = await sums();
    await credits.withdraw({ ...ACME, amount: 1, occurredAt: START + HOUR, idempotencyKey: newKey() });
    const [first] = (await credits.ledger({ ...ACME, types: ["consumed"] })).items;
    expect(first?.operationId).toMatch(/^op_/);
    clock.advance({ days: 30 });
    await gift(credits, 100);
    expect(await sums()).toEqual(before);
  });

  test("the future is not known", async () => {
    const { credits, clock } = await story();
    const error = await refusedWith(credits.balance({ ...ACME, at: clock() + 1 }), "invalid_input");
    expect(error.message).toContain("future");
    expect(plain(await credits.balance({ ...ACME, at: clock() }))).toEqual(
      plain(await credits.balance(ACME)),
    );
  });

  test("scheduled credits, a restart and another engine make no difference", async () => {
    const { credits, store, clock } = world();
    await gift(credits, 8, { effectiveAt: START + 2 * DAY, expiresAt: START + 5 * DAY });
    clock.advance({ days: 3 });
    const other = engineOn(store, clock);
    const early = await other.balance({ ...ACME, at: START + DAY });
    expect(plain(early)).toMatchObject({
      available: "0",
      scheduled: "8",
      balance: "8",
      net: "0",
      expiring: [],
    });
    const late = await other.balance({ ...ACME, at: START + 2 * DAY });
    expect(plain(late)).toMatchObject({ available: "8", scheduled: "0", expiring: [{ amount: "8" }] });
  });
});

test("of what expires the soonest hundred are listed, soonest first", async () => {
  const { credits } = world();
  await Promise.all(
    Array.from({ length: 120 }, (_, n) => gift(credits, 1, { expiresAt: START + (200 - n) * DAY })),
  );
  const { expiring } = await credits.balance(ACME);
  expect(expiring).toHaveLength(100);
  expect(expiring.map(({ at }) => at.getTime())).toEqual(
    Array.from({ length: 100 }, (_, n) => START + (81 + n) * DAY),
  );
});
