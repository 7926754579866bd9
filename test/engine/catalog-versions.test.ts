import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { START, refusedWith } from "./support.js";
import { virtualPace } from "./virtual-pace.js";

const currencies = { tokens: { name: "Tokens", scale: 2 } } as const;
const old = defineCatalog({
  currencies,
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
  plans: { pro: { name: "Pro", grants: [monthly(100)] } },
});
const next = defineCatalog({
  currencies,
  features: {
    chat: { currency: "tokens", rate: { credits: 2 } },
    image: { currency: "tokens", rate: { credits: 5 } },
  },
  plans: { pro: { name: "Pro", grants: [monthly(300)] }, max: { name: "Max" } },
});

function monthly(amount: number) {
  return {
    id: "monthly",
    currency: "tokens",
    amount,
    every: { months: 1 },
    category: "promotional",
  } as const;
}

function deploy() {
  const store = memoryStore();
  const clock = manualClock(START);
  const before = createCreditEngine({ catalog: old, store, clock, pace: virtualPace() });
  const after = createCreditEngine({ catalog: next, store, clock, pace: virtualPace() });
  return { store, clock, before, after };
}

test("a catalog that differs from the last one is a version, with who and when and what", async () => {
  const { before, after, clock } = deploy();
  expect(await before.syncCatalog({ actor: "ci", reason: "release 1" })).toMatchObject({
    version: 1,
    isNew: true,
  });
  clock.advance({ days: 1 });
  expect(await before.syncCatalog()).toMatchObject({ version: 1, isNew: false, syncedAt: new Date(START) });
  expect(await after.syncCatalog({ actor: "ci", reason: "release 2" })).toMatchObject({
    version: 2,
    isNew: true,
  });
  const [newest, oldest] = await before.catalogVersions();
  expect(newest).toMatchObject({ version: 2, actor: "ci", reason: "release 2" });
  expect(oldest?.definition).toMatchObject({ features: { chat: { rate: { credits: 1 } } } });
  expect(await after.catalogVersions({ before: 2, limit: 5 })).toHaveLength(1);
  await refusedWith(before.catalogVersions({ limit: 0 }), "invalid_input");
});

test("many processes of one release write one version", async () => {
  const { store, clock, before } = deploy();
  const twin = createCreditEngine({ catalog: old, store, clock, pace: virtualPace() });
  const synced = await Promise.all([before.syncCatalog(), twin.syncCatalog(), before.syncCatalog()]);
  expect(synced.map(({ version }) => version)).toEqual([1, 1, 1]);
  expect(synced.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test("during a deploy each process decides by its own catalog, and schedules keep their terms", async () => {
  const { store, clock, before, after } = deploy();
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  await before.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: "s" });
  const use = { customerId: "acme", feature: "chat", quantity: 10 } as const;
  const first = await before.withdraw({ ...use, idempotencyKey: "u1" });
  const second = await after.withdraw({ ...use, idempotencyKey: "u2" });
  expect([first.price.toNumber(), second.price.toNumber()]).toEqual([10, 20]);
  expect(first.lines[0]?.rateVersion).not.toBe(second.lines[0]?.rateVersion);
  // A repeat is answered by what was decided first, whatever the process.
  expect((await after.withdraw({ ...use, idempotencyKey: "u1" })).price.toNumber()).toBe(10);
  clock.advance({ months: 1 });
  expect((await after.balance(wallet)).available.toNumber()).toBe(100);
  expect((await before.balance(wallet)).available.toNumber()).toBe(100);
  // What the old code does not know it leaves alone.
  await after.subscribe({ customerId: "beta", plan: "max", idempotencyKey: "s" });
  expect(await before.subscriptions({ customerId: "beta" })).toMatchObject([{ plan: "max" }]);
  expect(await checkStore(store, { catalog: next })).toEqual([]);
});
