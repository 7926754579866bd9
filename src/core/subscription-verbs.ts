import { type CompiledCatalog, planOf } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { CreditError, invalidInput } from "./errors.js";
import type { PlanBegin, PlanStep } from "./requests.js";
import {
  type ItemTerms,
  type Planned,
  type Subscription,
  hasEnded,
  periodEndOf,
  subscriptionAt,
} from "./subscription.js";
import { startInstant } from "./start-instant.js";
import { everywhere, joined, later, stopAt, withItems } from "./subscription-steps.js";

/** The verbs on a subscription, as pure functions from what it is to what it becomes. */

export interface Asked {
  readonly catalog: CompiledCatalog;
  readonly now: number;
}

export interface SubscribeTerms {
  readonly id: string;
  readonly plan: string;
  readonly quantity: number;
  readonly addOns: readonly { readonly plan: string; readonly quantity: number }[];
  /** Null: the start. */
  readonly anchor: number | null;
  readonly timeZone: string;
  /** Null: now. */
  readonly startsAt: number | null;
  readonly trialEndsAt: number | null;
}

export function subscribe(terms: SubscribeTerms, { catalog, now }: Asked): Planned {
  const plan = planOf(catalog, terms.plan);
  const startsAt = startInstant(terms.startsAt, now);
  const { trialEndsAt, addOns, timeZone } = terms;
  if (trialEndsAt !== null && trialEndsAt <= startsAt)
    throw invalidInput("`trialEndsAt` must be after the start.", { field: "trialEndsAt" });
  refuseTwins([terms.plan, ...addOns.map((addOn) => addOn.plan)]);
  const after: Subscription = {
    id: terms.id,
    plan: plan.id,
    quantity: terms.quantity,
    addOns: addOns.map((addOn) => ({ ...addOn, until: null, isRemoved: false })),
    every: plan.every,
    anchor: terms.anchor ?? trialEndsAt ?? startsAt,
    timeZone,
    createdAt: now,
    startsAt,
    trialEndsAt,
    isPaused: false,
    endsAt: null,
    pending: null,
    cameOnce: [],
    currencies: [],
  };
  const items = [
    { item: "", plan, quantity: terms.quantity },
    ...addOns.map((addOn) => ({ ...addOn, item: addOn.plan, plan: planOf(catalog, addOn.plan) })),
  ].map((one) => ({ ...one, timeZone, first: "whole", differenceCost: null }) as const);
  if (trialEndsAt === null) {
    const whole = items.map((one) => ({
      ...one,
      startsAt,
      anchor: after.anchor,
      cameOnce: [],
      isTrial: false,
    }));
    return withItems(catalog, after, [], whole);
  }
  const trials = items.map((one) => ({ ...one, startsAt, anchor: startsAt, cameOnce: [], isTrial: true }));
  const tried = withItems(catalog, after, [], trials);
  const { cameOnce } = tried.after;
  const paid = items.map((one) => ({
    ...one,
    startsAt: trialEndsAt,
    anchor: after.anchor,
    cameOnce,
    isTrial: false,
  }));
  return joined(tried, later(catalog, tried.after, [stopAt(null, trialEndsAt)], paid));
}

function refuseTwins(plans: readonly string[]): void {
  const twice = plans.find((plan, index) => plans.indexOf(plan) !== index);
  if (twice !== undefined)
    throw invalidInput(`"${twice}" stands twice in this subscription; give it once, with a \`quantity\`.`, {
      field: "addOns",
    });
}

export interface ChangeTerms {
  /** Null: as it is. */
  readonly plan: string | null;
  readonly quantity: number | null;
  readonly when: "now" | "periodEnd";
  readonly proration: "none" | "difference" | "full";
  readonly cost: PlanBegin["differenceCost"];
}

