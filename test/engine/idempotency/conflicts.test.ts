/** A key that comes back with another request is an error that names the difference, and nothing happens. */
import { describe, expect, test } from "vitest";
import { MUTATIONS, type Verb, type Wild, call, stage, withAt } from "../bad-input/verbs.js";
import { ACME, START, gift, newKey, refusedWith, use, world } from "../support.js";

const note: readonly (readonly [path: string, value: unknown])[] = [
  ["actor", "somebody else"],
  ["reason", "another reason"],
  ["metadata", { a: 1 }],
];

const changes = {
  grant: [
    ["amount", 11],
    ["cost.amount", 9],
    ["cost.currency", "EUR"],
    ["source", "s"],
    ["priority", 50],
    ["effectiveAt", START],
    ["expiresAt", null],
    ["features", ["unit"]],
    ["displayName", "d"],
  ],
  withdraw: [
    ["quantity", 2],
    ["feature", "chat"],
    ["dimensions", { size: "s" }],
    ["occurredAt", START],
    ["partial", false],
  ],
  reserve: [
    ["quantity", 2],
    ["feature", "chat"],
    ["expiresIn", { seconds: 60 }],
  ],
  capture: [
    ["quantity", 2],
    ["final", true],
    ["strict", false],
  ],
  release: [],
  extend: [["expiresIn", { minutes: 6 }]],
  voidGrant: [],
  amendGrant: [
    ["priority", 4],
    ["displayName", null],
    ["expiresAt", START + 9],
  ],
  adjust: [
    ["amount", -2],
    ["actor", "x"],
    ["reason", "y"],
  ],
  reverse: [
    ["amount", 2],
    ["regrant", false],
  ],
  refundGrant: [["amount", 2]],
  transfer: [
    ["amount", 2],
    ["to", "gamma"],
    ["to", { customerId: "beta", scope: "pool" }],
  ],
  setPolicy: [
    ["policy.limit", 11],
    ["policy", null],
  ],
  setBudget: [
    ["limit", 6],
    ["value", "v"],
    ["feature", "unit"],
    ["every", { days: 1 }],
    ["timeZone", "Asia/Kolkata"],
  ],
  convert: [
    ["amount", 2],
    ["rate", "2"],
    ["features", { unit: "gilt" }],
  ],
  setThresholds: [
    ["thresholds.balanceLow", 11],
    ["thresholds.usageLow", [90]],
    ["thresholds", null],
  ],
  schedule: [
    ["amount", 11],
    ["every", { days: 1 }],
    ["anchor", START],
    ["timeZone", "UTC"],
    ["expires", "never"],
    ["rollover", { max: 5 }],
    ["until", START + 1],
  ],
  endSchedule: [["when", "periodEnd"]],
  subscribe: [
    ["plan", "more"],
    ["quantity", 2],
    ["addOns", ["more"]],
    ["trialEndsAt", START + 1],
  ],
  changePlan: [
    ["plan", "more"],
    ["quantity", 3],
    ["when", "now"],
    ["proration", "none"],
  ],
  addAddOn: [["quantity", 2]],
  removeAddOn: [["when", "now"]],
  pauseSubscription: [],
  resumeSubscription: [],
  cancelSubscription: [["unused", "void"]],
  setAutoTopUp: [
    ["threshold", 2],
    ["target", 11],
    ["caps.count", 4],
    ["expiresIn", { days: 3 }],
  ],
  removeAutoTopUp: [],
  resumeAutoTopUp: [],
  markGrantPaid: [["paymentId", "pay_2"]],
  recordPayment: [
    ["payment.status", "failed"],
    ["payment.reason", "card_declined"],
  ],
} as const satisfies Record<(typeof MUTATIONS)[number], readonly (readonly [string, unknown])[]>;

/** Of these, actor and reason are required. */
const NOTED: ReadonlySet<Verb> = new Set(["adjust", "convert"]);

test.each(MUTATIONS)("%s: each difference is named, and only that", async (verb) => {
  const here = await stage();
  await call(here.credits, verb, here.accepted[verb]);
  const before = here.store.dump();
  for (const [path, value] of [...changes[verb], ...(NOTED.has(verb) ? note.slice(2) : note)]) {
    const request = withAt(here.accepted[verb], path, value);
    const error = await refusedWith(call(here.credits, verb, request), "idempotency_conflict");
    const field = path.split(".")[0] ?? "";
    expect(error.details).toEqual({
      idempotencyKey: here.accepted[verb]["idempotencyKey"],
      differs: [field],
    });
    expect(error.message).toContain(`${field} differs`);
  }
  expect(here.store.dump()).toBe(before);
});

test("several differences are all named, left-out options among them", async () => {
  const { credits } = world();
  await gift(credits, 10, { idempotencyKey: "g", priority: 3 });
  const error = await refusedWith(
    gift(credits, 11, { idempotencyKey: "g", source: "s" }),
    "idempotency_conflict",
  );
  expect(error.details["differs"]).toEqual(expect.arrayContaining(["amount", "priority", "source"]));
  expect(error.details["differs"]).toHaveLength(3);
});

