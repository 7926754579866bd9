import type { CompiledCatalog } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { type Every, type Periods, periodAt, periodStart } from "./period.js";
import { multiplied } from "./multiplied.js";
import type { PlanBegin, PlanGrantTerms, PlanStep } from "./requests.js";

/** A customer's subscription. Its schedules and attachments stand in the wallets of the plan's currencies. */
export interface Subscription {
  readonly id: string;
  readonly plan: string;
  readonly quantity: number;
  readonly addOns: readonly AddOn[];
  /** Of the billing period. */
  readonly every: Every;
  readonly anchor: number;
  readonly timeZone: string;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly trialEndsAt: number | null;
  readonly isPaused: boolean;
  /** Since when, if it is. */
  readonly pausedAt?: number;
  /** Add-ons that went in mid-period: what they were given counts where they come again. */
  readonly gone?: readonly GoneAddOn[];
  readonly endsAt: number | null;
  /** What it becomes at an instant to come. */
  readonly pending: Pending | null;
  /** Ids of what comes once and came, by item: it comes once, however often plans change. */
  readonly cameOnce: readonly string[];
  /** Wallets that it was ever in. */
  readonly currencies: readonly string[];
}

/** What a verb makes of a subscription, and what follows in the wallets of its currencies. */
export interface Planned {
  readonly after: Subscription;
  /** By currency. */
  readonly steps: ReadonlyMap<string, readonly PlanStep[]>;
}

export interface AddOn {
  readonly plan: string;
  readonly quantity: number;
  /** Left out itself; null: it goes on. */
  readonly until: number | null;
  /** By itself, not with the whole subscription: what takes a cancellation back leaves that. */
  readonly isRemoved: boolean;
}

export interface GoneAddOn {
  readonly plan: string;
  readonly quantity: number;
  /** The last instant at which it was granted what was due. */
  readonly at: number;
  /** Tried, so nobody has paid. */
  readonly isTrial: boolean;
}

export interface Pending {
  readonly at: number;
  readonly plan: string;
  readonly quantity: number;
  readonly every: Every;
  readonly anchor: number;
  /** What comes once and comes then. */
  readonly cameOnce: readonly string[];
}

export type SubscriptionStatus = "scheduled" | "trialing" | "active" | "paused" | "ended";

/** The subscription as it stands at an instant: what was to happen by then has happened. */
export function subscriptionAt(subscription: Subscription, instant: number): Subscription {
  const { pending, addOns } = subscription;
  const current = addOns.filter(({ until }) => until === null || until > instant);
  if (pending === null || pending.at > instant) return { ...subscription, addOns: current };
  const { plan, quantity, every, anchor } = pending;
  const cameOnce = [...new Set([...subscription.cameOnce, ...pending.cameOnce])];
  return { ...subscription, addOns: current, plan, quantity, every, anchor, cameOnce, pending: null };
}

export function hasEnded({ endsAt }: Subscription, instant: number): boolean {
  return endsAt !== null && endsAt <= instant;
}

export function isTrialing({ trialEndsAt }: Subscription, now: number): boolean {
  return trialEndsAt !== null && trialEndsAt > now;
}

export function statusAt(subscription: Subscription, instant: number): SubscriptionStatus {
  const { startsAt, trialEndsAt, isPaused } = subscription;
  if (hasEnded(subscription, instant)) return "ended";
  if (isPaused) return "paused";
  if (startsAt > instant) return "scheduled";
  return trialEndsAt !== null && trialEndsAt > instant ? "trialing" : "active";
}

export function billingPeriods({ every, anchor, timeZone }: Subscription): Periods {
  return { every, anchor, timeZone };
}

/** The end of the period under way; of one that has not begun its start, of a trial the trial's end. */
export function periodEndOf(subscription: Subscription, instant: number): number {
  const { startsAt, trialEndsAt } = subscription;
  if (startsAt > instant) return startsAt;
  if (trialEndsAt !== null && trialEndsAt > instant) return trialEndsAt;
  const periods = billingPeriods(subscription);
  return periodStart(periods, periodAt(periods, instant) + 1);
}

