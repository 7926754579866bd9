import { createCreditEngine } from "coffer";
import { checkStore } from "coffer/testing";
import { expect, test } from "vitest";
import { ACME, catalog, gift, newKey, refusedWith, world } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const user = { dimension: "user", value: "ann" } as const;
const monthly = { ...ACME, ...user, every: { months: 1 } } as const;
const use = { customerId: "acme", feature: "unit", dimensions: { user: "ann" } } as const;

test("check says that a budget is exceeded, what would pass, and when it begins anew", async () => {
  const { credits } = world();
  await gift(credits, 1_000);
  const { budget } = await credits.setBudget({ ...monthly, limit: "10.5" });
  expect(budget).toMatchObject({ value: "ann", resetsAt: new Date("2026-02-01T00:00:00Z"), parent: null });
  await credits.withdraw({ ...use, quantity: 4, idempotencyKey: newKey() });
  const check = await credits.check({ ...use, quantity: 7 });
  expect(check).toMatchObject({
    allowed: false,
    reason: "budget_exceeded",
    resetsAt: new Date("2026-02-01T00:00:00Z"),
  });
  expect([check.price.toNumber(), check.affordable?.toNumber()]).toEqual([7, 6]);
  expect((await credits.check({ ...use, quantity: 6 })).reason).toBe("ok");
  await refusedWith(credits.withdraw({ ...use, quantity: 7, idempotencyKey: newKey() }), "budget_exceeded");
  const [one] = await credits.budgets(ACME);
  expect([one?.used, one?.held, one?.remaining].map(String)).toEqual(["4", "0", "6.5"]);
});

test("check and estimate say when the last of what denies begins anew, and what parents leave", async () => {
  const { credits } = world();
  await gift(credits, 1_000);
  const red = { dimension: "team", value: "red" } as const;
  await credits.setBudget({ ...ACME, ...red, every: { months: 1 }, limit: 6 });
  await credits.setBudget({ ...ACME, ...user, every: { days: 1 }, limit: 6, parent: red });
  await credits.withdraw({ ...use, quantity: 4, idempotencyKey: newKey() });
  for (const verb of [credits.check, credits.estimate]) {
    const answer = await verb({ ...use, quantity: 3 });
    expect(answer).toMatchObject({
      reason: "budget_exceeded",
      resetsAt: new Date("2026-02-01T00:00:00Z"),
    });
    expect(answer.affordable?.toNumber()).toBe(2);
  }
  const { draws, shortfall } = await credits.estimate({ ...use, quantity: 3 });
  expect([draws[0]?.amount, shortfall].map(String)).toEqual(["2", "1"]);
});

test("what others count to is removed after them", async () => {
  const { credits } = world();
  const red = { dimension: "team", value: "red" } as const;
  await credits.setBudget({ ...ACME, ...red, every: { months: 1 }, limit: 6 });
  await credits.setBudget({ ...monthly, limit: 6, parent: red });
  const removal = credits.setBudget({ ...ACME, ...red, limit: null });
  expect((await refusedWith(removal, "invalid_input")).message).toContain('user "ann" counts to this one');
  await credits.setBudget({ ...ACME, ...user, limit: null });
  await credits.setBudget({ ...ACME, ...red, limit: null });
  expect(await credits.budgets(ACME)).toEqual([]);
});

test("a week begins on Monday by the clocks of the zone", async () => {
  const { credits } = world();
  const { budget } = await credits.setBudget({
    ...monthly,
    every: { weeks: 1 },
    timeZone: "America/New_York",
    limit: 1,
  });
  expect(budget?.periodStart).toEqual(new Date("2026-01-05T05:00:00Z"));
});

test("two processes that hold, capture, reverse and set it keep it together, too", async () => {
  const { credits, store, clock } = world();
  await gift(credits, 1_000);
  await credits.setBudget({ ...monthly, limit: 50 });
  const other = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
  const life = async (engine: typeof credits, index: number) => {
    const hold = await engine.reserve({
      ...use,
      quantity: 4,
      expiresIn: { hours: 1 },
      idempotencyKey: `hold-${index}`,
    });
    const part = { reservationId: hold.id, quantity: 3, idempotencyKey: `capture-${index}` };
    const { id } = await engine.capture(part);
    if (index % 3 === 0)
      await engine.reverse({ withdrawalId: id, amount: 1, idempotencyKey: `back-${index}` });
    if (index % 5 === 0) await engine.setBudget({ ...monthly, limit: 50 + (index % 2) });
  };
  await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => life(index % 2 ? credits : other, index)),
  );
  const [one] = await other.budgets(ACME);
  expect(one?.held.toNumber()).toBe(0);
  expect(one?.used.toNumber()).toBeGreaterThan(0);
  expect(one?.used.toNumber()).toBeLessThanOrEqual(51);
  expect(await checkStore(store, { catalog })).toEqual([]);
});

test("it survives a restart, and two processes keep it together", async () => {
  const { credits, store, clock } = world();
  await gift(credits, 1_000);
  await credits.setBudget({ ...monthly, limit: 50 });
  const other = createCreditEngine({ catalog, store, clock, pace: virtualPace() });
  const calls = Array.from({ length: 60 }, (_, index) =>
    (index % 2 === 0 ? credits : other).tryWithdraw({ ...use, quantity: 2, idempotencyKey: `use-${index}` }),
  );
  const done = (await Promise.all(calls)).filter(({ ok }) => ok);
  expect(done).toHaveLength(25);
  expect((await other.budgets(ACME))[0]?.remaining.toNumber()).toBe(0);
  expect(await checkStore(store, { catalog })).toEqual([]);
});

test.each([
  [{ every: { minutes: 5 } }, "shorter than an hour"],
  [{ every: undefined }, "every"],
  [{ feature: "gilt" }, "not priced"],
  [{ parent: { dimension: "team", value: "red" } }, "parent"],
  [{ value: "x".repeat(255), dimension: "y".repeat(255) }, "too long"],
  [{ limit: -1 }, "negative"],
  [{ timeZone: "Mars" }, "time zone"],
])("%j is refused", async (wrong, words) => {
  const { credits, store } = world();
  const before = store.dump();
  const call = credits.setBudget({ ...monthly, limit: 5, ...wrong } as Parameters<
    typeof credits.setBudget
  >[0]);
  expect((await refusedWith(call, "invalid_input")).message).toContain(words);
  expect(store.dump()).toEqual(before);
});

test("removing one needs no period", async () => {
  const { credits } = world();
  await credits.setBudget({ ...monthly, limit: 1 });
  expect((await credits.setBudget({ ...ACME, ...user, limit: null })).budget).toBeNull();
  expect(await credits.budgets(ACME)).toEqual([]);
});
