import { type Budget, type BudgetOwner, type BudgetPeriod, budgetId, periodOf } from "../core/budget.js";
import type { Entry } from "../core/entry.js";
import type { Violation } from "../core/invariants.js";
import type { Reservation, WithdrawalRecord } from "../core/records.js";

export interface BudgetedWallet {
  /** Those that were not removed. */
  readonly budgets: readonly Budget[];
  readonly entries: readonly Entry[];
  readonly withdrawals: readonly WithdrawalRecord[];
  readonly reservations: readonly Reservation[];
}

/**
 * What budgets count, from scratch: used is what entries drew, less what came back of them; held is what reservations
 * hold. A budget to which another counted once and does so no more has used at least what can be told.
 */
export function budgetGaps({
  budgets,
  entries,
  withdrawals,
  reservations,
}: BudgetedWallet): readonly Violation[] {
  if (budgets.length === 0) return [];
  const byId = new Map(budgets.map((budget) => [budget.id, budget]));
  const used = new Map<string, bigint>();
  const records = new Map(withdrawals.map((record) => [record.id, record]));
  for (const entry of entries)
    for (const budget of countedBy(byId, entry)) {
      const name = periodName(budget, periodOf(budget, entry.occurredAt));
      used.set(name, (used.get(name) ?? 0n) + netOf(entry, records.get(entry.operationId)));
    }
  return budgets.flatMap((budget) =>
    budget.periods.flatMap((period) => {
      const meant = used.get(periodName(budget, period)) ?? 0n;
      const held = heldOf(budget, period, reservations);
      const isRight = budget.hasLostChildren ? period.used >= meant : period.used === meant;
      return [
        ...(isRight ? [] : [gap(budget, period, `has ${period.used} used, but the ledger says ${meant}`)]),
        ...(period.held === held
          ? []
          : [gap(budget, period, `has ${period.held} held, but reservations hold ${held}`)]),
      ];
    }),
  );
}

function gap({ dimension, value }: Budget, { startsAt }: BudgetPeriod, what: string): Violation {
  return { law: 8, what: `the budget of ${dimension} "${value}" in the period from ${startsAt} ${what}` };
}

function periodName({ id }: Budget, { startsAt }: BudgetPeriod): string {
  return `${startsAt} ${id}`;
}

/** Those that a use counted to when it was booked. */
function countedBy(budgets: ReadonlyMap<string, Budget>, entry: Entry): ReadonlySet<Budget> {
  const found = new Set<Budget>();
  const { type, dimensions, feature, seq } = entry;
  if (dimensions === null || (type !== "consumed" && type !== "overdraft" && type !== "overage"))
    return found;
  const climb = (owner: BudgetOwner): void => {
    for (const caps of new Set([feature, null])) {
      const budget = budgets.get(budgetId(owner, caps));
      if (budget === undefined) continue;
      if (seq > budget.countsFrom) found.add(budget);
      if (budget.parent !== null && seq > budget.parentFrom) climb(budget.parent);
    }
  };
  for (const [dimension, value] of Object.entries(JSON.parse(dimensions) as Record<string, string>))
    climb({ dimension, value });
  return found;
}

/** What an entry drew, less what came back of it, of what paid its debt later, and of what of the debt was forgiven. */
function netOf({ seq, type, amount }: Entry, record: WithdrawalRecord | undefined): bigint {
  if (record === undefined) return -amount;
  const back = (one: number) => record.back[one] ?? 0n;
  if (type !== "overdraft") return -amount - back(seq);
  const owed = record.debts.find((debt) => debt.seq === seq)?.owed ?? 0n;
  return record.settlements
    .filter(({ debtSeq }) => debtSeq === seq)
    .reduce((net, settlement) => net + settlement.amount - back(settlement.seq), owed);
}

function heldOf(budget: Budget, period: BudgetPeriod, reservations: readonly Reservation[]): bigint {
  return reservations
    .flatMap(({ budgets }) => budgets)
    .filter(
      ({ budgetId: id, countId, startsAt }) =>
        id === budget.id && countId === budget.countId && startsAt === period.startsAt,
    )
    .reduce((sum, { amount }) => sum + amount, 0n);
}