/** What an item of a subscription is to grant. */
export interface ItemTerms {
  /** "" for the plan itself, else the add-on. */
  readonly item: string;
  readonly plan: Plan;
  readonly quantity: number;
  readonly startsAt: number;
  readonly anchor: number;
  readonly timeZone: string;
  readonly first: PlanBegin["first"];
  readonly differenceCost: PlanBegin["differenceCost"];
  /** What comes once and came already. */
  readonly cameOnce: readonly string[];
  /** See `PlanBegin`; default: all begins anew. */
  readonly before?: PlanBegin["before"];
  readonly beforeEndsAt?: number | null;
  /** What was given of it before, by quantity. */
  readonly gone?: readonly GoneAddOn[];
  /** In a trial nobody has paid: its credits are promotional, and what is paid once comes when it ends. */
  readonly isTrial: boolean;
}

/** The steps by currency that begin an item. */
export function beginItem(terms: ItemTerms, currencies: Iterable<string>): ReadonlyMap<string, PlanStep> {
  const { item, plan, startsAt, anchor, timeZone, first, differenceCost } = terms;
  const { before = null, beforeEndsAt = null } = terms;
  return new Map(
    [...currencies].map((currency) => [
      currency,
      {
        do: "begin",
        item,
        plan: plan.id,
        startsAt,
        anchor,
        timeZone,
        first,
        differenceCost,
        before,
        beforeEndsAt,
        grants: grantsOf(terms, currency),
      } as const,
    ]),
  );
}

function grantsOf(item: ItemTerms, currency: string): PlanGrantTerms[] {
  const { plan, quantity, cameOnce, isTrial } = item;
  return plan.grants
    .filter((grant) => grant.currency === currency)
    .filter(({ comesOnce, id }) => !comesOnce || !cameOnce.includes(onceName(item.item, id)))
    .filter(({ comesOnce, terms }) => !(isTrial && comesOnce && terms.category === "paid"))
    .map(({ id, terms, comesOnce }) => {
      const single = isTrial ? { ...terms, category: "promotional" as const, cost: null } : terms;
      const whole = { id, comesOnce, terms: multiplied(single, quantity) };
      const given = comesOnce ? 0 : givenOf(item, terms.every);
      if (given === 0) return whole;
      return { ...whole, missing: given < quantity ? multiplied(single, quantity - given) : null };
    });
}

/** The most that an add-on was given for the period that holds its start, as a quantity. */
function givenOf({ gone = [], startsAt, anchor, timeZone, isTrial }: ItemTerms, every: Every): number {
  if (gone.length === 0) return 0;
  const periods = { every, anchor, timeZone };
  const start = periodStart(periods, periodAt(periods, startsAt));
  return Math.max(0, ...gone.map((one) => (one.at >= start && one.isTrial === isTrial ? one.quantity : 0)));
}

/** Names of what comes once with an item. */
export function onceOf({ plan, item, isTrial }: ItemTerms): readonly string[] {
  return plan.grants
    .filter(({ comesOnce, terms }) => comesOnce && !(isTrial && terms.category === "paid"))
    .map(({ id }) => onceName(item, id));
}

function onceName(item: string, grant: string): string {
  return JSON.stringify([item, grant]);
}

/** Currencies in whose wallets plans do something, with those of before. */
export function walletsOf(
  plans: readonly Plan[],
  { features }: CompiledCatalog,
  before: readonly string[],
): readonly string[] {
  const all = new Set(before);
  for (const { grants, rates, policies, thresholds } of plans) {
    for (const { currency } of grants) all.add(currency);
    for (const id of rates.keys()) all.add(features.get(id)?.currency ?? "");
    for (const currency of policies.keys()) all.add(currency);
    for (const currency of thresholds.keys()) all.add(currency);
  }
  all.delete("");
  return [...all].sort();
}
