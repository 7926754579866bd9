/** An error says what was wrong, with which value, and what to do; its details name the field. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { beforeAll, describe, expect, test } from "vitest";
import { appStore } from "../transactions/app-store.js";
import { ACME, START, catalog, engineOn, gift, newKey, refusal, use, world } from "../support.js";
import { type Stage, type Verb, type Wild, call, stage } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

/** What a caller gets to see of it. */
async function said(failing: Promise<unknown> | (() => unknown)): Promise<readonly unknown[]> {
  const { code, message, details } = await refusal(failing);
  return [code, message, details];
}

const unit = (quantity: unknown = 1) => ({ feature: "unit", quantity });

describe("of a request", () => {
  const withdrawal = { customerId: "acme", idempotencyKey: "said" };
  const grant = { ...ACME, amount: 1, idempotencyKey: "said" };
  test.each<readonly [string, Verb, (accepted: Wild) => Wild, string, string, object]>([
    [
      "usage in two ways",
      "withdraw",
      () => ({ ...withdrawal, ...unit(), currency: "tokens" }),
      "invalid_input",
      "withdraw: say what is used in one of three ways: `feature` and `quantity`, `currency` and `amount`, or `items`.",
      {},
    ],
    [
      "a currency without an amount",
      "withdraw",
      () => ({ ...withdrawal, currency: "tokens" }),
      "invalid_input",
      "withdraw: `amount` must stand beside `currency`.",
      { field: "amount" },
    ],
    [
      "a feature with an amount",
      "reserve",
      () => ({ ...withdrawal, ...unit(), amount: 1, expiresIn: { hours: 1 } }),
      "invalid_input",
      "reserve: `amount` stands beside `currency` only; of a feature give the `quantity`.",
      { field: "amount" },
    ],
    [
      "a feature without a quantity",
      "check",
      () => ({ customerId: "acme", feature: "unit" }),
      "invalid_input",
      "check: `quantity` must stand beside `feature`.",
      { field: "quantity" },
    ],
    [
      "no items",
      "withdraw",
      () => ({ ...withdrawal, items: [] }),
      "invalid_input",
      "withdraw: `items` must hold at least one item.",
      { field: "items" },
    ],
    [
      "items of two currencies",
      "withdraw",
      () => ({ ...withdrawal, items: [unit(), { feature: "gilt", quantity: 1 }] }),
      "invalid_input",
      'withdraw: "gilt" and "unit" are priced in different currencies; one event holds features of one currency.',
      { field: "items" },
    ],
    [
      "too many items",
      "withdraw",
      () => ({ ...withdrawal, items: Array.from({ length: 101 }, () => unit()) }),
      "over_limit",
      "withdraw: an event holds at most 100 items; this one has 101. Split it.",
      { items: 101, limit: 100 },
    ],
    [
      "a paid grant without a cost",
      "grant",
      () => ({ ...grant, category: "paid" }),
      "invalid_input",
      'A paid grant states its `cost`, as in { amount: "20.00", currency: "USD" } (0 is allowed).',
      { field: "cost" },
    ],
    [
      "a promotional grant with a cost",
      "grant",
      () => ({ ...grant, category: "promotional", cost: { amount: 1, currency: "USD" } }),
      "invalid_input",
      "A promotional grant has no `cost`: leave it out, or make the grant paid.",
      { field: "cost" },
    ],
    [
      "a restriction to what another currency pays",
      "grant",
      () => ({ ...grant, category: "promotional", features: ["unit", "gilt"] }),
      "invalid_input",
      '`features` holds "gilt", which is not priced in "tokens".',
      { field: "features" },
    ],
    [
      "a capture in two ways",
      "capture",
      (accepted) => ({ ...accepted, amount: 1 }),
      "invalid_input",
      "capture: give one of `quantity`, `amount` and `items`, or none for the whole hold.",
      {},
    ],
    [
      "a capture of no items",
      "capture",
      (accepted) => ({ ...accepted, quantity: undefined, items: [] }),
      "invalid_input",
      "capture: `items` must hold at least one item.",
      { field: "items" },
    ],
    [
      "an amendment of nothing",
      "amendGrant",
      (accepted) => ({ ...accepted, priority: undefined }),
      "invalid_input",
      "amendGrant: give at least one of `expiresAt`, `priority`, `displayName`, `metadata`.",
      {},
    ],
    [
      "an adjustment by nothing",
      "adjust",
      (accepted) => ({ ...accepted, amount: 0 }),
      "invalid_input",
      "adjust: `amount` must not be zero.",
      { field: "amount" },
    ],
    [
      "an id that was never given",
      "voidGrant",
      () => ({ grantId: "gr_x" }),
      "grant_not_found",
      'There is no such thing as "gr_x". Pass the `id` that the engine returned.',
      { id: "gr_x" },
    ],
    [
      "a transfer to where it comes from",
      "transfer",
      (accepted) => ({ ...accepted, to: { customerId: "acme" } }),
      "invalid_input",
      "transfer: `from` and `to` are the same wallet.",
      { field: "to" },
    ],
    [
      "a balance to come",
      "balance",
      (accepted) => ({ ...accepted, at: START + 1 }),
      "invalid_input",
      "balance: `at` lies in the future; give a past instant, or none for now.",
      { field: "at" },
    ],
    [
      "a cursor that no page gave",
      "ledger",
      (accepted) => ({ ...accepted, after: "x" }),
      "invalid_input",
      "ledger: `after` must be the `next` of the page before, of the same wallet.",
      { field: "after" },
    ],
    [
      "a cursor that no page of an audit gave",
      "audit",
      (accepted) => ({ ...accepted, after: "{}" }),
      "invalid_input",
      "audit: `after` must be the `next` of the page before.",
      { field: "after" },
    ],
    [
      "a list where a request should be",
      "grant",
      () => [] as unknown as Wild,
      "invalid_input",
      "grant: the request must be a plain object; got an array.",
      {},
    ],
  ])("%s", async (_, verb, change, code, message, details) => {
    const request = change(here.accepted[verb]);
    expect(await said(call(here.credits, verb, request))).toEqual([code, message, details]);
  });

  test("a withdrawal's id with another end", async () => {
    const withdrawalId = String(here.accepted.reverse["withdrawalId"]).replace(/[^_]+$/, "x");
    expect(await said(here.credits.reverse({ withdrawalId, idempotencyKey: "said" }))).toEqual([
      "withdrawal_not_found",
      `"${withdrawalId}" is no id of a withdrawal. Pass the \`id\` that withdraw or capture returned.`,
      { withdrawalId },
    ]);
  });

  test("a grant of another wallet", async () => {
    const { id: grantId } = await gift(here.credits, 1, { customerId: "beta" });
    const adjustment = { ...here.accepted.adjust, grantId, idempotencyKey: newKey() };
    expect(await said(call(here.credits, "adjust", adjustment))).toEqual([
      "grant_not_found",
      `Grant "${grantId}" belongs to another wallet.`,
      { grantId },
    ]);
  });

  test("a key that was used for something else", async () => {
    const { credits } = here;
    await use(credits, 1, "twice");
    const conflict = (differs: readonly string[], verb: string) => [
      "idempotency_conflict",
      `The idempotency key "twice" was used before for another request: ${differs.join(", ")} ${verb}. Use a new key for a new request, or repeat the first one exactly.`,
      { idempotencyKey: "twice", differs },
    ];
    expect(await said(use(credits, 2, "twice"))).toEqual(conflict(["amount"], "differs"));
    expect(await said(gift(credits, 1, { idempotencyKey: "twice" }))).toEqual(
      conflict(["operation", "category"], "differ"),
    );
  });

  test("withdrawals that are no list, or too many", async () => {
    const wild = here.credits.withdrawMany as (requests: unknown) => Promise<unknown>;
    expect(await said(wild("acme"))).toEqual([
      "invalid_input",
      'withdrawMany: give an array of withdrawals; got "acme".',
      {},
    ]);
    expect(await said(wild(Array.from({ length: 100_001 })))).toEqual([
      "over_limit",
      "withdrawMany: at most 100000 withdrawals at a time; these are 100001. Split them.",
      { items: 100_001, limit: 100_000 },
    ]);
  });
});

