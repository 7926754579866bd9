/** Whatever is given where a request should stand: one kind of error, nothing changed, nothing hung. */
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import { ACME, newKey, refusedWith, world } from "../support.js";
import { complaint } from "./probe.js";
import { type Stage, VERBS, type Verb, type Wild, call, stage, withAt } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

class Request {
  customerId = "acme";
  currency = "tokens";
  amount = 1;
  idempotencyKey = "class";
}

function throwing(): never {
  throw new RangeError("from a trap");
}

/** Every trap of a proxy that a reader may run into. */
const hostile: readonly object[] = [
  new Proxy({}, { ownKeys: throwing }),
  new Proxy({}, { get: throwing }),
  new Proxy({ customerId: "acme" }, { get: throwing }),
  new Proxy({}, { getPrototypeOf: throwing }),
  new Proxy({ customerId: "acme" }, { getOwnPropertyDescriptor: throwing }),
  new Proxy({}, { has: throwing, get: throwing, ownKeys: throwing }),
  Proxy.revocable({}, {}).proxy,
  Object.defineProperty({}, "customerId", { get: throwing, enumerable: true }),
  Object.defineProperty({ customerId: "acme" }, "idempotencyKey", { get: throwing, enumerable: true }),
];
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const nonsense: readonly unknown[] = [
  undefined,
  null,
  0,
  "acme",
  true,
  1n,
  Symbol("acme"),
  [],
  [{ customerId: "acme" }],
  () => ({ customerId: "acme" }),
  new Date(),
  new Map([["customerId", "acme"]]),
  new Set(),
  new Error("acme"),
  /acme/,
  Promise.resolve({}),
  new Request(),
  Object.create(new Request()),
  class {},
  new Uint8Array(8),
  globalThis,
  ...hostile,
  revoked.proxy,
];

test.each(VERBS)("%s: anything but a plain object is refused", async (verb) => {
  for (const value of nonsense)
    expect.soft(await complaint(here, verb, value, "invalid_input", verb)).toBeUndefined();
});

test.each(VERBS)("%s: {} is refused, saying what lacks", async (verb) => {
  expect(await complaint(here, verb, {}, "invalid_input", /`\w+`/)).toBeUndefined();
});

test.each(VERBS)("%s: unknown options are refused by name", async (verb) => {
  for (const name of [
    "foo",
    "Amount",
    "customer_id",
    "constructor",
    "toString",
    "hasOwnProperty",
    "prototype",
  ])
    expect
      .soft(await complaint(here, verb, { ...here.accepted[verb], [name]: 1 }, "invalid_input", `"${name}"`))
      .toBeUndefined();
});

test.each(VERBS)("%s: a key named __proto__ is refused at every depth", async (verb) => {
  const poison = (text: string): Wild => JSON.parse(text) as Wild;
  const evil = '{"__proto__":{"customerId":"eve","scope":"x"}}';
  const cases = [
    { ...here.accepted[verb] },
    withAt(here.accepted[verb], "metadata", poison(`{"a":[{"b":${evil}}]}`)),
    withAt(here.accepted[verb], "dimensions", poison(evil)),
    withAt(here.accepted[verb], "items", [poison(evil)]),
    withAt(here.accepted[verb], "cost", poison(evil)),
    withAt(here.accepted[verb], "policy", poison(evil)),
  ];
  Object.defineProperty(cases[0], "__proto__", {
    value: { scope: "x" },
    enumerable: true,
    configurable: true,
  });
  for (const request of cases)
    expect.soft(await complaint(here, verb, request, "invalid_input", "__proto__")).toBeUndefined();
  expect(({} as Wild)["scope"]).toBeUndefined();
});

test.each(VERBS)("%s: what refers to itself, or never ends, is refused", async (verb) => {
  const cyclic: Record<string, unknown> = {};
  for (const name of "abcdefgh") cyclic[name] = cyclic;
  for (const [metadata, code] of [
    [cyclic, "invalid_input"],
    [nested(50_000), "invalid_input"],
    [endlessPart(), "over_limit"],
  ] as const)
    expect.soft(await complaint(here, verb, { ...here.accepted[verb], metadata }, code)).toBeUndefined();
});

