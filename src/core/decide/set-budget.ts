import { type Budget, type BudgetOwner, MOST_PARENTS, budgetId } from "../budget.js";
import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import type { SetBudgetRequest } from "../requests.js";
import type { BudgetResult } from "../results.js";

/** They come with every look at the wallet. */
const MOST_BUDGETS = 1_000;

/** Sets a cap, or removes it. What was used in the period goes on counting, unless the periods are others. */
export function setBudget(draft: Draft, request: SetBudgetRequest): BudgetResult {
  const { limit, every, anchor, timeZone, parent, feature } = request;
  const id = budgetId(request, feature);
  const before = draft.budget(id);
  if (limit === null) {
    if (before !== undefined) draft.setBudget(before, false);
    return { kind: "budget", budget: null, at: draft.now };
  }
  checkParent(draft, request, parent);
  if (before === undefined && draft.wallet.budgets.size >= MOST_BUDGETS)
    throw new CreditError(
      "over_limit",
      `A wallet has at most ${MOST_BUDGETS} budgets; remove some that are not used.`,
      {
        limit: MOST_BUDGETS,
      },
    );
  const goesOn =
    before !== undefined &&
    before.anchor === anchor &&
    before.timeZone === timeZone &&
    before.every.unit === every.unit &&
    before.every.count === every.count;
  const budget: Budget = {
    id,
    dimension: request.dimension,
    value: request.value,
    feature,
    limit,
    every,
    anchor,
    timeZone,
    parent,
    createdAt: before?.createdAt ?? draft.now,
    periods: goesOn ? before.periods : [],
  };
  draft.setBudget(budget);
  return { kind: "budget", budget, at: draft.now };
}

/** A parent must be there, and no budget may be above itself. */
function checkParent(draft: Draft, child: BudgetOwner, parent: BudgetOwner | null): void {
  if (parent === null) return;
  const all = [...draft.wallet.budgets.values()];
  let owners: readonly BudgetOwner[] = [parent];
  if (!all.some((budget) => isOf(budget, parent)))
    throw invalidInput(
      `There is no budget of ${parent.dimension} "${parent.value}" to count to; set the parent's budget first.`,
      { field: "parent" },
    );
  for (let depth = 0; owners.length > 0; depth++) {
    if (owners.some((owner) => isOf(owner, child)))
      throw invalidInput("A budget cannot be above itself: `parent` leads back to this one.", {
        field: "parent",
      });
    if (depth === MOST_PARENTS)
      throw invalidInput(`Budgets stand at most ${MOST_PARENTS} deep.`, { field: "parent" });
    const level = owners;
    owners = all
      .filter((budget) => level.some((owner) => isOf(budget, owner)))
      .flatMap((budget) => budget.parent ?? []);
  }
}

function isOf(a: BudgetOwner, b: BudgetOwner): boolean {
  return a.dimension === b.dimension && a.value === b.value;
}
