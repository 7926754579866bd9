import { describe, expect, test } from "vitest";
import type { ModelCatalog, ModelRequests, ModelVerb } from "../../src/testing/model/index.js";
import { createCreditEngine } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import type { Call } from "../../src/testing/arbitraries/calls.js";
import { DAY, HOUR, MINUTE } from "../../src/testing/arbitraries/values.js";
import type { MirrorParts } from "../../src/testing/mirror/engine-side.js";
import { Mirror } from "../../src/testing/mirror/mirror.js";

/** Corners that random sequences seldom reach, on the engine and on the model alike. */

const CATALOG: ModelCatalog = {
  currencies: { tokens: { name: "Tokens" } },
  features: {
    chat: { currency: "tokens", rate: { credits: 1 } },
    text: { currency: "tokens", rate: { credits: 1 } },
  },
};

/** 30 January 2025, 00:00 UTC: a few days' steps cross into the next month. */
const START = Date.UTC(2025, 0, 30);

const ann = { customerId: "ann", currency: "tokens" } as const;
const team = { ...ann, scope: "team" } as const;

type Told = {
  [Verb in ModelVerb]: readonly [at: number, verb: Verb, request: ModelRequests[Verb]];
}[ModelVerb];

/** Plays the calls on both sides, on one process after the other, and expects no difference anywhere. */
async function agree(...story: readonly Told[]): Promise<Mirror> {
  const store = memoryStore();
  const createEngine = (parts: MirrorParts) => createCreditEngine({ ...parts, store });
  const mirror = new Mirror({ catalog: CATALOG, startsAt: START, createEngine });
  for (const [index, [at, verb, request]] of story.entries()) {
    mirror.proceed(START + at, index % 2);
    const call = { verb, request: { idempotencyKey: `k${index}`, ...request } } as Call;
    const { outcome, broken } = await mirror.apply(call);
    expect({ step: index, ok: outcome.ok, broken }).toEqual({ step: index, ok: true, broken: [] });
  }
  mirror.restart();
  expect(await mirror.compareBooks()).toEqual([]);
  return mirror;
}

function types(
  mirror: Mirror,
  wallet: { customerId: string; currency: string; scope?: string } = ann,
): string[] {
  return mirror.model
    .ledger(mirror.now, wallet)
    .map(({ type, amount, grantId }) => `${type} ${amount} ${grantId ?? "-"}`);
}

const promo = (amount: string, more: object = {}): ModelRequests["grant"] => ({
  ...ann,
  amount,
  category: "promotional",
  source: "test",
  ...more,
});
const paid = (amount: string, cost: string, more: object = {}): ModelRequests["grant"] => ({
  ...ann,
  amount,
  category: "paid",
  cost: { amount: cost, currency: "USD" },
  source: "test",
  ...more,
});
const hold = (quantity: string, minutes: number): ModelRequests["reserve"] => ({
  customerId: "ann",
  feature: "chat",
  quantity,
  expiresIn: { minutes },
});
const spend = (amount: string, more: object = {}): ModelRequests["withdraw"] => ({ ...ann, amount, ...more });

describe("at one instant", () => {
  test("two holds time out before the grant expires: one entry", async () => {
    const mirror = await agree(
      [0, "grant", promo("10", { expiresAt: START + 10 * MINUTE })],
      [0, "reserve", hold("4", 10)],
      [0, "reserve", hold("5", 10)],
      [DAY, "withdraw", spend("0")],
    );
    expect(types(mirror)).toEqual(["granted 10 g1", "expired -10 g1", "consumed 0 -"]);
  });

  test("several grants expire in burn order, whatever the order of creation", async () => {
    const mirror = await agree(
      [0, "grant", promo("1", { expiresAt: START + HOUR, priority: 90 })],
      [0, "grant", paid("2", "1.00", { expiresAt: START + HOUR })],
      [0, "grant", promo("3", { expiresAt: START + HOUR })],
      [DAY, "withdraw", spend("0")],
    );
    expect(types(mirror).slice(3, 6)).toEqual(["expired -3 g3", "expired -2 g2", "expired -1 g1"]);
  });
});

test("pins on grants that are gone are lost in burn order", async () => {
  const mirror = await agree(
    [0, "grant", promo("1", { expiresAt: START + MINUTE, priority: 90 })],
    [0, "grant", paid("2", "1.00", { expiresAt: START + MINUTE })],
    [0, "grant", promo("3")],
    [0, "reserve", hold("6", 10)],
    [0, "voidGrant", { grantId: "g3" }],
    [HOUR, "withdraw", spend("0")],
  );
  expect(types(mirror).slice(4, 7)).toEqual(["expired -2 g2", "voided -3 g3", "expired -1 g1"]);
});

