import type { Dimensions } from "../catalog/pricing.js";
import { subtractDuration } from "./calendar.js";
import type { Draft } from "./draft.js";
import { type Periods, type Every, periodAt, periodStart } from "./period.js";

/** A cap on what one value of a dimension draws per period: a user's, a team's. */
export interface Budget {
  /** Of its dimension, value and feature. */
  readonly id: string;
  readonly dimension: string;
  readonly value: string;
  /** It caps this feature only; null: all. */
  readonly feature: string | null;
  /** Scaled credits of each period. */
  readonly limit: bigint;
  readonly every: Every;
  readonly anchor: number;
  readonly timeZone: string;
  /** What counts here counts there, too. */
  readonly parent: BudgetOwner | null;
  readonly createdAt: number;
  /** Those that saw use, as far as late use may still come to them; earliest first. */
  readonly periods: readonly BudgetPeriod[];
}

export interface BudgetOwner {
  readonly dimension: string;
  readonly value: string;
}

export interface BudgetPeriod {
  readonly startsAt: number;
  readonly used: bigint;
  /** By reservations. */
  readonly held: bigint;
}

/** What a reservation holds of a budget. */
export interface BudgetHold {
  readonly budgetId: string;
  /** Of the period. */
  readonly startsAt: number;
  readonly amount: bigint;
}

/** What of a use decides which budgets it counts to. */
export interface Counted {
  readonly feature: string | null;
  /** Canonical JSON. */
  readonly dimensions: string | null;
}

export function budgetId({ dimension, value }: BudgetOwner, feature: string | null): string {
  return JSON.stringify(feature === null ? [dimension, value] : [dimension, value, feature]);
}

/** A chain of parents that is longer than this is refused when it is made. */
export const MOST_PARENTS = 8;

function budgetPeriods({ every, anchor, timeZone }: Budget): Periods {
  return { every, anchor, timeZone };
}

export function periodOf(budget: Budget, instant: number): BudgetPeriod {
  const periods = budgetPeriods(budget);
  const startsAt = periodStart(periods, periodAt(periods, instant));
  return budget.periods.find((period) => period.startsAt === startsAt) ?? { startsAt, used: 0n, held: 0n };
}

/** The first instant of the period after. */
export function resetsAt(budget: Budget, instant: number): number {
  const periods = budgetPeriods(budget);
  return periodStart(periods, periodAt(periods, instant) + 1);
}

/** What may still be drawn in the period of an instant; negative where the limit fell below what is used. */
function roomOf(budget: Budget, instant: number): bigint {
  const { used, held } = periodOf(budget, instant);
  return budget.limit - used - held;
}

const NONE: readonly Budget[] = [];

/** The budgets that a use counts to, with their parents, each once. */
function budgetsOf(draft: Draft, { feature, dimensions }: Counted): readonly Budget[] {
  const { budgets } = draft.wallet;
  if (budgets.size === 0 || dimensions === null) return NONE;
  const given = JSON.parse(dimensions) as Dimensions;
  const found = new Map<string, Budget>();
  const add = (owner: BudgetOwner, depth: number) => {
    for (const caps of feature === null ? [null] : [feature, null]) {
      const budget = budgets.get(budgetId(owner, caps));
      if (budget === undefined) continue;
      found.set(budget.id, budget);
      if (budget.parent !== null && depth < MOST_PARENTS) add(budget.parent, depth + 1);
    }
  };
  for (const [dimension, value] of Object.entries(given)) add({ dimension, value }, 0);
  return [...found.values()];
}

/** Moves the sums of a period. Nothing falls below zero: a limit that was set anew begins with what it saw. */
function withCounted(
  draft: Draft,
  budget: Budget,
  instant: number,
  change: { readonly used?: bigint; readonly held?: bigint },
): Budget {
  const { startsAt, used, held } = periodOf(budget, instant);
  const after = {
    startsAt,
    used: atLeastZero(used + (change.used ?? 0n)),
    held: atLeastZero(held + (change.held ?? 0n)),
  };
  const oldest = subtractDuration(draft.now, draft.terms.currency.lateWindow);
  const others = budget.periods.filter(
    (period) => period.startsAt !== startsAt && resetsAt(budget, period.startsAt) > oldest,
  );
  return { ...budget, periods: [...others, after].sort((a, b) => a.startsAt - b.startsAt) };
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}

/** Counts credits that were drawn, or came back (negative), to all budgets of a use. */
export function countDrawn(draft: Draft, of: Counted, instant: number, amount: bigint): void {
  if (amount === 0n) return;
  for (const { id } of budgetsOf(draft, of)) {
    const budget = draft.budget(id);
    if (budget !== undefined) draft.setBudget(withCounted(draft, budget, instant, { used: amount }));
  }
}

/** Holds credits of all budgets of a use. @returns what the reservation keeps of it. */
export function holdBudgets(draft: Draft, of: Counted, amount: bigint): readonly BudgetHold[] {
  if (amount === 0n) return [];
  return budgetsOf(draft, of).map((budget) => {
    const { startsAt } = periodOf(budget, draft.now);
    draft.setBudget(withCounted(draft, budget, draft.now, { held: amount }));
    return { budgetId: budget.id, startsAt, amount };
  });
}

/** Lets go of holds. A budget that is gone, or a period that is, needs nothing. */
export function freeBudgets(draft: Draft, holds: readonly BudgetHold[]): void {
  for (const { budgetId, startsAt, amount } of holds) {
    const budget = draft.budget(budgetId);
    if (budget?.periods.some((period) => period.startsAt === startsAt) !== true) continue;
    draft.setBudget(withCounted(draft, budget, startsAt, { held: -amount }));
  }
}

/** Of a reservation's holds so much goes, as one of its lines is captured. */
export function takeHeld(
  draft: Draft,
  holds: readonly BudgetHold[],
  of: Counted,
  amount: bigint,
): readonly BudgetHold[] {
  if (holds.length === 0 || amount === 0n) return holds;
  const ids = new Set(budgetsOf(draft, of).map(({ id }) => id));
  return holds.flatMap((hold) => {
    if (!ids.has(hold.budgetId)) return [hold];
    const part = hold.amount < amount ? hold.amount : amount;
    freeBudgets(draft, [{ ...hold, amount: part }]);
    return hold.amount > part ? [{ ...hold, amount: hold.amount - part }] : [];
  });
}

/** How much of each line the budgets let pass, in line order, and the tightest that does not let all pass. */
export function withinBudgets(
  draft: Draft,
  unpaid: readonly { readonly line: Counted; readonly amount: bigint }[],
  instant: number,
): { readonly amounts: readonly bigint[]; readonly exceeded: Budget | null } {
  if (draft.wallet.budgets.size === 0) return { amounts: unpaid.map(({ amount }) => amount), exceeded: null };
  const planned = new Map<string, bigint>();
  let exceeded: Budget | null = null;
  const amounts = unpaid.map((part) => {
    const budgets = budgetsOf(draft, part.line);
    let { amount } = part;
    for (const budget of budgets) {
      const room = atLeastZero(roomOf(budget, instant) - (planned.get(budget.id) ?? 0n));
      if (room >= amount) continue;
      amount = room;
      exceeded = budget;
    }
    for (const { id } of budgets) planned.set(id, (planned.get(id) ?? 0n) + amount);
    return amount;
  });
  return { amounts, exceeded };
}
