/** Clocks of machines go wrong; a wallet's own time only ever goes on. */
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  HOUR,
  START,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
  world,
} from "./support.js";

describe("a clock that goes back", () => {
  test("does not take the ledger back with it", async () => {
    const { credits, store, clock } = world();
    await gift(credits, 10);
    clock.set(START + HOUR);
    await use(credits, 1);
    clock.set(START - DAY);
    await use(credits, 1);
    const granted = await gift(credits, 1);
    expect(granted.createdAt.getTime()).toBe(START + HOUR);
    clock.set(START + HOUR + 1);
    await use(credits, 1);
    const { items } = await credits.ledger(ACME);
    expect(items.map(({ recordedAt }) => recordedAt.getTime() - START)).toEqual([
      0,
      HOUR,
      HOUR,
      HOUR,
      HOUR + 1,
    ]);
    expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true });
    await expectSound(store);
  });

  test("brings nothing back that has expired, and takes nothing back that has begun", async () => {
    const { credits, clock } = world();
    await gift(credits, 10, { expiresAt: START + HOUR });
    await gift(credits, 5, { effectiveAt: START + HOUR });
    clock.set(START + HOUR);
    await use(credits, 1);
    clock.set(START);
    expect((await credits.balance(ACME)).available.toString()).toBe("4");
    expect((await use(credits, 4)).available.toString()).toBe("0");
    await refusedWith(use(credits, 1), "insufficient_credits");
    expect((await credits.grants({ ...ACME, status: "expired" })).items).toHaveLength(1);
    expect((await credits.check({ ...ACME, amount: 1 })).allowed).toBe(false);
  });

  test("in one wallet holds up no other", async () => {
    const { credits, clock } = world();
    clock.set(START + DAY);
    await gift(credits, 1);
    clock.set(START);
    const other = await gift(credits, 1, { customerId: "beta" });
    expect(other.createdAt.getTime()).toBe(START);
    const moved = await credits.transfer({
      from: "beta",
      to: "acme",
      currency: "tokens",
      amount: 1,
      idempotencyKey: newKey(),
    });
    expect(moved.grants[0]?.createdAt.getTime()).toBe(START + DAY);
  });

  test("measures lateness, timeouts and expiries by the wallet's time", async () => {
    const { credits, clock } = world();
    clock.set(START + DAY);
    await gift(credits, 10, { effectiveAt: START });
    clock.set(START);
    await credits.withdraw({ ...ACME, amount: 1, occurredAt: START, idempotencyKey: newKey() });
    const hold = await credits.reserve({
      ...ACME,
      amount: 1,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    expect(hold.expiresAt.getTime()).toBe(START + DAY + HOUR);
    await refusedWith(gift(credits, 1, { expiresAt: START + HOUR }), "invalid_input");
  });
});

test("engines whose clocks differ agree on one order of events", async () => {
  const store = memoryStore();
  const [ahead, behind] = [manualClock(START + HOUR), manualClock(START)];
  const [fast, slow] = [engineOn(store, ahead), engineOn(store, behind)];
  await gift(slow, 10, { expiresAt: START + 30 * 60_000 });
  await gift(slow, 10);
  await use(fast, 1);
  await use(slow, 1);
  behind.advance({ minutes: 40 });
  await use(slow, 1);
  const { items } = await slow.ledger(ACME);
  const instants = items.map(({ recordedAt }) => recordedAt.getTime() - START);
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  expect(items.map(({ type }) => type)).toEqual([
    "granted",
    "granted",
    "expired",
    "consumed",
    "consumed",
    "consumed",
  ]);
  expect(await fast.verifyLedger(ACME)).toMatchObject({ ok: true });
  await expectSound(store);
});

test("a clock that moves between two of a batch moves the wallet, and back again it does not", async () => {
  const store = memoryStore();
  let reading = 0;
  const credits = engineOn(store, () => START + (reading++ % 2 === 0 ? 1_000 : -1_000));
  await Promise.all([gift(credits, 5), gift(credits, 5), use(credits, 3), use(credits, 3), use(credits, 3)]);
  const instants = (await credits.ledger(ACME)).items.map(({ recordedAt }) => recordedAt.getTime());
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true });
});

test("fractions of a millisecond do not reach the books", async () => {
  const store = memoryStore();
  let time = START + 0.1;
  const credits = engineOn(store, () => (time += 0.3));
  await gift(credits, 5);
  for (let count = 0; count < 5; count++) await use(credits, 1);
  const { items } = await credits.ledger(ACME);
  expect(items.every(({ recordedAt }) => Number.isInteger(recordedAt.getTime()))).toBe(true);
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 6 });
});
