/** From invoice to use and back, as an auditor asks. */
import { closePeriod, traceEntry, traceGrant } from "coffer/finance";
import { expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { FEBRUARY, newKey, sell, shop, use } from "./support.js";

test("a grant is traced from its sale to each use, with what is left of its money", async () => {
  const { credits, clock } = shop();
  const grant = await sell(credits, 100, "10.00", {
    source: "invoice",
    metadata: { invoice: "INV-7" },
    expiresAt: FEBRUARY,
    idempotencyKey: "sale",
  });
  const { id: withdrawalId } = await use(credits, 30, { actor: "meter", idempotencyKey: "use-1" });
  await use(credits, 10);
  await credits.reverse({ withdrawalId, amount: 10, reason: "bad answer", idempotencyKey: "back-1" });
  clock.set(FEBRUARY);
  const trace = await traceGrant(credits, grant.id);
  expect(trace.grant).toMatchObject({ id: grant.id, source: "invoice", metadata: { invoice: "INV-7" } });
  expect(trace.origins).toEqual([]);
  expect(
    trace.steps.map(({ entry, effect, deferredAfter, operation }) => [
      entry.type,
      effect?.kind,
      effect?.money.amount.toFixed(),
      deferredAfter?.amount.toFixed(),
      operation?.idempotencyKey,
    ]),
  ).toEqual([
    ["granted", "billed", "10", "10", "sale"],
    ["consumed", "recognised", "3", "7", "use-1"],
    ["consumed", "recognised", "1", "6", expect.any(String)],
    ["reversed", "recognised", "-1", "7", "back-1"],
    ["expired", "breakage", "7", "0", undefined],
  ]);
  expect(trace.next).toBe(null);
});

test("a long trace comes in pages", async () => {
  const { credits } = shop();
  const { id } = await sell(credits, 100, "10.00");
  for (let one = 0; one < 5; one++) await use(credits, 10);
  const first = await traceGrant(credits, id, { limit: 4 });
  const second = await traceGrant(credits, id, { limit: 4, after: first.next ?? "" });
  expect([first.steps.length, second.steps.length, second.next]).toEqual([4, 2, null]);
  expect(second.steps.at(-1)?.deferredAfter?.amount.toFixed()).toBe("5");
  expect(await refusal(traceGrant(credits, id, { after: "x" }))).toMatchObject({ code: "invalid_input" });
});

test("credits that moved are followed to where they went, and back to what was paid for", async () => {
  const { credits } = shop();
  const { id: sold } = await sell(credits, 100, "10.00", { source: "invoice-7" });
  const { grants } = await credits.transfer({
    from: "acme",
    to: { customerId: "beta", scope: "team" },
    currency: "tokens",
    amount: 40,
    idempotencyKey: newKey(),
  });
  const moved = grants[0]?.id ?? "";
  const converted = await credits.convert({
    customerId: "beta",
    scope: "team",
    from: "tokens",
    to: "gold",
    rate: "0.5",
    amount: 20,
    actor: "a",
    reason: "r",
    idempotencyKey: newKey(),
  });
  const gold = converted.grants[0]?.id ?? "";
  expect((await traceGrant(credits, sold)).steps.at(-1)).toMatchObject({
    effect: { kind: "movedOut" },
    counterparts: [moved],
    operation: { operation: "transfer" },
  });
  const trace = await traceGrant(credits, moved);
  expect(trace.steps.map(({ counterparts }) => counterparts)).toEqual([[sold], [gold]]);
  const { origins } = await traceGrant(credits, gold);
  expect(origins.map(({ id, source }) => [id, source])).toEqual([
    [moved, "transfer"],
    [sold, "invoice-7"],
  ]);
});

test("a rollover is followed within its wallet", async () => {
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
  clock.set(FEBRUARY);
  const { items } = await credits.grants({ customerId: "acme", currency: "tokens" });
  const rolled = items.find(({ originGrantId }) => originGrantId !== null);
  const { steps } = await traceGrant(credits, rolled?.originGrantId ?? "");
  expect(steps.map(({ entry, counterparts, operation }) => [entry.type, counterparts, operation])).toEqual([
    ["granted", [], expect.anything()],
    ["rolled_over", [rolled?.id], null],
    ["expired", [], null],
  ]);
});

test("a reversal is traced to the withdrawal that it takes back, and to the period that counts it", async () => {
  const { credits, clock } = shop();
  const grant = await sell(credits, 100, "10.00");
  const { id: withdrawalId } = await use(credits, 30);
  clock.set(FEBRUARY + 1);
  await closePeriod(credits, { to: FEBRUARY, actor: "a", reason: "r" });
  await credits.reverse({ withdrawalId, amount: 10, idempotencyKey: newKey() });
  const { items } = await credits.ledger({ customerId: "acme", currency: "tokens" });
  const [sale, consumed, reversed] = items.map(({ id }) => id);
  expect(await traceEntry(credits, reversed ?? "")).toMatchObject({
    customerId: "acme",
    effect: { kind: "recognised" },
    closedAt: null,
    grant: { id: grant.id },
    reverses: { withdrawalId, occurredAt: items[1]?.occurredAt, entries: [{ id: consumed }] },
  });
  expect(await traceEntry(credits, sale ?? "")).toMatchObject({
    closedAt: new Date(FEBRUARY),
    operation: { operation: "grant" },
    siblings: [{ id: sale }],
    reverses: null,
  });
});

test("what is not there cannot be traced", async () => {
  const { credits } = shop();
  const { id } = await sell(credits, 1, "1.00");
  expect(await refusal(traceGrant(credits, `${id}x`))).toMatchObject({ code: "grant_not_found" });
  expect(await refusal(traceGrant(credits, "x"))).toMatchObject({ code: "grant_not_found" });
  for (const entryId of ["", "en_1", id, id.replace(/^gr_(.{18}).*/, "en_$11-9")])
    expect(await refusal(traceEntry(credits, entryId))).toMatchObject({ code: "invalid_input" });
});
