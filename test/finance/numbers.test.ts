/** What finance can check by hand: each sale, to the cent. */
import { expect, test } from "vitest";
import { FEBRUARY, JANUARY, MARCH, figures, newKey, report, sell, shop, total, use } from "./support.js";

test("$8,500 for 10,000 credits: one of them recognises $0.85", async () => {
  const { credits } = shop();
  await sell(credits, 10_000, "8500.00");
  await use(credits, 1);
  expect(await total(credits)).toEqual({ billed: "8500", recognised: "0.85", closing: "8499.15" });
});

test.each([
  ["in one", [3_333]],
  ["in three", [1_111, 1_111, 1_111]],
  ["in odd parts", [1, 3_000, 7, 300, 25]],
  ["one by one", Array.from({ length: 3_333 }, () => 1)],
])("3,333 of them recognise $2,833.05, %s", async (_, parts) => {
  const { credits } = shop();
  await sell(credits, 10_000, "8500.00");
  for (const part of parts) await use(credits, part);
  expect(await total(credits)).toEqual({ billed: "8500", recognised: "2833.05", closing: "5666.95" });
});

test("¥1,000 for 3 credits: 333, 333 and 334 yen", async () => {
  const { credits } = shop();
  await sell(credits, 3, "0", { cost: { amount: "1000", currency: "JPY" } });
  const recognised: string[] = [];
  for (let credit = 0; credit < 3; credit++) {
    await use(credits, 1);
    recognised.push((await total(credits))["recognised"] ?? "");
  }
  expect(recognised).toEqual(["333", "666", "1000"]);
  expect(await total(credits)).toEqual({ billed: "1000", recognised: "1000" });
});

test("promotional credits beside paid ones recognise nothing, and stand beside the money", async () => {
  const { credits } = shop();
  await sell(credits, 1_000, "100.00");
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 200,
    category: "promotional",
    idempotencyKey: newKey(),
  });
  await use(credits, 200);
  const { totals, promotional } = await report(credits);
  expect(totals.map(figures)).toEqual([{ billed: "100", closing: "100" }]);
  expect(promotional.map(({ creditCurrency, used }) => [creditCurrency, used.toFixed()])).toEqual([
    ["tokens", "200"],
  ]);
});

test("100 at $1, 30 used, the rest expired: 30 recognised, 70 breakage", async () => {
  const { credits, clock } = shop();
  await sell(credits, 100, "100.00", { expiresAt: FEBRUARY });
  await use(credits, 30);
  clock.set(MARCH);
  expect(await total(credits)).toEqual({ billed: "100", recognised: "30", breakage: "70" });
  const months = await report(credits, { groupBy: ["month"] });
  expect(months.rows.map((row) => [row.month, figures(row)])).toEqual([
    ["2026-01", { billed: "100", recognised: "30", closing: "70" }],
    ["2026-02", { opening: "70", breakage: "70" }],
  ]);
});

test("refunded before they expire, the 70 go back", async () => {
  const { credits, clock } = shop();
  const grant = await sell(credits, 100, "100.00", { expiresAt: FEBRUARY });
  await use(credits, 30);
  await credits.refundGrant({ grantId: grant.id, idempotencyKey: newKey() });
  clock.set(MARCH);
  expect(await total(credits)).toEqual({ billed: "100", recognised: "30", refunded: "70" });
});

test("40 of 100 credits for $10 roll over: $4 move, and are recognised by their use", async () => {
  const { credits, clock } = shop();
  await credits.schedule({
    customerId: "acme",
    currency: "tokens",
    amount: 100,
    every: { months: 1 },
    until: FEBRUARY + 1,
    category: "paid",
    cost: { amount: "10.00", currency: "USD" },
    rollover: { max: 40 },
    idempotencyKey: newKey(),
  });
  await use(credits, 60);
  clock.set(FEBRUARY);
  expect(await total(credits, { from: JANUARY, to: FEBRUARY + 1 })).toEqual({
    billed: "20",
    recognised: "6",
    movedIn: "4",
    movedOut: "4",
    closing: "14",
  });
  await use(credits, 40);
  expect(await total(credits, { from: FEBRUARY, to: FEBRUARY + 1 })).toMatchObject({ recognised: "4" });
});

test("an overdraft of 15 is recognised when a later paid grant settles it, at that grant's cost", async () => {
  const { credits, clock } = shop();
  await credits.setPolicy({
    customerId: "acme",
    currency: "tokens",
    policy: { mode: "soft" },
    actor: "sales@example.com",
  });
  await use(credits, 15);
  clock.set(FEBRUARY);
  await sell(credits, 100, "200.00");
  const { rows } = await report(credits, { to: MARCH, groupBy: ["month"] });
  expect(rows.map((row) => [row.month, figures(row)])).toEqual([
    ["2026-02", { billed: "200", recognised: "30", closing: "170" }],
  ]);
});