export function changePlan(before: Subscription, terms: ChangeTerms, { catalog, now }: Asked): Planned {
  const current = unended(before, now);
  if (current.isPaused) throw whilePaused("changePlan");
  const plan = planOf(catalog, terms.plan ?? current.plan);
  const quantity = terms.quantity ?? current.quantity;
  if (terms.cost !== null) checkCost(plan, terms.cost.currency);
  refuseTwins([plan.id, ...current.addOns.map((addOn) => addOn.plan)]);
  const at = terms.when === "now" ? Math.max(now, current.startsAt) : periodEndOf(current, now);
  const isLater = at > now;
  const inTrial = isTrialing(current, now);
  const startsAnew = terms.when === "now" && (terms.proration === "full" || inTrial);
  const anchor = startsAnew ? at : current.anchor;
  const { cameOnce, timeZone } = current;
  const common = { startsAt: at, anchor, timeZone, cameOnce, isTrial: false };
  const base: ItemTerms = {
    ...common,
    item: "",
    plan,
    quantity,
    first: isLater || startsAnew ? "whole" : terms.proration === "difference" ? "difference" : "next",
    differenceCost: terms.cost,
  };
  if (terms.cost !== null && base.first !== "difference")
    throw invalidInput(
      "changePlan: `cost` is that of a difference, and there is none before the start or in a trial: the plan begins whole. Leave it out.",
      { field: "cost" },
    );
  const removed = current.addOns.filter(({ isRemoved }) => isRemoved);
  // What was tried is paid from then on, add-ons too, but for those that were removed.
  const tried = inTrial ? current.addOns.filter(({ isRemoved }) => !isRemoved) : [];
  const addOns: readonly ItemTerms[] = tried.map((addOn) => ({
    ...common,
    item: addOn.plan,
    plan: planOf(catalog, addOn.plan),
    quantity: addOn.quantity,
    first: "whole",
    differenceCost: null,
  }));
  const all = inTrial || current.endsAt !== null;
  const first = [
    { do: "forgetPending", item: all ? null : "" },
    ...removed.map(({ plan: item, until }) => endAt(item, until ?? at)),
    stopAt(inTrial ? null : "", at),
  ] as const satisfies readonly PlanStep[];
  const kept = withoutPending(current, { all, endsTrial: inTrial && !isLater });
  if (isLater) return later(catalog, kept, first, [base, ...addOns]);
  return withItems(catalog, { ...kept, plan: plan.id, quantity, every: plan.every, anchor }, first, [
    base,
    ...addOns,
  ]);
}

/** One sum cannot be shared out among several grants without saying how. */
function checkCost({ id, grants }: Plan, currency: string): void {
  const paid = grants.filter(({ comesOnce, terms }) => !comesOnce && terms.category === "paid");
  const [only] = paid;
  if (paid.length !== 1)
    throw invalidInput(
      `changePlan: \`cost\` is that of one paid grant each period, and plan "${id}" has ${paid.length}. Leave it out.`,
      { field: "cost" },
    );
  if (only?.terms.cost?.currency !== currency)
    throw invalidInput(
      `changePlan: plan "${id}" costs ${only?.terms.cost?.currency}, and \`cost\` is in ${currency}.`,
      {
        field: "cost",
      },
    );
}

function endAt(item: string, at: number): PlanStep {
  return { do: "stop", item, at, how: "ended" };
}

function isTrialing({ trialEndsAt }: Subscription, now: number): boolean {
  return trialEndsAt !== null && trialEndsAt > now;
}

/** A change of plan takes back a cancellation that was to come, and ends a trial. */
function withoutPending(
  subscription: Subscription,
  { all, endsTrial }: { readonly all: boolean; readonly endsTrial: boolean },
): Subscription {
  const { addOns, trialEndsAt } = subscription;
  return {
    ...subscription,
    endsAt: null,
    pending: null,
    trialEndsAt: endsTrial ? null : trialEndsAt,
    addOns: all ? addOns.map((addOn) => (addOn.isRemoved ? addOn : { ...addOn, until: null })) : addOns,
  };
}

