import { type CompiledCatalog, planOf } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { CreditError, invalidInput } from "./errors.js";
import type { PlanBegin, PlanStep } from "./requests.js";
import { isSameEvery } from "./period.js";
import {
  type ItemTerms,
  type Planned,
  type Subscription,
  hasEnded,
  isTrialing,
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
  const goesOn = !startsAnew && !inTrial && current.startsAt <= now;
  // A period of another length begins, whole, where the one under way ends.
  const beforeEndsAt = goesOn && !isSameEvery(plan.every, current.every) ? periodEndOf(current, now) : null;
  const anchor = startsAnew ? at : (beforeEndsAt ?? current.anchor);
  const { cameOnce, timeZone } = current;
  const common = { startsAt: at, anchor, timeZone, cameOnce, isTrial: false };
  const base: ItemTerms = {
    ...common,
    item: "",
    plan,
    quantity,
    first: isLater || startsAnew ? "whole" : terms.proration === "difference" ? "difference" : "next",
    differenceCost: terms.cost,
    before: goesOn ? { every: current.every, anchor: current.anchor } : null,
    beforeEndsAt,
  };
  if (terms.cost !== null && base.first !== "difference")
    throw invalidInput(
      "changePlan: `cost` is that of a difference, and there is none before the start or in a trial: the plan begins whole. Leave it out.",
      { field: "cost" },
    );
  const removed = current.addOns.filter(({ isRemoved }) => isRemoved);
  // What was tried is paid from then on, and a new period is that of the add-ons, too, but for those that were removed.
  const anew = inTrial || startsAnew ? current.addOns.filter(({ isRemoved }) => !isRemoved) : [];
  const addOns: readonly ItemTerms[] = anew.map((addOn) => ({
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
    ...(inTrial
      ? [stopAt(null, at)]
      : ["", ...anew.map((one) => one.plan)].map((item) => stopAt(item, at, beforeEndsAt ?? at))),
  ] as const satisfies readonly PlanStep[];
  const kept = withoutPending(current, { all, endsTrial: inTrial && !isLater, startsAnew });
  if (isLater) return later(catalog, kept, first, [base, ...addOns]);
  const changed = { ...kept, plan: plan.id, quantity };
  if (beforeEndsAt === null)
    return withItems(catalog, { ...changed, every: plan.every, anchor }, first, [base, ...addOns]);
  const pending = { at: beforeEndsAt, plan: plan.id, quantity, every: plan.every, anchor, cameOnce: [] };
  return withItems(catalog, { ...changed, pending }, first, [base, ...addOns]);
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

/** A change of plan takes back a cancellation that was to come, and ends a trial. */
function withoutPending(
  subscription: Subscription,
  { all, endsTrial, startsAnew }: Readonly<Record<"all" | "endsTrial" | "startsAnew", boolean>>,
): Subscription {
  const { addOns, trialEndsAt } = subscription;
  return {
    ...subscription,
    endsAt: null,
    pending: null,
    trialEndsAt: endsTrial ? null : trialEndsAt,
    gone: startsAnew ? [] : (subscription.gone ?? []),
    addOns: all ? addOns.map((addOn) => (addOn.isRemoved ? addOn : { ...addOn, until: null })) : addOns,
  };
}

export function pause(before: Subscription, { now }: Asked): Planned {
  const current = unended(before, now);
  const pausedAt = current.pausedAt ?? now;
  return everywhere({ ...current, isPaused: true, pausedAt }, [{ do: "pause" }]);
}

export function resume(before: Subscription, { now }: Asked): Planned {
  const { pausedAt: _, ...current } = unended(before, now);
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

export function unended(subscription: Subscription, now: number): Subscription {
  const current = subscriptionAt(subscription, now);
  if (!hasEnded(current, now)) return current;
  throw new CreditError(
    "subscription_not_found",
    "This subscription has ended, which cannot be undone; subscribe again.",
    { endsAt: current.endsAt },
  );
}

export function whilePaused(verb: string): CreditError {
  return invalidInput(`${verb}: the subscription is paused; resume it first.`, { field: "subscriptionId" });
}