describe("of what surrounds the engine", () => {
  test("a clock that tells no time", async () => {
    const credits = engineOn(memoryStore(), () => Number.NaN);
    expect(await said(credits.balance(ACME))).toEqual([
      "invalid_input",
      "The engine's `clock` must return UTC milliseconds as a finite number; it returned NaN.",
      {},
    ]);
  });

  test("ids that are none", async () => {
    const credits = createCreditEngine({ catalog, store: memoryStore(), clock: () => START, ids: () => "" });
    expect(await said(gift(credits, 1))).toEqual([
      "invalid_input",
      'The engine\'s `ids` must return texts of 1 to 200 bytes; it returned "".',
      {},
    ]);
  });

  test("a store that cannot move credits between two customers", async () => {
    const { credits } = world({ transactAcrossParts: false });
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "t" } as const;
    expect(await said(credits.transfer(move))).toEqual([
      "unsupported",
      "This store cannot transfer between these customers in one transaction.",
      {},
    ]);
  });

  test("a store that decides nothing of a transfer", async () => {
    const store = Object.assign(memoryStore(), { transact: async () => undefined });
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "t" } as const;
    expect(await said(engineOn(store, () => START).transfer(move))).toEqual([
      "store_unavailable",
      "The store decided nothing.",
      {},
    ]);
  });

  test("a store that takes less at once than this needs", async () => {
    const { credits } = world({ rowsPerChange: 12 });
    for (let count = 0; count < 20; count++) await gift(credits, 1);
    expect(await said(use(credits, 20))).toEqual([
      "over_limit",
      "This touches more grants and ledger entries than the store writes at once (12 rows). Ask for less at a time.",
      { rowsPerChange: 12 },
    ]);
  });

  test("a store that joins no transactions, and a transaction that is none", async () => {
    const wild = (store: CreditStore) =>
      engineOn(store, () => START).withTransaction as unknown as (tx: unknown) => unknown;
    expect(await said(() => wild(memoryStore())({}))).toEqual([
      "unsupported",
      "withTransaction: this store cannot join a transaction of the app.",
      {},
    ]);
    const joining = appStore() as unknown as CreditStore;
    expect(await said(() => wild(joining)(undefined))).toEqual([
      "invalid_input",
      "withTransaction: give the transaction that the app has begun; got undefined.",
      {},
    ]);
  });

  test("a transaction that has ended, and an engine that was closed", async () => {
    const store = appStore();
    const credits = engineOn(store, () => START);
    const scoped = credits.withTransaction(store.begin());
    scoped.committed();
    expect(await said(scoped.balance(ACME))).toEqual([
      "unsupported",
      "This transaction has ended; call withTransaction with another one, or use the engine itself.",
      {},
    ]);
    await credits.close();
    expect(await said(credits.balance(ACME))).toEqual([
      "unsupported",
      "This engine was closed; create another one.",
      {},
    ]);
  });
});
