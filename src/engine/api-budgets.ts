import type { Catalog, CurrencyId, FeatureId } from "../catalog/define.js";
import type { InstantInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";
import type { Decimal, DecimalInput } from "../core/decimal.js";
import type { CustomerRef, HarmlessMutation } from "./api-requests.js";
import type { Replayable } from "./api-results.js";

/** One value of a dimension: a user, a team, a key. */
export interface BudgetOwner {
  readonly dimension: string;
  readonly value: string;
}

interface BudgetTerms<C extends Catalog, K extends CurrencyId<C>>
  extends CustomerRef, HarmlessMutation, BudgetOwner {
  readonly currency: K;
  /** Caps this feature only; default: all of the currency. One owner may have a budget for each feature, and one for all. */
  readonly feature?: FeatureId<C, K> | undefined;
  /** An instant at which a period begins; default: where the calendar's days, weeks (Monday), months and years begin. */
  readonly anchor?: InstantInput | undefined;
  /** IANA zone by whose clocks periods are counted; default UTC. */
  readonly timeZone?: string | undefined;
  /** What counts here counts there, too: a user's team. It must have a budget. */
  readonly parent?: BudgetOwner | undefined;
}

type BudgetLimit =
  | {
      /** Credits of a period; `null` removes the budget. */
      readonly limit: DecimalInput;
      /** One unit, an hour at least. */
      readonly every: Duration;
    }
  | { readonly limit: null; readonly every?: Duration | undefined };

export type SetBudgetRequest<C extends Catalog> = {
  [K in CurrencyId<C>]: BudgetTerms<C, K>;
}[CurrencyId<C>] &
  BudgetLimit;

/** A cap on what one value of a dimension draws per period. */
export interface Budget extends BudgetOwner {
  /** Null: it caps all. */
  readonly feature: string | null;
  readonly limit: Decimal;
  /** Of the period under way. */
  readonly used: Decimal;
  /** By reservations. */
  readonly held: Decimal;
  readonly remaining: Decimal;
  readonly every: Duration;
  readonly timeZone: string;
  readonly periodStart: Date;
  readonly resetsAt: Date;
  readonly parent: BudgetOwner | null;
}

export interface BudgetChange extends Replayable {
  /** Null: it was removed. */
  readonly budget: Budget | null;
}