export function addAddOn(
  before: Subscription,
  addOn: { readonly plan: string; readonly quantity: number },
  { catalog, now }: Asked,
): Planned {
  const current = unended(before, now);
  if (current.isPaused) throw whilePaused("addAddOn");
  if (current.endsAt !== null)
    throw invalidInput(
      "addAddOn: the subscription was cancelled and is about to end; a change of plan takes that back.",
      { field: "subscriptionId", endsAt: current.endsAt },
    );
  const plan = planOf(catalog, addOn.plan);
  const plans = [current.plan, current.pending?.plan, ...current.addOns.map((one) => one.plan)];
  if (plans.includes(plan.id))
    throw invalidInput(
      `The subscription has "${plan.id}" already; remove it first to add it in another quantity.`,
      {
        field: "addOn",
      },
    );
  const after = { ...current, addOns: [...current.addOns, { ...addOn, until: null, isRemoved: false }] };
  const item: ItemTerms = {
    item: plan.id,
    plan,
    quantity: addOn.quantity,
    startsAt: Math.max(now, current.startsAt),
    anchor: current.anchor,
    timeZone: current.timeZone,
    first: "whole",
    differenceCost: null,
    cameOnce: current.cameOnce,
    isTrial: false,
  };
  return withItems(catalog, after, [], [item]);
}

export function removeAddOn(
  before: Subscription,
  { plan, when }: { readonly plan: string; readonly when: "now" | "periodEnd" },
  { now }: Asked,
): Planned {
  const current = unended(before, now);
  if (!current.addOns.some((one) => one.plan === plan))
    throw invalidInput(`The subscription has no add-on "${plan}".`, { field: "addOn" });
  const at = when === "now" ? now : periodEndOf(current, now);
  const addOns = current.addOns.flatMap((one) =>
    one.plan !== plan ? [one] : at > now ? [{ ...one, until: at, isRemoved: true }] : [],
  );
  const stop = { do: "stop", item: plan, at, how: "ended" } as const;
  return everywhere({ ...current, addOns }, [stop]);
}

export function pause(before: Subscription, { now }: Asked): Planned {
  const current = unended(before, now);
  return everywhere({ ...current, isPaused: true }, [{ do: "pause" }]);
}

export function resume(before: Subscription, { now }: Asked): Planned {
  const current = unended(before, now);
  return everywhere({ ...current, isPaused: false }, [{ do: "resume" }]);
}

export interface CancelTerms {
  readonly when: "now" | "periodEnd";
  readonly unused: "keep" | "void" | "refund";
}

export function cancel(before: Subscription, { when, unused }: CancelTerms, { now }: Asked): Planned {
  const current = subscriptionAt(before, now);
  if (when === "periodEnd" && unused !== "keep")
    throw invalidInput(
      '`unused` says what becomes of credits that are there now, so it goes with `when: "now"`; at the period\'s end they expire as they would have.',
      { field: "unused" },
    );
  const leave: readonly PlanStep[] = unused === "keep" ? [] : [{ do: "leave", unused }];
  if (hasEnded(current, now)) return everywhere(current, leave);
  const endsAt = when === "now" ? now : periodEndOf(current, now);
  const stop = { do: "stop", item: null, at: endsAt, how: "ended" } as const;
  const addOns = current.addOns.map((one) => ({ ...one, until: Math.min(one.until ?? endsAt, endsAt) }));
  const after = { ...current, endsAt, pending: null, addOns };
  return everywhere(after, [{ do: "forgetPending", item: null }, stop, ...leave]);
}

function unended(subscription: Subscription, now: number): Subscription {
  const current = subscriptionAt(subscription, now);
  if (!hasEnded(current, now)) return current;
  throw new CreditError(
    "subscription_not_found",
    "This subscription has ended, which cannot be undone; subscribe again.",
    { endsAt: current.endsAt },
  );
}

function whilePaused(verb: string): CreditError {
  return invalidInput(`${verb}: the subscription is paused; resume it first.`, { field: "subscriptionId" });
}
