/** Tiers over a billing period: 5 each for the first 10, 3 each for the next 10, 1 each above. */
import { expect, test } from "vitest";
import { newKey } from "../support.js";
import { world } from "./support.js";

test("the position is what the period has recorded so far, across events", async () => {
  const { cost, sound } = await world();
  expect(await cost("storage", { quantity: 4 })).toBe(20);
  expect(await cost("storage", { quantity: 8 })).toBe(6 * 5 + 2 * 3);
  expect(await cost("storage", { quantity: 8 })).toBe(24);
  expect(await cost("storage", { quantity: 5 })).toBe(5);
  await sound();
});

test("an event that crosses all tiers costs as much as its parts", async () => {
  const { cost } = await world();
  expect(await cost("storage", { quantity: 25 })).toBe(50 + 30 + 5);
});

test("without a plan the UTC month is the period, and late use counts in its own", async () => {
  const { cost, clock } = await world();
  await cost("storage", { quantity: 20 });
  clock.set(Date.parse("2026-01-31T23:59:59.999Z"));
  expect(await cost("storage")).toBe(1);
  clock.set(Date.parse("2026-02-01T00:00:00Z"));
  expect(await cost("storage")).toBe(5);
  expect(await cost("storage", { occurredAt: "2026-01-31T12:00:00Z" })).toBe(1);
  expect(await cost("storage", { quantity: 10 })).toBe(9 * 5 + 3);
});

test("with a plan it is the plan's, by the anchor and zone of the subscription", async () => {
  const { credits, cost, clock } = await world();
  await credits.subscribe({
    customerId: "acme",
    plan: "pro",
    anchor: "2026-01-05T00:00:00+01:00",
    timeZone: "Europe/Berlin",
    idempotencyKey: newKey(),
  });
  await cost("storage", { quantity: 20 });
  clock.set(Date.parse("2026-02-04T22:59:59.999Z"));
  expect(await cost("storage")).toBe(1);
  clock.set(Date.parse("2026-02-04T23:00:00Z"));
  expect(await cost("storage")).toBe(5);
});

test("customers and scopes count apart, and so do lines of one event add up", async () => {
  const { credits, cost } = await world(["acme", "beta"]);
  await cost("storage", { quantity: 20 });
  expect(await cost("storage", { customerId: "beta" })).toBe(5);
  const { amount, lines } = await credits.withdraw({
    customerId: "beta",
    items: [
      { feature: "storage", quantity: 8 },
      { feature: "storage", quantity: 2 },
    ],
    idempotencyKey: newKey(),
  });
  // The first stands at 1, the second at 9.
  expect([amount.toNumber(), ...lines.map(({ price }) => price.toNumber())]).toEqual([48, 40, 5 + 3]);
});

test("what is denied, tried or reversed moves no tier", async () => {
  const { credits, cost } = await world(["acme"]);
  const used = await credits.withdraw({
    customerId: "acme",
    feature: "storage",
    quantity: 9,
    idempotencyKey: newKey(),
  });
  await credits.estimate({ customerId: "acme", feature: "storage", quantity: 10 });
  await credits.tryWithdraw({
    customerId: "acme",
    feature: "storage",
    quantity: 100_000_000,
    idempotencyKey: newKey(),
  });
  expect(await cost("storage", { quantity: 2 })).toBe(5 + 3);
  await credits.reverse({ withdrawalId: used.id, idempotencyKey: newKey() });
  expect(await cost("storage")).toBe(3);
});

test("a reservation keeps the position of its reserve; what is captured counts, what is released does not", async () => {
  const { credits, cost } = await world();
  const reserve = async (quantity: number) =>
    credits.reserve({
      customerId: "acme",
      feature: "storage",
      quantity,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
  const dropped = await reserve(10);
  const hold = await reserve(12);
  expect(hold.price.toNumber()).toBe(56);
  await credits.release({ reservationId: dropped.id, idempotencyKey: newKey() });
  expect(await cost("storage", { quantity: 10 })).toBe(50);
  const capture = async (quantity: number, final: boolean) =>
    (
      await credits.capture({ reservationId: hold.id, quantity, final, idempotencyKey: newKey() })
    ).amount.toNumber();
  expect(await capture(9, false)).toBe(45);
  expect(await capture(2, true)).toBe(5 + 3);
  // 10 and 11 so far.
  expect(await cost("storage")).toBe(1);
});

test("counts survive the process, and old ones are dropped", async () => {
  const { cost, another, clock, store } = await world();
  await cost("storage", { quantity: 20 });
  expect(await cost("storage", { on: another() })).toBe(1);
  const periods = () => new Set(store.dump().match(/"from\W+\d+\W+until\W+\d+/g)).size;
  clock.set(Date.parse("2026-02-20T00:00:00Z"));
  await cost("storage");
  expect(periods()).toBe(2);
  clock.set(Date.parse("2026-06-01T00:00:00Z"));
  await cost("storage");
  expect(periods()).toBe(1);
});
