import type { Catalog } from "../catalog/define.js";
import { featureOf } from "../catalog/catalog.js";
import { scaledAmount } from "../catalog/inputs.js";
import { everyOf } from "../catalog/recurring.js";
import { type Budget as CoreBudget, budgetId, periodOf, resetsAt } from "../core/budget.js";
import { invalidInput } from "../core/errors.js";
import { instantOf } from "../core/period.js";
import type { BudgetResult } from "../core/results.js";
import type { Budget, BudgetChange } from "./api-budgets.js";
import type { CreditVerbs } from "./api.js";
import { draftOfNow } from "./due.js";
import { namesOf, parseRequest } from "./parse.js";
import { creditsOf } from "./present.js";
import { setBudgetSchema } from "./lifecycle-schemas.js";
import { walletSchema } from "./request-schemas.js";
import type { Services } from "./services.js";
import { type Settled, settleMutation } from "./settle-mutation.js";
import type { WalletHandle } from "./wallet-handles.js";

/** Caps within a pool. */
export function budgetVerbs<C extends Catalog>(
  services: Services,
): Pick<CreditVerbs<C>, "setBudget" | "budgets"> {
  return {
    setBudget: (request) => services.during(async () => presentSettled(await setBudget(services, request))),
    budgets: (request) => services.during(() => budgets(services, request)),
  };
}

/** What stores keep as the id of a record. */
const LONGEST_ID_BYTES = 500;

async function setBudget(services: Services, request: unknown): Promise<Settled<BudgetResult>> {
  const { input, text } = parseRequest(setBudgetSchema, request, "setBudget");
  const handle = services.handle(namesOf(input, input.currency));
  const { dimension, value, feature = null, timeZone = "UTC", limit } = input;
  if (feature !== null && featureOf(services.catalog, feature).currency !== input.currency)
    throw invalidInput(`setBudget: feature "${feature}" is not priced in "${input.currency}".`, {
      field: "feature",
    });
  if (Buffer.byteLength(budgetId({ dimension, value }, feature)) > LONGEST_ID_BYTES)
    throw invalidInput("setBudget: `dimension`, `value` and `feature` are too long together.", {
      field: "value",
    });
  if (limit !== null && input.every === undefined)
    throw invalidInput("setBudget: say in `every` how long a period is, as in { months: 1 }.", {
      field: "every",
    });
  return settleMutation(services, handle, input, text, "budget", {
    kind: "setBudget",
    dimension,
    value,
    feature,
    limit: limit === null ? null : scaledAmount(limit, handle.currency.scale, "limit"),
    every: everyOf(input.every ?? { months: 1 }, "every"),
    anchor: input.anchor ?? instantOf(CALENDAR_BEGINS, timeZone),
    timeZone,
    parent: input.parent ?? null,
  });
}

/** Monday, 1 January 2024, at midnight: where days, weeks, months and years begin. */
const CALENDAR_BEGINS = Date.UTC(2024, 0, 1);

async function budgets(services: Services, request: unknown): Promise<readonly Budget[]> {
  const { input } = parseRequest(walletSchema, request, "budgets");
  const handle = services.handle(namesOf(input, input.currency));
  const { wallet } = await draftOfNow(services, handle);
  return [...wallet.budgets.values()].map((budget) => presentBudget(handle, budget, wallet.clock));
}

function presentSettled({ handle, result, replayed }: Settled<BudgetResult>): BudgetChange {
  const { budget, at } = result;
  return { budget: budget === null ? null : presentBudget(handle, budget, at), replayed };
}

function presentBudget(handle: WalletHandle, budget: CoreBudget, now: number): Budget {
  const { dimension, value, feature, limit, every, timeZone, parent } = budget;
  const { used, held, startsAt } = periodOf(budget, now);
  const left = limit - used - held;
  return {
    dimension,
    value,
    feature,
    limit: creditsOf(handle, limit),
    used: creditsOf(handle, used),
    held: creditsOf(handle, held),
    remaining: creditsOf(handle, left > 0n ? left : 0n),
    every: { [every.unit]: every.count },
    timeZone,
    periodStart: new Date(startsAt),
    resetsAt: new Date(resetsAt(budget, now)),
    parent,
  };
}