test("an upgrade in mid-month bills the difference, which is the plan's own revenue", async () => {
  const { credits, clock } = shop();
  const { id: subscriptionId } = await credits.subscribe({
    customerId: "acme",
    plan: "starter",
    idempotencyKey: newKey(),
  });
  await use(credits, 50);
  clock.set(JANUARY + 15.5 * 86_400_000);
  await credits.changePlan({
    subscriptionId,
    plan: "pro",
    proration: "difference",
    idempotencyKey: newKey(),
  });
  await use(credits, 50);
  const { rows } = await report(credits, { to: FEBRUARY, groupBy: ["plan"] });
  expect(rows.map((row) => [row.plan, figures(row)])).toEqual([
    ["pro", { billed: "15", closing: "15" }],
    ["starter", { billed: "10", recognised: "10" }],
  ]);
});

test("overage is revenue of its own, never deferred", async () => {
  const { credits } = shop();
  await sell(credits, 10, "10.00");
  await credits.setPolicy({
    customerId: "acme",
    currency: "tokens",
    policy: { mode: "overage", price: { amount: "0.015", currency: "USD" } },
    actor: "sales@example.com",
  });
  await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 110, idempotencyKey: newKey() });
  expect(await total(credits)).toEqual({ billed: "10", recognised: "10", overage: "1.5" });
});

test("overage at prices in two monies stands in two rows", async () => {
  const { credits } = shop();
  for (const currency of ["USD", "EUR"]) {
    await credits.setPolicy({
      customerId: "acme",
      currency: "tokens",
      policy: { mode: "overage", price: { amount: "0.5", currency } },
      actor: "sales@example.com",
    });
    await use(credits, 10);
  }
  const { totals } = await report(credits);
  expect(totals.map((row) => [row.currency, figures(row)])).toEqual([
    ["EUR", { overage: "5" }],
    ["USD", { overage: "5" }],
  ]);
});

test("two monies stand in two rows and are never added", async () => {
  const { credits } = shop();
  await sell(credits, 100, "10.00");
  await sell(credits, 100, "0", { cost: { amount: "8.00", currency: "EUR" } });
  await use(credits, 150);
  const { totals } = await report(credits);
  expect(totals.map((row) => [row.currency, figures(row)])).toEqual([
    ["EUR", { billed: "8", recognised: "4", closing: "4" }],
    ["USD", { billed: "10", recognised: "10" }],
  ]);
});

test("late use of credits that have expired takes their breakage back and recognises it", async () => {
  const { credits, clock } = shop();
  await sell(credits, 100, "100.00", { expiresAt: FEBRUARY });
  clock.set(FEBRUARY + 86_400_000);
  expect(await total(credits)).toEqual({ billed: "100", breakage: "100" });
  await use(credits, 30, { occurredAt: FEBRUARY - 1 });
  expect(await total(credits)).toEqual({ billed: "100", recognised: "30", breakage: "70" });
});

test("by feature, deferred money belongs to none until a use gives it one", async () => {
  const { credits } = shop();
  await sell(credits, 100, "100.00");
  await credits.withdraw({ customerId: "acme", feature: "image", quantity: 2, idempotencyKey: newKey() });
  await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 5, idempotencyKey: newKey() });
  await use(credits, 1);
  const { rows } = await report(credits, { groupBy: ["feature"] });
  expect(rows.map((row) => [row.feature, figures(row)])).toEqual([
    [null, { billed: "100", recognised: "1", attributed: "-25", closing: "74" }],
    ["chat", { recognised: "5", attributed: "5" }],
    ["image", { recognised: "20", attributed: "20" }],
  ]);
});

test("by source, a grant's money stays with where it came from; what a caller calls a plan is none", async () => {
  const { credits } = shop();
  await sell(credits, 100, "10.00", { source: "shop" });
  await sell(credits, 100, "20.00", { source: "plan:pro" });
  await use(credits, 150);
  const { rows } = await report(credits, { groupBy: ["source", "plan"] });
  expect(rows.map((row) => [row.source, row.plan, figures(row)])).toEqual([
    ["plan:pro", null, { billed: "20", recognised: "10", closing: "10" }],
    ["shop", null, { billed: "10", recognised: "10" }],
  ]);
});

test("a grant that waits for its payment is billed when it is paid, and not at all when it is cancelled", async () => {
  const { credits, clock } = shop();
  const waiting = await sell(credits, 100, "100.00", { awaitsPayment: true });
  const canceled = await sell(credits, 50, "50.00", { awaitsPayment: true });
  await credits.voidGrant({ grantId: canceled.id, actor: "a", reason: "never paid" });
  expect(await total(credits)).toEqual({});
  clock.set(FEBRUARY);
  await credits.markGrantPaid({ grantId: waiting.id, idempotencyKey: newKey() });
  const { rows } = await report(credits, { to: MARCH, groupBy: ["month", "source"] });
  expect(rows.map((row) => [row.month, figures(row)])).toEqual([
    ["2026-02", { billed: "100", closing: "100" }],
  ]);
});
