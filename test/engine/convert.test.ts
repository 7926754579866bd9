import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { START, newKey, refusedWith } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens", scale: 2 }, credits: { name: "Credits", scale: 0 } },
  features: {
    chat: { currency: "tokens", rate: { credits: 1 } },
    talk: { currency: "credits", rate: { credits: 1 } },
  },
});
const who = { actor: "ops", reason: "new prices" };

function world() {
  const store = memoryStore();
  const credits = createCreditEngine({ catalog, store, clock: manualClock(START), pace: virtualPace() });
  return { store, credits };
}

test("credits become those of another currency, rounded down, with all of their money", async () => {
  const { store, credits } = world();
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 1_000,
    category: "paid",
    cost: { amount: "10.00", currency: "USD" },
    priority: 7,
    expiresAt: "2026-12-31T00:00:00Z",
    idempotencyKey: newKey(),
  });
  await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 333, idempotencyKey: newKey() });
  const request = { customerId: "acme", from: "tokens", to: "credits", rate: "0.01", ...who } as const;
  const { amount, grants, available } = await credits.convert({ ...request, idempotencyKey: "once" });
  // 667 tokens are 6.67 credits: 6. $3.33 were recognised, $6.67 move.
  expect([amount.toNumber(), available.toNumber()]).toEqual([667, 0]);
  expect(grants).toMatchObject([{ source: "convert", priority: 7, category: "paid", currency: "credits" }]);
  expect(grants.map((grant) => [grant.amount.toNumber(), grant.cost?.amount.toFixed(2)])).toEqual([
    [6, "6.67"],
  ]);
  expect((await credits.convert({ ...request, idempotencyKey: "once" })).replayed).toBe(true);
  const { items } = await credits.audit({ customerId: "acme", actor: "ops" });
  expect(items.map(({ operation }) => operation).sort()).toEqual(["convert", "transfer"]);
  expect(await checkStore(store, { catalog })).toEqual([]);
});

test("a restriction needs its counterpart", async () => {
  const { store, credits } = world();
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 100,
    category: "promotional",
    features: ["chat"],
    idempotencyKey: newKey(),
  });
  const request = { customerId: "acme", from: "tokens", to: "credits", rate: 1, ...who } as const;
  const before = store.dump();
  await refusedWith(credits.convert({ ...request, idempotencyKey: newKey() }), "invalid_input");
  expect(store.dump()).toEqual(before);
  const features = { chat: "talk" } as const;
  const { grants } = await credits.convert({ ...request, features, idempotencyKey: newKey() });
  expect(grants[0]?.features).toEqual(["talk"]);
});

test.each([
  [{ amount: 0.5, rate: 1 }, "smallest amount"],
  [{ rate: 0 }, "above zero"],
  [{ to: "tokens" }, "same currency"],
  [{ features: { talk: "talk" } }, "not priced"],
])("%j is refused, and nothing moves", async (wrong, words) => {
  const { store, credits } = world();
  const grant = { customerId: "acme", currency: "tokens", amount: 10, category: "promotional" } as const;
  await credits.grant({ ...grant, idempotencyKey: newKey() });
  const before = store.dump();
  const request = { customerId: "acme", from: "tokens", to: "credits", rate: 1, ...who, ...wrong };
  const call = credits.convert({ ...request, idempotencyKey: newKey() } as Parameters<
    typeof credits.convert
  >[0]);
  expect((await refusedWith(call, "invalid_input")).message).toContain(words);
  expect(store.dump()).toEqual(before);
});