/** Each look at it finds another one. */
function endlessPart(): object {
  return Object.defineProperty({}, "a", { get: endlessPart, enumerable: true });
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

test("a getter may change its mind: what was read first is what counts, whole or not at all", async () => {
  const { credits, store } = world();
  let reads = 0;
  const request = Object.defineProperty({ ...ACME, category: "promotional", idempotencyKey: "x" }, "amount", {
    get: () => (reads++ === 0 ? 1 : 2),
    enumerable: true,
  });
  const granted = (await call(credits, "grant", request)) as { amount: { toNumber(): number } };
  const { balance } = await credits.balance(ACME);
  expect(balance.toNumber()).toBe(granted.amount.toNumber());
  expect(store.dump()).toContain(`\\"amount\\":\\"${granted.amount.toNumber()}\\"`);
});

test("objects of another realm, and those without a prototype, are as good as any", async () => {
  const { credits } = world();
  const text = `{ customerId: "acme", currency: "tokens", amount: 3, category: "promotional", metadata: { a: [1] }, idempotencyKey: "x" }`;
  await call(credits, "grant", runInNewContext(`(${text})`));
  const bare: unknown = Object.assign(Object.create(null), { ...ACME, amount: 1, idempotencyKey: newKey() });
  await call(credits, "withdraw", bare);
  expect((await credits.balance(ACME)).balance.toString()).toBe("2");
});

describe("withdrawMany", () => {
  test("takes an array only", async () => {
    for (const value of [undefined, null, {}, "ab", 1, new Set(), { length: 1 }]) {
      const many = here.credits.withdrawMany as (requests: unknown) => Promise<unknown>;
      await refusedWith(many(value), "invalid_input");
    }
  });

  test("judges each request for itself, holes and nonsense too", async () => {
    const { credits } = await stage();
    const good = { customerId: "acme", feature: "unit", quantity: 1, idempotencyKey: newKey() } as const;
    const requests: unknown[] = [good, null, new Request(), { ...good, foo: 1 }];
    requests[6] = { ...good, idempotencyKey: newKey() };
    const many = credits.withdrawMany as (requests: unknown) => Promise<readonly { ok: boolean }[]>;
    const outcomes = await many(requests);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, false, false, false, true]);
    expect(await many([])).toEqual([]);
  });
});

test("tryWithdraw gives the error as a value", async () => {
  const attempt = here.credits.tryWithdraw as (request: unknown) => Promise<unknown>;
  for (const value of nonsense)
    expect(await attempt(value)).toMatchObject({ ok: false, error: { code: "invalid_input" } });
});

test.each([
  ["grant", "category", "gratis"],
  ["grant", "priority", -1],
  ["grant", "priority", 1_000_001],
  ["grant", "priority", 1.5],
  ["grant", "priority", "50"],
  ["grant", "features", []],
  ["grant", "features", "unit"],
  ["grant", "cost", 10],
  ["grant", "cost.currency", "usd"],
  ["grant", "cost.currency", "DOLLAR"],
  ["grant", "cost.currency", ""],
  ["withdraw", "partial", "yes"],
  ["withdraw", "partial", 1],
  ["withdraw", "dimensions", []],
  ["withdraw", "dimensions", "a"],
  ["withdraw", "items", {}],
  ["capture", "final", "no"],
  ["capture", "strict", 0],
  ["reverse", "regrant", "yes"],
  ["reverse", "regrant", { expiresIn: {} }],
  ["setPolicy", "policy", "soft"],
  ["setPolicy", "policy", { mode: "free" }],
  ["setPolicy", "policy", { mode: "hard", limit: 1 }],
  ["setPolicy", "policy", { mode: "overage" }],
  ["setPolicy", "policy", { mode: "overage", price: { amount: 1, currency: "USD" }, consent: "given" }],
  ["setPolicy", "policy", undefined],
  ["grants", "status", "open"],
  ["grants", "status", ["active", "open"]],
  ["grants", "limit", 0],
  ["grants", "limit", 1_001],
  ["grants", "limit", 1.5],
  ["grants", "limit", "10"],
  ["ledger", "types", ["eaten"]],
  ["ledger", "types", "consumed"],
  ["ledger", "order", "up"],
  ["ledger", "limit", Number.NaN],
  ["audit", "limit", -1],
] as const satisfies readonly (readonly [Verb, string, unknown])[])(
  "%s: `%s` may not be %j",
  async (verb, path, value) => {
    const request = withAt(here.accepted[verb], path, value);
    const field = path.split(".")[0] ?? "";
    expect(await complaint(here, verb, request, "invalid_input", field, /must|has|is none/)).toBeUndefined();
  },
);
