import type { Dimensions } from "../catalog/pricing.js";
import { minimum } from "./amounts.js";
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
  /** Names the count that is kept since: another one where it began anew. */
  readonly countId: string;
  /** What was used up to this ledger entry is not counted: nothing of it is given back either. */
  readonly countsFrom: number;
  /** What was used up to this ledger entry did not count to the parent. */
  readonly parentFrom: number;
  /** Something counted here by way of a budget that does so no more. */
  readonly hasLostChildren: boolean;
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
  /** Of the count that it is held in. */
  readonly countId: string;
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

/** Use that is being decided now comes after all entries. */
const NOW = Number.POSITIVE_INFINITY;

/**
 * The budgets that a use counts to, with their parents, each once. `seq`: the entry of a use of before, which counted to
 * what there was then.
 */
function budgetsOf(draft: Draft, { feature, dimensions }: Counted, seq: number = NOW): readonly Budget[] {
  const { budgets } = draft.wallet;
  if (budgets.size === 0 || dimensions === null) return NONE;
  const given = JSON.parse(dimensions) as Dimensions;
  const found = new Map<string, Budget>();
  const add = (owner: BudgetOwner, depth: number) => {
    for (const caps of feature === null ? [null] : [feature, null]) {
      const budget = budgets.get(budgetId(owner, caps));
      if (budget === undefined) continue;
      if (seq > budget.countsFrom) found.set(budget.id, budget);
      if (budget.parent !== null && seq > budget.parentFrom && depth < MOST_PARENTS)
        add(budget.parent, depth + 1);
    }
  };
  for (const [dimension, value] of Object.entries(given)) add({ dimension, value }, 0);
  return [...found.values()];
}

/** Moves the sums of a period, and forgets those to which no late use can come any more. */
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
  const periods = [...budget.periods.filter((period) => period.startsAt !== startsAt), after]
    .filter((period) => resetsAt(budget, period.startsAt) > oldest)
    .sort((a, b) => a.startsAt - b.startsAt);
  return { ...budget, periods };
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}

/** Counts credits that were drawn to all budgets of a use. */
export function countDrawn(draft: Draft, of: Counted, instant: number, amount: bigint): void {
  if (amount === 0n) return;
  for (const budget of budgetsOf(draft, of))
    draft.setBudget(withCounted(draft, budget, instant, { used: amount }));
}

/** Gives back credits to the budgets to which the entry that used them counted. */
export function countBack(
  draft: Draft,
  of: Counted & { readonly usedBy: number },
  instant: number,
  amount: bigint,
): void {
  if (amount === 0n) return;
  for (const budget of budgetsOf(draft, of, of.usedBy))
    draft.setBudget(withCounted(draft, budget, instant, { used: -amount }));
}

/** Holds credits of all budgets of a use. @returns what the reservation keeps of it. */
export function holdBudgets(draft: Draft, of: Counted, amount: bigint): readonly BudgetHold[] {
  if (amount === 0n) return [];
  return budgetsOf(draft, of).map((budget) => {
    const { startsAt } = periodOf(budget, draft.now);
    draft.setBudget(withCounted(draft, budget, draft.now, { held: amount }));
    return { budgetId: budget.id, countId: budget.countId, startsAt, amount };
  });
}

/** Lets go of holds. A budget that is gone, or counts anew, needs nothing, nor does a period that is forgotten. */
export function freeBudgets(draft: Draft, holds: readonly BudgetHold[]): void {
  for (const { budgetId, countId, startsAt, amount } of holds) {
    const budget = draft.budget(budgetId);
    if (budget === undefined || budget.countId !== countId) continue;
    if (!budget.periods.some((period) => period.startsAt === startsAt)) continue;
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
    const part = minimum(hold.amount, amount);
    freeBudgets(draft, [{ ...hold, amount: part }]);
    return hold.amount > part ? [{ ...hold, amount: hold.amount - part }] : [];
  });
}

/** Credits that a line wants. */
export interface Wish {
  readonly line: Counted;
  readonly amount: bigint;
  /** The part that was reserved for it: no budget cuts that. */
  readonly reserved?: bigint | undefined;
}

/** What a reservation holds, and whether it ends with this use. */
export interface Holding {
  readonly budgets: readonly BudgetHold[];
  readonly ends: boolean;
}

/** What the budgets let pass of a use. */
export interface Allowed {
  /** Of each line. */
  readonly amounts: readonly bigint[];
  /** The tightest that does not let all pass; of equals the one that begins anew last. */
  readonly exceeded: Budget | null;
  /** By which they count. */
  readonly instant: number;
}

/** How much of each line the budgets let pass, in line order; what was reserved goes first. */
export function withinBudgets(
  draft: Draft,
  wishes: readonly Wish[],
  instant: number,
  holding?: Holding,
): Allowed {
  if (draft.wallet.budgets.size === 0)
    return { amounts: wishes.map(({ amount }) => amount), exceeded: null, instant };
  const asked = wishes.map((wish) => ({ ...wish, budgets: budgetsOf(draft, wish.line) }));
  const reservedOf = new Map<string, bigint>();
  for (const { budgets, reserved = 0n } of asked) for (const { id } of budgets) add(reservedOf, id, reserved);
  const planned = new Map(reservedOf);
  let exceeded: Budget | null = null;
  const amounts = asked.map(({ budgets, amount, reserved = 0n }) => {
    const beyond = amount - reserved;
    let passes = beyond;
    for (const budget of budgets) {
      const held = holding === undefined ? 0n : ownHold(budget, instant, holding.budgets);
      const freed = holding?.ends === true ? held : minimum(held, reservedOf.get(budget.id) ?? 0n);
      const room = atLeastZero(roomOf(budget, instant) + freed - (planned.get(budget.id) ?? 0n));
      if (room >= beyond || room > passes) continue;
      if (room < passes || isLater(budget, exceeded, instant)) exceeded = budget;
      passes = room;
    }
    for (const { id } of budgets) add(planned, id, passes);
    return reserved + passes;
  });
  return { amounts, exceeded, instant };
}

function add(sums: Map<string, bigint>, id: string, amount: bigint): void {
  sums.set(id, (sums.get(id) ?? 0n) + amount);
}

function isLater(budget: Budget, than: Budget | null, instant: number): boolean {
  return than === null || resetsAt(budget, instant) > resetsAt(than, instant);
}

/** What of the holds stands in the very count and period that a use would go to. */
function ownHold(budget: Budget, instant: number, holds: readonly BudgetHold[]): bigint {
  const hold = holds.find(({ budgetId }) => budgetId === budget.id);
  if (hold === undefined || hold.countId !== budget.countId) return 0n;
  return hold.startsAt === periodOf(budget, instant).startsAt ? hold.amount : 0n;
}