test("late use takes from the latest expiry first", async () => {
  const mirror = await agree(
    [0, "grant", paid("3", "1.00", { expiresAt: START + DAY })],
    [0, "withdraw", spend("2")],
    [DAY, "reverse", { withdrawalId: "w1" }],
    [DAY, "withdraw", spend("0.5", { occurredAt: START })],
    [DAY, "withdraw", spend("2", { occurredAt: START })],
    [DAY, "reverse", { withdrawalId: "w3", amount: "1" }],
    [DAY, "withdraw", spend("1.5", { occurredAt: START })],
  );
  expect(types(mirror).slice(2, 8)).toEqual([
    "expired -1 g1",
    "reversed 2 g1",
    "expired -2 g1",
    "expiry_reversed 0.5 g1",
    "consumed -0.5 g1",
    "expiry_reversed 2 g1",
  ]);
});

test("a transfer settles the debts of the wallet that receives it", async () => {
  const mirror = await agree(
    [0, "setPolicy", { ...team, policy: { mode: "soft" } }],
    [0, "withdraw", { customerId: "ann", scope: "team", feature: "text", quantity: "4" }],
    [0, "withdraw", spend("3", { scope: "team" })],
    [0, "grant", paid("5", "1.00", { features: ["text"] })],
    [0, "grant", paid("2", "0.01")],
    [
      MINUTE,
      "transfer",
      { from: "ann", to: { customerId: "ann", scope: "team" }, currency: "tokens", amount: "7" },
    ],
    [HOUR, "reverse", { withdrawalId: "w1" }],
  );
  expect(types(mirror, team).slice(4, 8)).toEqual([
    "overdraft_settled -4 g3",
    "overdraft_settled 4 -",
    "overdraft_settled -2 g4",
    "overdraft_settled 2 -",
  ]);
});

test("draws are cut where another assignment pays more", async () => {
  const items = [
    { feature: "chat", quantity: "9" },
    { feature: "text", quantity: "8" },
  ];
  const mirror = await agree(
    [0, "grant", promo("10")],
    [0, "grant", promo("4", { features: ["chat"], priority: 60 })],
    [0, "withdraw", { customerId: "ann", items, partial: true }],
  );
  expect(types(mirror).slice(2)).toEqual(["consumed -5 g1", "consumed -4 g2", "consumed -5 g1"]);
});

test("overage money never turns negative", async () => {
  const price = { amount: "0.015", currency: "USD" };
  await agree(
    [0, "setPolicy", { ...ann, policy: { mode: "overage", price } }],
    [0, "withdraw", spend("3")],
    [0, "reverse", { withdrawalId: "w1", amount: "2.9" }],
    [0, "withdraw", spend("0.1")],
    [DAY, "withdraw", spend("5")],
    [DAY, "reverse", { withdrawalId: "w1" }],
    [3 * DAY, "reverse", { withdrawalId: "w3" }],
    [3 * DAY, "withdraw", spend("1")],
  );
});

test("a hold may be extended to seven days in all, and captured late until the window closes", async () => {
  await agree(
    [0, "grant", promo("10", { expiresAt: START + 2 * DAY })],
    [0, "reserve", hold("4", 10)],
    [0, "extend", { reservationId: "r1", expiresIn: { days: 7 } }],
    [0, "reserve", hold("3", 10)],
    [35 * DAY, "capture", { reservationId: "r2", quantity: "2", final: false }],
    [35 * DAY + 1, "capture", { reservationId: "r2" }],
    [35 * DAY + 1, "capture", { reservationId: "r1" }],
  );
});

// The smallest history of seed 3 of the random ones, path 28:1:1:1:1:5:2:5:5:6:5:5:9:10:10:10:10:10:15:15:15:15.
test("a grant that was read as expired stays so when the clock goes back", async () => {
  const mirror = await agree(
    [0, "grant", promo("0.5", { expiresAt: START + MINUTE })],
    [MINUTE, "grant", promo("3", team)], // every wallet is read at that instant
    [0, "grant", promo("1", team)],
    [0, "withdraw", spend("2", team)],
  );
  expect(types(mirror)).toEqual(["granted 0.5 g1", "expired -0.5 g1"]);
});
