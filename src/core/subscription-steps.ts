import type { CompiledCatalog } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import type { PlanStep } from "./requests.js";
import {
  type ItemTerms,
  type Planned,
  type Subscription,
  beginItem,
  onceOf,
  walletsOf,
} from "./subscription.js";

/** What follows in the wallets of a subscription, put together. */

/** What was given for the period under way counts for what follows, until `rememberedUntil`. */
export function stopAt(item: string | null, at: number, rememberedUntil: number = at): PlanStep {
  return { do: "stop", item, at, how: "superseded", rememberedUntil };
}

/** What begins then belongs to what the subscription becomes then. */
export function later(
  catalog: CompiledCatalog,
  before: Subscription,
  first: readonly PlanStep[],
  items: readonly ItemTerms[],
): Planned {
  const { after, steps } = withItems(catalog, before, first, items);
  const [base] = items;
  if (base === undefined) return { after, steps };
  const { plan, quantity, startsAt: at, anchor } = base;
  const pending = { at, plan: plan.id, quantity, every: plan.every, anchor, cameOnce: after.cameOnce };
  return { after: { ...after, cameOnce: before.cameOnce, pending }, steps };
}

export function everywhere(after: Subscription, steps: readonly PlanStep[]): Planned {
  return { after, steps: new Map(after.currencies.map((currency) => [currency, steps])) };
}

/** `first` happens in all wallets of before, then each item begins in the wallets of its plan. */
export function withItems(
  catalog: CompiledCatalog,
  before: Subscription,
  first: readonly PlanStep[],
  items: readonly ItemTerms[],
): Planned {
  const plans: readonly Plan[] = items.map(({ plan }) => plan);
  const currencies = walletsOf(plans, catalog, before.currencies);
  const steps = new Map<string, PlanStep[]>(currencies.map((currency) => [currency, [...first]]));
  for (const item of items)
    for (const [currency, step] of beginItem(item, walletsOf([item.plan], catalog, [])))
      steps.get(currency)?.push(step);
  const cameOnce = [...new Set([...before.cameOnce, ...items.flatMap(onceOf)])];
  return { after: { ...before, currencies, cameOnce }, steps };
}

export function joined(first: Planned, second: Planned): Planned {
  const steps = new Map(second.steps);
  for (const [currency, before] of first.steps)
    steps.set(currency, [...before, ...(steps.get(currency) ?? [])]);
  return { after: second.after, steps };
}
