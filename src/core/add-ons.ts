import { planOf } from "../catalog/catalog.js";
import { invalidInput } from "./errors.js";
import type { PlanStep } from "./requests.js";
import {
  type GoneAddOn,
  type ItemTerms,
  type Planned,
  type Subscription,
  isTrialing,
  onceOf,
  periodEndOf,
} from "./subscription.js";
import { everywhere, stopAt, withItems } from "./subscription-steps.js";
import { type Asked, unended, whilePaused } from "./subscription-verbs.js";

/** Plans that are attached to a subscription, and let go of. */

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
      { field: "addOn" },
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
    gone: (current.gone ?? []).filter((one) => one.plan === plan.id),
    isTrial: false,
  };
  const { trialEndsAt } = current;
  return trialEndsAt !== null && isTrialing(current, now)
    ? tried(after, item, trialEndsAt, { catalog, now })
    : withItems(catalog, after, [], [item]);
}

/** Nobody pays for it in the trial; when that ends it begins anew, as the plan does. */
function tried(before: Subscription, item: ItemTerms, trialEndsAt: number, { catalog }: Asked): Planned {
  const trial: ItemTerms = { ...item, anchor: before.startsAt, isTrial: true };
  const begun = withItems(catalog, before, [], [trial]);
  const { pending, cameOnce } = begun.after;
  const paid: ItemTerms = { ...item, startsAt: trialEndsAt, cameOnce, gone: [] };
  const { steps, after } = withItems(catalog, begun.after, [stopAt(item.item, trialEndsAt)], [paid]);
  // What is paid once has not come before then.
  const once = [...new Set([...(pending?.cameOnce ?? []), ...onceOf(paid)])];
  return {
    after: { ...after, cameOnce, pending: pending === null ? null : { ...pending, cameOnce: once } },
    steps: bothOf(begun.steps, steps),
  };
}

function bothOf(first: Planned["steps"], second: Planned["steps"]): Planned["steps"] {
  const all = new Map<string, readonly PlanStep[]>(first);
  for (const [currency, steps] of second) all.set(currency, [...(all.get(currency) ?? []), ...steps]);
  return all;
}

export function removeAddOn(
  before: Subscription,
  { plan, when }: { readonly plan: string; readonly when: "now" | "periodEnd" },
  { now }: Asked,
): Planned {
  const current = unended(before, now);
  const gone = current.addOns.find((one) => one.plan === plan);
  if (gone === undefined) throw invalidInput(`The subscription has no add-on "${plan}".`, { field: "addOn" });
  const at = when === "now" ? now : periodEndOf(current, now);
  const addOns = current.addOns.flatMap((one) =>
    one.plan !== plan ? [one] : at > now ? [{ ...one, until: at, isRemoved: true }] : [],
  );
  const after = { ...current, addOns, gone: at > now ? (current.gone ?? []) : withGone(current, gone, now) };
  const stop = { do: "stop", item: plan, at, how: "ended" } as const;
  return everywhere(after, [stop]);
}

/** The last ones of an add-on that say all: earlier ones count only where they were larger. */
const MOST_GONE = 100;

function withGone(
  current: Subscription,
  { plan, quantity }: Pick<GoneAddOn, "plan" | "quantity">,
  now: number,
): readonly GoneAddOn[] {
  const { gone = [], startsAt, pausedAt } = current;
  if (startsAt > now) return gone;
  const last = { plan, quantity, at: pausedAt ?? now, isTrial: isTrialing(current, now) };
  const kept = gone.filter(
    (one) => one.plan !== plan || one.isTrial !== last.isTrial || one.quantity > quantity,
  );
  return [...kept, last].slice(-MOST_GONE);
}
