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
    expect.stringContaining("held"),
    "It pays only for image.",
    expect.stringContaining("never expires"),
    "It is not effective before 2026-01-11T00:00:00.000Z.",
  ]);
  expect(rate).toMatchObject({ source: "catalog", why: expect.any(String) as string });
  expect(rate?.pricePerUnit.toString()).toBe("1");
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
});

test("a matched rate needs its dimensions; a stranger's feature has no place here", async () => {
  const { credits } = world();
  const rate = async (dimensions: Record<string, string>) =>
    (await credits.explain({ ...ACME, feature: "model", dimensions })).rate?.pricePerUnit.toString();
  expect(await rate({ size: "s" })).toBe("3");
  await refusedWith(rate({ size: "xl" }), "no_rate");
  await refusedWith(credits.explain({ ...ACME, feature: "gilt" }), "invalid_input");
});