test("another verb is a difference, even with the same request", async () => {
  const here = await stage();
  const grantId = here.accepted.voidGrant["grantId"];
  const request = { grantId, idempotencyKey: "k" };
  await call(here.credits, "voidGrant", request);
  const error = await refusedWith(call(here.credits, "refundGrant", request), "idempotency_conflict");
  expect(error.details["differs"]).toEqual(["operation"]);
});

test("a reservation's key is no withdrawal's", async () => {
  const { credits } = world();
  await gift(credits, 10);
  await credits.reserve({ ...ACME, amount: 1, expiresIn: { hours: 1 }, idempotencyKey: "k" });
  const error = await refusedWith(use(credits, 1, "k"), "idempotency_conflict");
  expect(error.details["differs"]).toEqual(expect.arrayContaining(["operation", "expiresIn"]));
});

describe("whose key it is", () => {
  test("each wallet has its own: customer, currency and scope", async () => {
    const { credits } = world();
    const wallets = [
      { customerId: "acme", currency: "tokens" },
      { customerId: "beta", currency: "tokens" },
      { customerId: "acme", currency: "gold" },
      { customerId: "acme", currency: "tokens", scope: "pool" },
    ] as const;
    for (const wallet of wallets) {
      const request = { ...wallet, amount: 5, category: "promotional", idempotencyKey: "same" } as const;
      expect((await credits.grant(request)).replayed).toBe(false);
      expect((await credits.grant(request)).replayed).toBe(true);
    }
  });

  test("a transfer's belongs to the wallet that gives", async () => {
    const { credits } = world();
    await gift(credits, 5);
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "k" } as const;
    await credits.transfer(move);
    expect((await gift(credits, 1, { customerId: "beta", idempotencyKey: "k" })).replayed).toBe(false);
    await refusedWith(use(credits, 1, "k"), "idempotency_conflict");
    const back = { from: "beta", to: "acme", currency: "tokens", amount: 1 } as const;
    await refusedWith(credits.transfer({ ...back, idempotencyKey: "k" }), "idempotency_conflict");
  });

  test("so a transfer comes again as it was, whichever way the wallets are written", async () => {
    const { credits } = world();
    await gift(credits, 5);
    const move = { currency: "tokens", amount: 1, idempotencyKey: "k" } as const;
    await credits.transfer({ ...move, from: "acme", to: { customerId: "beta" } });
    expect((await credits.transfer({ ...move, from: { customerId: "acme" }, to: "beta" })).replayed).toBe(
      true,
    );
    const error = await refusedWith(
      credits.transfer({ ...move, from: "acme", to: { customerId: "beta", scope: "x" } }),
      "idempotency_conflict",
    );
    expect(error.details["differs"]).toEqual(["to"]);
  });
});

describe("withdrawMany", () => {
  const item = (idempotencyKey: string, quantity = 1) =>
    ({ customerId: "acme", feature: "unit", quantity, idempotencyKey }) as const;

  test("outcomes stand in the order of the requests; a duplicate inside is a replay", async () => {
    const { credits } = world();
    await gift(credits, 4);
    await gift(credits, 10, { customerId: "beta" });
    const requests = [
      item("a"),
      item("b", 2),
      item("a"),
      item("c", 2),
      { ...item("a"), customerId: "beta" },
      item("a", 3),
      item("d"),
    ] as const;
    const outcomes = await credits.withdrawMany(requests);
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value.replayed : outcome.error.code))).toEqual([
      false,
      false,
      true,
      "insufficient_credits",
      false,
      "idempotency_conflict",
      false,
    ]);
    const [one, , again] = outcomes;
    expect(one?.ok === true && again?.ok === true && again.value.id).toBe(one?.ok === true && one.value.id);
    const repeat = await credits.withdrawMany(requests);
    expect(repeat.map((outcome) => (outcome.ok ? outcome.value.replayed : outcome.error.code))).toEqual([
      true,
      true,
      true,
      "insufficient_credits",
      true,
      "idempotency_conflict",
      true,
    ]);
  });

  test("a thousand at once, of which every other is a repeat", async () => {
    const { credits } = world();
    await gift(credits, 1_000);
    const outcomes = await credits.withdrawMany(Array.from({ length: 1_000 }, (_, n) => item(`k${n >> 1}`)));
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.replayed)).toEqual(
      outcomes.map((_, n) => n % 2 === 1),
    );
    expect((await credits.balance(ACME)).available.toString()).toBe("500");
  });
});

test("keys are compared byte for byte", async () => {
  const { credits } = world();
  await gift(credits, 10);
  for (const key of ["k", "k ", "K", "\u00e9", "e\u0301", "__proto__", "constructor"])
    expect((await use(credits, 1, key)).replayed).toBe(false);
  const wild: Wild = { ...ACME, amount: 1, idempotencyKey: newKey() };
  await call(credits, "withdraw" satisfies Verb, wild);
  expect((await credits.balance(ACME)).available.toString()).toBe("2");
});
