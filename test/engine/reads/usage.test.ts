/** What was used, for charts: from the counters, by the clocks of a zone. */
import { expect, test } from "vitest";
import { ACME, DAY, HOUR, START, gift, newKey, plain, refusedWith, use, world } from "../support.js";

const DAYS = { ...ACME, from: START, to: START + 3 * DAY, every: "day" } as const;

test("each day has what was used in it, days without use too", async () => {
  const { credits, clock } = world();
  await gift(credits, 1_000);
  await use(credits, 3);
  clock.advance({ hours: 2 });
  await use(credits, "1.5");
  clock.advance({ days: 2 });
  await use(credits, 4);
  const series = await credits.usage(DAYS);
  expect(series.map(({ from, amount, count }) => [from.getTime(), amount.toString(), count])).toEqual([
    [START, "4.5", 2],
    [START + DAY, "0", 0],
    [START + 2 * DAY, "4", 1],
  ]);
  expect(series.map(({ to }) => to.getTime())).toEqual([START + DAY, START + 2 * DAY, START + 3 * DAY]);
});

test("late use counts when it was used, and a reversal takes it off there", async () => {
  const { credits, clock } = world();
  await gift(credits, 100);
  clock.advance({ days: 2 });
  const late = { ...ACME, amount: 5, occurredAt: START + HOUR, idempotencyKey: newKey() };
  const { id } = await credits.withdraw(late);
  await credits.reverse({ withdrawalId: id, amount: 2, idempotencyKey: newKey() });
  const series = await credits.usage(DAYS);
  expect(series.map(({ amount, count }) => [amount.toString(), count])).toEqual([
    ["3", 1],
    ["0", 0],
    ["0", 0],
  ]);
});

test("by feature, in their own units; by amount under null", async () => {
  const { credits } = world();
  await gift(credits, 1_000);
  for (const quantity of [1_500, "0.5"])
    await credits.withdraw({ customerId: "acme", feature: "chat", quantity, idempotencyKey: newKey() });
  await credits.withdraw({ customerId: "acme", feature: "unit", quantity: 2, idempotencyKey: newKey() });
  await credits.withdraw({ ...ACME, amount: 7, idempotencyKey: newKey() });
  const request = { ...ACME, from: START, to: START + 1, every: "hour", groupBy: "feature" } as const;
  expect(plain(await credits.usage(request))).toMatchObject([
    {
      amount: "12.001",
      count: 4,
      features: [
        { feature: null, amount: "7", quantity: "0", count: 1 },
        { feature: "chat", amount: "3.001", quantity: "1500.5", count: 2 },
        { feature: "unit", amount: "2", quantity: "2", count: 1 },
      ],
    },
  ]);
  expect(plain(await credits.usage({ ...DAYS, feature: "unit" }))).toMatchObject([
    { amount: "2", features: [] },
    { amount: "0" },
    { amount: "0" },
  ]);
});

test("a zone's days begin at its midnight", async () => {
  const { credits, clock } = world();
  await gift(credits, 10);
  await use(credits, 1); // 00:00 UTC is still 9 January in New York.
  clock.advance({ hours: 5 });
  await use(credits, 2);
  const series = await credits.usage({
    ...ACME,
    from: START - DAY,
    to: START + DAY,
    every: "day",
    timeZone: "America/New_York",
  });
  expect(series.map(({ amount }) => amount.toString())).toEqual(["0", "1", "2"]);
});

test("what makes no chart is refused", async () => {
  const { credits } = world();
  await refusedWith(credits.usage({ ...DAYS, to: START }), "invalid_input");
  await refusedWith(credits.usage({ ...DAYS, timeZone: "Mars/Base" }), "invalid_input");
  await refusedWith(credits.usage({ ...DAYS, feature: "gilt" }), "invalid_input");
  await refusedWith(credits.usage({ ...DAYS, to: START + 1_001 * DAY }), "over_limit");
});

test("a chart has up to 1,000 buckets", async () => {
  const { credits } = world();
  expect(await credits.usage({ ...DAYS, to: START + 1_000 * DAY })).toHaveLength(1_000);
});
