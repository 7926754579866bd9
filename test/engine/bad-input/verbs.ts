import { fakeProvider } from "coffer/billing";
import { type Verbs, type World, newKey, world } from "../support.js";

/** Requests as they come from outside: nobody has checked their types. */
export type Wild = Readonly<Record<string, unknown>>;
export type Verb = Exclude<keyof Verbs, "withdrawMany" | "tryWithdraw">;

export interface Stage extends World {
  /** A request that each verb accepts. */
  readonly accepted: Readonly<Record<Verb, Wild>>;
}

const paid = { category: "paid", cost: { amount: "10.00", currency: "USD" } } as const;

/** A wallet with a bit of everything, and a good request for each verb. */
export async function stage(): Promise<Stage> {
  const billing = fakeProvider();
  billing.expect({ status: "pending" });
  const here = world({}, { billing });
  const { credits } = here;
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  const grant = await credits.grant({ ...wallet, ...paid, amount: 1_000, idempotencyKey: "g" });
  const used = await credits.withdraw({
    customerId: "acme",
    feature: "unit",
    quantity: 5,
    idempotencyKey: "w",
  });
  const hold = await credits.reserve({
    customerId: "acme",
    feature: "unit",
    quantity: 9,
    expiresIn: { minutes: 10 },
    idempotencyKey: "r",
  });
  const daily = await credits.schedule({
    customerId: "acme",
    currency: "tokens",
    amount: 1,
    every: { days: 1 },
    category: "promotional",
    idempotencyKey: "d",
  });
  const pro = await credits.subscribe({
    customerId: "acme",
    plan: "pro",
    addOns: ["extra"],
    idempotencyKey: "s",
  });
  const bought = await credits.topUp({ ...wallet, credits: 100, idempotencyKey: "t" });
  const owed = await credits.grant({
    ...wallet,
    ...paid,
    amount: 7,
    awaitsPayment: true,
    idempotencyKey: "o",
  });
  await credits.setAutoTopUp({ ...wallet, threshold: 1, target: 9, caps: { count: 2, every: { days: 1 } } });
  const key = { idempotencyKey: newKey() };
  const who = { actor: "ops", reason: "because" };
  const usage = { customerId: "acme", feature: "unit", quantity: 1 };
  const accepted: Stage["accepted"] = {
    grant: { ...wallet, ...paid, ...key, amount: 10 },
    withdraw: { ...usage, ...key },
    reserve: { ...usage, ...key, expiresIn: { minutes: 1 } },
    capture: { reservationId: hold.id, quantity: 1, final: false, ...key },
    release: { reservationId: hold.id, ...key },
    extend: { reservationId: hold.id, expiresIn: { minutes: 5 }, ...key },
    voidGrant: { grantId: grant.id, ...key },
    amendGrant: { grantId: grant.id, priority: 3, ...key },
    adjust: { ...wallet, ...who, ...key, amount: -1 },
    reverse: { withdrawalId: used.id, amount: 1, ...key },
    refundGrant: { grantId: grant.id, amount: 1, ...key },
    transfer: { from: "acme", to: "beta", currency: "tokens", amount: 1, ...key },
    setPolicy: { ...wallet, policy: { mode: "soft", limit: 10 }, ...key },
    convert: { customerId: "acme", from: "tokens", to: "gold", rate: "1", amount: 1, ...who, ...key },
    setThresholds: { ...wallet, thresholds: { usageLow: [80], balanceLow: 10 }, ...key },
    schedule: { ...wallet, ...paid, ...key, amount: 10, every: { months: 1 } },
    endSchedule: { scheduleId: daily.id, ...key },
    setBudget: { ...wallet, dimension: "user", value: "u", limit: 5, every: { months: 1 }, ...key },
    setAutoTopUp: { ...wallet, threshold: 1, target: 10, caps: { count: 3, every: { days: 1 } }, ...key },
    resumeAutoTopUp: { ...wallet, ...key },
    removeAutoTopUp: { ...wallet, ...key },
    markGrantPaid: { grantId: owed.id, ...key },
    recordPayment: { topUpId: bought.topUp.id, payment: { id: "pay_1", status: "succeeded" }, ...key },
    topUps: wallet,
    autoTopUp: wallet,
    budgets: wallet,
    schedules: wallet,
    subscribe: { customerId: "acme", plan: "pro", ...key },
    changePlan: { subscriptionId: pro.id, quantity: 2, ...key },
    addAddOn: { subscriptionId: pro.id, addOn: "more", ...key },
    removeAddOn: { subscriptionId: pro.id, addOn: "extra", ...key },
    pauseSubscription: { subscriptionId: pro.id, ...key },
    resumeSubscription: { subscriptionId: pro.id, ...key },
    cancelSubscription: { subscriptionId: pro.id, ...key },
    subscription: { subscriptionId: pro.id },
    subscriptions: { customerId: "acme" },
    forecast: { ...wallet, until: "2027-01-01T00:00:00Z" },
    balance: wallet,
    check: usage,
    estimate: usage,
    explain: { ...wallet, feature: "unit" },
    grants: wallet,
    ledger: wallet,
    usage: { ...wallet, from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", every: "hour" },
    audit: { customerId: "acme" },
    verifyLedger: wallet,
  };
  return { ...here, accepted };
}

export const MUTATIONS = [
  "grant",
  "withdraw",
  "reserve",
  "capture",
  "release",
  "extend",
  "voidGrant",
  "amendGrant",
  "adjust",
  "reverse",
  "refundGrant",
  "transfer",
  "setPolicy",
  "convert",
  "setBudget",
  "setThresholds",
  "schedule",
  "endSchedule",
  "subscribe",
  "changePlan",
  "addAddOn",
  "removeAddOn",
  "pauseSubscription",
  "resumeSubscription",
  "cancelSubscription",
  "setAutoTopUp",
  "removeAutoTopUp",
  "resumeAutoTopUp",
  "markGrantPaid",
  "recordPayment",
] as const satisfies readonly Verb[];

const READS = [
  "topUps",
  "autoTopUp",
  "budgets",
  "schedules",
  "subscriptions",
  "subscription",
  "forecast",
  "balance",
  "check",
  "estimate",
  "explain",
  "grants",
  "ledger",
  "usage",
  "audit",
  "verifyLedger",
] as const satisfies readonly Verb[];

export const VERBS: readonly Verb[] = [...MUTATIONS, ...READS];

/** Calls a verb with whatever is given. */
export function call(credits: Verbs, verb: Verb, request: unknown): Promise<unknown> {
  return (credits[verb] as (request: unknown) => Promise<unknown>)(request);
}

/** Puts a value at a path of a request ("cost.amount", "items.0.quantity"), leaving the original alone. */
export function withAt(request: Wild, path: string, value: unknown): Wild {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...request, [name]: value };
  const inner = request[name];
  const changed = withAt((inner ?? {}) as Wild, rest.join("."), value);
  return { ...request, [name]: Array.isArray(inner) ? Object.values(changed) : changed };
}
