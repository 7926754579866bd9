/** Would it pass, and how much would? Numbers for every kind of rate and every policy. */
import { type PolicyInput, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { describe, expect, test } from "vitest";
import { DAY, START, newKey, plain } from "../support.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" } },
  features: {
    linear: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    block: { currency: "tokens", rate: { credits: 2, per: 1000, block: true } },
    tiers: { currency: "tokens", rate: { tiers: [{ upTo: 10, credits: 2 }, { credits: 1 }] } },
    match: {
      currency: "tokens",
      rate: { match: [{ when: { size: "xl" }, rate: { credits: 5 } }], fallback: { credits: 1 } },
    },
    minimum: { currency: "tokens", rate: { credits: 1, per: 1000, minimum: 3 } },
    rounded: { currency: "tokens", rate: { credits: 1, per: 3, rounding: "up" } },
    free: { currency: "tokens", rate: { credits: 0 } },
  },
});

const wallet = { customerId: "acme", currency: "tokens" } as const;

async function engine(amount: number | string, policy: PolicyInput = { mode: "hard" }) {
  const store = memoryStore();
  const credits = createCreditEngine({ catalog, store, clock: () => START });
  await credits.setPolicy({ ...wallet, policy });
  if (amount !== 0)
    await credits.grant({
      ...wallet,
      amount,
      category: "promotional",
      expiresAt: START + DAY,
      idempotencyKey: "g",
    });
  return { store, credits };
}

const usages = [
  ["linear", 1_000, undefined, "2", "12500", true],
  ["linear", 12_501, undefined, "25.002", "12500", false],
  ["linear", "0.5", undefined, "0.001", "12500.2", true],
  ["block", 1, undefined, "2", "12000", true],
  ["block", 12_001, undefined, "26", "12000", false],
  ["tiers", 15, undefined, "25", "15", true],
  ["tiers", 16, undefined, "26", "15", false],
  ["tiers", "15.00", undefined, "25", "15", true],
  ["match", 5, { size: "xl" }, "25", "5", true],
  ["match", 6, { size: "xl" }, "30", "5", false],
  ["match", 6, { size: "s" }, "6", "25", true],
  ["minimum", 1, undefined, "3", "25000", true],
  ["minimum", 0, undefined, "0", "25000", true],
  ["rounded", 1, undefined, "0.333334", "75", true],
  ["free", 10, undefined, "0", null, true],
] as const;

test.each(usages)(
  "%s of %s (%j) costs %s; %s are affordable",
  async (feature, quantity, dimensions, price, affordable, allowed) => {
    const { credits, store } = await engine(25);
    const before = store.dump();
    const request = { customerId: "acme", feature, quantity, dimensions };
    const check = await credits.check(request);
    expect(plain(check)).toMatchObject({
      allowed,
      reason: allowed ? "ok" : "insufficient_credits",
      price,
      available: "25",
      wouldOverdraw: false,
      resetsAt: null,
    });
    // One unit in the last place of the quantity asked for is what is counted in.
    if (quantity !== "0.5") expect(plain(check.affordable)).toBe(affordable);
    expect(plain(await credits.estimate(request))).toMatchObject(plain(check) as object);
    expect(store.dump()).toBe(before);
    const attempt = await credits.tryWithdraw({ ...request, idempotencyKey: newKey() });
    expect(attempt.ok).toBe(allowed);
    if (attempt.ok) expect(attempt.value.price.toString()).toBe(price);
  },
);

test("what is affordable passes, and one step more does not", async () => {
  for (const [feature, quantity, dimensions] of usages) {
    if (feature === "free") continue;
    const { credits } = await engine(25);
    const { affordable } = await credits.check({ customerId: "acme", feature, quantity, dimensions });
    const step = quantity === "0.5" ? "0.1" : "1";
    const check = async (much: string) =>
      (await credits.check({ customerId: "acme", feature, quantity: much, dimensions })).allowed;
    expect(await check(affordable?.toString() ?? "")).toBe(true);
    expect(await check(affordable?.plus(step).toString() ?? "")).toBe(false);
  }
});

