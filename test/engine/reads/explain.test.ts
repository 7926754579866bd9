/** Why credits burn in the order they do, grant by grant. */
import { expect, test } from "vitest";
import { ACME, DAY, START, gift, newKey, plain, refusedWith, use, world } from "../support.js";

test("grants stand in burn order, each with its reason", async () => {
  const { credits } = world();
  await gift(credits, 5, { displayName: "later" });
  await gift(credits, 5, { displayName: "soon", expiresAt: START + DAY });
  await gift(credits, 5, { displayName: "first", priority: 1 });
  await gift(credits, 5, { displayName: "images", features: ["image"] });
  await gift(credits, 5, { displayName: "not yet", effectiveAt: START + DAY });
  await use(credits, 5); // All of "first".
  await credits.reserve({ ...ACME, amount: 5, expiresIn: { days: 2 }, idempotencyKey: newKey() }); // All of "soon".
  const { grants, burnOrder, policy, policySource, rate } = await credits.explain({
    ...ACME,
    feature: "unit",
  });
  expect(burnOrder.at(-1)).toBe("id");
  expect([policy, policySource]).toEqual([{ mode: "hard" }, "currency"]);
  expect(grants.map(({ displayName, pays }) => [displayName, pays])).toEqual([
    ["soon", false],
    ["images", false],
    ["later", true],
    ["not yet", false],
  ]);
  expect(grants.map(({ why }) => why)).toEqual([
    "All that is left of it is held by reservations.",
    "It pays only for image.",
    "Priority 50, never expires, pays for anything, promotional.",
    "It is not effective before 2026-01-11T00:00:00.000Z.",
  ]);
  expect(plain(rate)).toEqual({
    version: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    source: "catalog",
    pricePerUnit: "1",
    why: "The catalog's own rate: nothing overrides it.",
  });
});

test("what pays says when it expires and what it pays for", async () => {
  const { credits } = world();
  await credits.grant({
    ...ACME,
    amount: 5,
    category: "paid",
    cost: { amount: 1, currency: "USD" },
    features: ["unit", "image"],
    expiresAt: START + DAY,
    idempotencyKey: newKey(),
  });
  const whyOf = async (feature: "unit" | "chat") =>
    (await credits.explain({ ...ACME, feature })).grants.map(({ why }) => why);
  expect(await whyOf("unit")).toEqual([
    "Priority 50, expires 2026-01-11T00:00:00.000Z, pays for image, unit, paid.",
  ]);
  expect(await whyOf("chat")).toEqual(["It pays only for image, unit."]);
});

test("the order is that in which a withdrawal draws", async () => {
  const { credits } = world();
  for (const priority of [3, 1, 2]) await gift(credits, 2, { priority });
  await gift(credits, 2, { priority: 2, expiresAt: START + DAY });
  const { grants } = await credits.explain(ACME);
  const { draws } = await use(credits, 8);
  expect(draws.map(({ grantId }) => grantId)).toEqual(grants.map(({ grantId }) => grantId));
});

test("a wallet's own policy is named as such, and null brings the currency's back", async () => {
  const { credits } = world();
  await credits.setPolicy({ ...ACME, policy: { mode: "soft", limit: "1.5" } });
  expect(plain(await credits.explain(ACME))).toMatchObject({
    policy: { mode: "soft", limit: "1.5" },
    policySource: "wallet",
    rate: null,
  });
  await credits.setPolicy({ ...ACME, policy: null });
  expect(await credits.explain(ACME)).toMatchObject({ policy: { mode: "hard" }, policySource: "currency" });
});

test("a held grant that ended is still told of", async () => {
  const { credits, clock } = world();
  const short = await gift(credits, 5, { expiresAt: START + DAY });
  const voided = await gift(credits, 5);
  await credits.reserve({ ...ACME, amount: 10, expiresIn: { days: 3 }, idempotencyKey: newKey() });
  await credits.voidGrant({ grantId: voided.id });
  clock.advance({ days: 2 });
  const { grants } = await credits.explain(ACME);
  expect(grants.map(({ grantId, status, pays }) => [grantId, status, pays])).toEqual([
    [short.id, "expired", false],
    [voided.id, "voided", false],
  ]);
  expect(grants.map(({ why }) => why)).toEqual([
    "It has expired; what a reservation holds of it can still be captured.",
    "It was voided; what a reservation holds of it can still be captured.",
  ]);
  expect(plain(grants)).toMatchObject([{ remaining: "0", held: "5" }, {}]);
});

test("a matched rate needs its dimensions; a stranger's feature has no place here", async () => {
  const { credits } = world();
  const rate = async (dimensions: Record<string, string>) =>
    (await credits.explain({ ...ACME, feature: "model", dimensions })).rate?.pricePerUnit.toString();
  expect(await rate({ size: "s" })).toBe("3");
  await refusedWith(rate({ size: "xl" }), "no_rate");
  const error = await refusedWith(credits.explain({ ...ACME, feature: "gilt" }), "invalid_input");
  expect(error.message).toBe('explain: feature "gilt" is priced in "gold".');
  expect(error.details).toEqual({ field: "feature" });
});
