import { type Budget, type BudgetOwner, MOST_PARENTS, budgetId } from "../budget.js";
import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import type { SetBudgetRequest } from "../requests.js";
import type { BudgetResult } from "../results.js";

/** They come with every look at the wallet. */
const MOST_BUDGETS = 1_000;

/** Sets a cap, or removes it. What was used in the period goes on counting, unless the periods are others. */
export function setBudget(draft: Draft, request: SetBudgetRequest): BudgetResult {
  const id = budgetId(request, request.feature);
  const before = draft.budget(id);
  if (request.limit === null) {
    if (before !== undefined) remove(draft, before);
    return { kind: "budget", budget: null, at: draft.now };
  }
  checkParent(draft, request, request.parent);
  if (before === undefined && draft.wallet.budgets.size >= MOST_BUDGETS)
    throw new CreditError(
      "over_limit",
      `A wallet has at most ${MOST_BUDGETS} budgets; remove some that are not used.`,
      {
        limit: MOST_BUDGETS,
      },
    );
  const isUnder = before !== undefined && isSameParent(before.parent, request.parent);
  if (before !== undefined && !isUnder) leaveParent(draft, before);
  const budget = budgetOf(draft, request, request.limit, before);
  draft.setBudget(budget);
  return { kind: "budget", budget, at: draft.now };
}

function budgetOf(
  { wallet, now, terms }: Draft,
  { dimension, value, feature, every, anchor, timeZone, parent }: SetBudgetRequest,
  limit: bigint,
  before: Budget | undefined,
): Budget {
  const goesOn =
    before !== undefined &&
    before.anchor === anchor &&
    before.timeZone === timeZone &&
    before.every.unit === every.unit &&
    before.every.count === every.count;
  const isUnder = before !== undefined && isSameParent(before.parent, parent);
  return {
    id: budgetId({ dimension, value }, feature),
    dimension,
    value,
    feature,
    limit,
    every,
    anchor,
    timeZone,
    parent,
    createdAt: before?.createdAt ?? now,
    countId: goesOn ? before.countId : terms.newId(now),
    countsFrom: goesOn ? before.countsFrom : wallet.seq,
    parentFrom: isUnder ? before.parentFrom : wallet.seq,
    hasLostChildren: goesOn && before.hasLostChildren,
    periods: goesOn ? before.periods : [],
  };
}

/** What others count to stays: without it they would silently count to nothing above it, either. */
function remove(draft: Draft, budget: Budget): void {
  const all = [...draft.wallet.budgets.values()];
  const isLast = !all.some((other) => other.id !== budget.id && isOf(other, budget));
  const child = isLast ? all.find(({ parent }) => parent !== null && isOf(budget, parent)) : undefined;
  if (child !== undefined)
    throw invalidInput(
      `The budget of ${child.dimension} "${child.value}" counts to this one; give that another parent, or none, first.`,
      { field: "limit" },
    );
  leaveParent(draft, budget);
  draft.setBudget(budget, false);
}

/** What it counted to keeps what was used, and can no longer say by whom. */
function leaveParent(draft: Draft, { parent }: Budget): void {
  let owners: readonly BudgetOwner[] = parent === null ? [] : [parent];
  for (let depth = 0; depth < MOST_PARENTS && owners.length > 0; depth++) {
    const level = ownedBy(draft, owners);
    for (const budget of level) draft.setBudget({ ...budget, hasLostChildren: true });
    owners = level.flatMap((budget) => budget.parent ?? []);
  }
}

/** A parent must be there, no budget may be above itself, and all that stand above each other are few. */
function checkParent(draft: Draft, child: BudgetOwner, parent: BudgetOwner | null): void {
  if (parent === null) return;
  let owners: readonly BudgetOwner[] = [parent];
  if (ownedBy(draft, owners).length === 0)
    throw invalidInput(
      `There is no budget of ${parent.dimension} "${parent.value}" to count to; set the parent's budget first.`,
      { field: "parent" },
    );
  const below = levelsBelow(draft, child);
  for (let depth = below; owners.length > 0; depth++) {
    if (owners.some((owner) => isOf(owner, child)))
      throw invalidInput("A budget cannot be above itself: `parent` leads back to this one.", {
        field: "parent",
      });
    if (depth >= MOST_PARENTS)
      throw invalidInput(`Budgets stand at most ${MOST_PARENTS} deep.`, { field: "parent" });
    owners = ownedBy(draft, owners).flatMap((budget) => budget.parent ?? []);
  }
}

/** How deep others already stand below. */
function levelsBelow(draft: Draft, owner: BudgetOwner): number {
  const all = [...draft.wallet.budgets.values()];
  let owners: readonly BudgetOwner[] = [owner];
  for (let levels = 0; levels < MOST_PARENTS; levels++) {
    const level = owners;
    owners = all.filter(({ parent }) => parent !== null && level.some((one) => isOf(one, parent)));
    if (owners.length === 0) return levels;
  }
  return MOST_PARENTS;
}

function ownedBy(draft: Draft, owners: readonly BudgetOwner[]): readonly Budget[] {
  return [...draft.wallet.budgets.values()].filter((budget) => owners.some((owner) => isOf(budget, owner)));
}

function isSameParent(a: BudgetOwner | null, b: BudgetOwner | null): boolean {
  return a === null || b === null ? a === b : isOf(a, b);
}

function isOf(a: BudgetOwner, b: BudgetOwner): boolean {
  return a.dimension === b.dimension && a.value === b.value;
}