const money = { amount: "0.01", currency: "USD" };
const policies: readonly (readonly [PolicyInput, Record<string, unknown>])[] = [
  [{ mode: "hard" }, { allowed: false, reason: "insufficient_credits", affordable: "25" }],
  [
    { mode: "soft" },
    { allowed: true, reason: "ok", wouldOverdraw: true, affordable: "9223372036854.775807" },
  ],
  [
    { mode: "soft", limit: 15 },
    { allowed: true, wouldOverdraw: true, affordable: "40" },
  ],
  [
    { mode: "soft", limit: "14.999999" },
    { allowed: false, reason: "insufficient_credits", affordable: "39.999999" },
  ],
  [
    { mode: "overage", price: money },
    { allowed: true, wouldOverdraw: true },
  ],
  [
    { mode: "overage", price: money, limit: 15 },
    { allowed: true, wouldOverdraw: true, affordable: "40" },
  ],
  [
    { mode: "overage", price: money, limit: 14 },
    { allowed: false, reason: "insufficient_credits", affordable: "39" },
  ],
  [
    { mode: "overage", price: money, consent: "required" },
    { allowed: false, reason: "consent_required", affordable: "25" },
  ],
  [
    { mode: "overage", price: money, consent: { by: "ann", limit: 15 } },
    { allowed: true, affordable: "40" },
  ],
  [
    { mode: "overage", price: money, limit: 99, consent: { by: "ann", limit: 14 } },
    { allowed: false, affordable: "39" },
  ],
];

test.each(policies)("40 of 25 credits under %j", async (policy, expected) => {
  const { credits } = await engine(25, policy);
  const request = { ...wallet, amount: 40 } as const;
  const check = await credits.check(request);
  expect(plain(check)).toMatchObject({ ...expected, price: "40", available: "25" });
  expect((await credits.tryWithdraw({ ...request, idempotencyKey: "w" })).ok).toBe(check.allowed);
});

describe("estimate", () => {
  test("shows the draws, the debt and the shortfall that there would be", async () => {
    const { credits } = await engine(25, { mode: "soft", limit: 5 });
    const whole = await credits.estimate({ ...wallet, amount: 28 });
    expect(plain(whole)).toMatchObject({
      draws: [{ amount: "25" }],
      overdraft: "3",
      shortfall: "0",
      allowed: true,
    });
    const more = await credits.estimate({ ...wallet, amount: 40 });
    expect(plain(more)).toMatchObject({
      draws: [{ amount: "25" }],
      overdraft: "5",
      shortfall: "10",
      allowed: false,
    });
    const { credits: poor } = await engine(0);
    expect(plain(await poor.estimate({ ...wallet, amount: 4 }))).toMatchObject({
      draws: [],
      shortfall: "4",
      price: "4",
    });
  });

  test("is what withdraw then does", async () => {
    const { credits } = await engine(25);
    const usage = {
      customerId: "acme",
      items: [
        { feature: "tiers", quantity: 3 },
        { feature: "linear", quantity: 500 },
      ],
    } as const;
    const { draws, lines, price } = await credits.estimate(usage);
    const used = await credits.withdraw({ ...usage, idempotencyKey: "w" });
    expect(plain([used.draws, used.lines, used.price])).toEqual(plain([draws, lines, price]));
  });

  test("looks back as late use does", async () => {
    const store = memoryStore();
    let now = START;
    const credits = createCreditEngine({ catalog, store, clock: () => now });
    await credits.grant({
      ...wallet,
      amount: 9,
      category: "promotional",
      expiresAt: START + DAY,
      idempotencyKey: "g",
    });
    now = START + 2 * DAY;
    await credits.grants(wallet);
    const late = { ...wallet, amount: 5, occurredAt: START } as const;
    expect(plain(await credits.check({ ...wallet, amount: 5 }))).toMatchObject({
      allowed: false,
      available: "0",
    });
    expect(plain(await credits.check(late))).toMatchObject({
      allowed: true,
      available: "9",
      affordable: "9",
    });
    const fresh = createCreditEngine({ catalog, store, clock: () => now });
    expect(plain(await fresh.estimate(late))).toMatchObject({ allowed: true, draws: [{ amount: "5" }] });
  });
});

test("of several items it is counted how many such events pass", async () => {
  const { credits } = await engine(25);
  const items = [
    { feature: "tiers", quantity: 1 },
    { feature: "linear", quantity: 2_000 },
  ] as const;
  expect(plain(await credits.check({ customerId: "acme", items }))).toMatchObject({
    price: "6",
    affordable: "4",
  });
});

test("credits restricted to other features are not available", async () => {
  const { credits } = await engine(0);
  const gift = { ...wallet, amount: 10, category: "promotional", features: ["block"] } as const;
  await credits.grant({ ...gift, idempotencyKey: "g" });
  expect(plain(await credits.check({ customerId: "acme", feature: "tiers", quantity: 1 }))).toMatchObject({
    allowed: false,
    available: "0",
    affordable: "0",
  });
  expect(plain(await credits.check({ customerId: "acme", feature: "block", quantity: 1 }))).toMatchObject({
    allowed: true,
    available: "10",
  });
  expect(plain(await credits.check({ ...wallet, amount: 1 }))).toMatchObject({
    allowed: false,
    available: "0",
  });
});
