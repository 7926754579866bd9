import type { Catalog, CurrencyId, FeatureId, PlanId } from "../catalog/define.js";
import type { InstantInput, MoneyInput, RolloverInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";
import type { Decimal, DecimalInput } from "../core/decimal.js";
import type { CustomerRef, HarmlessMutation, KeyedMutation, WalletRef } from "./api-requests.js";
import type { Grant, Money, Replayable } from "./api-results.js";

type Cost =
  | { readonly category: "paid"; /** Per period. */ readonly cost: MoneyInput }
  | { readonly category: "promotional"; readonly cost?: undefined };

interface ScheduleTerms<C extends Catalog, K extends CurrencyId<C>> extends CustomerRef, KeyedMutation {
  readonly currency: K;
  /** Credits of each period, above zero. */
  readonly amount: DecimalInput;
  /** One unit, an hour at least: `{ days: 1 }`, `{ months: 1 }`. */
  readonly every: Duration;
  /** An instant at which a period begins, past or future; it gives the phase only. Default: the start. */
  readonly anchor?: InstantInput | undefined;
  /** IANA zone by whose clocks days and longer are counted; default UTC. */
  readonly timeZone?: string | undefined;
  /** Default: now. The period that holds it is granted whole. */
  readonly startsAt?: InstantInput | undefined;
  /** The first instant at which nothing is granted any more; default: never. */
  readonly until?: InstantInput | undefined;
  /** When the credits of a period are gone; default "nextPeriod". */
  readonly expires?: "nextPeriod" | "never" | Duration | undefined;
  readonly rollover?: RolloverInput | undefined;
  /** Default "schedule". */
  readonly source?: string | undefined;
  /** 0–1,000,000, lower burns first; default 50. */
  readonly priority?: number | undefined;
  readonly features?: readonly FeatureId<C, K>[] | undefined;
  readonly displayName?: string | undefined;
}

export type ScheduleRequest<C extends Catalog> = {
  [K in CurrencyId<C>]: ScheduleTerms<C, K> & Cost;
}[CurrencyId<C>];

export interface EndScheduleRequest extends HarmlessMutation {
  readonly scheduleId: string;
  /** Default "now". What was granted stays either way; after the end nothing rolls over any more. */
  readonly when?: "now" | "periodEnd" | undefined;
}

/** Recurring credits. */
export interface Schedule {
  readonly id: string;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly currency: string;
  readonly status: "scheduled" | "active" | "ended";
  /** Of each period. */
  readonly amount: Decimal;
  readonly every: Duration;
  readonly anchor: Date;
  readonly timeZone: string;
  readonly startsAt: Date;
  readonly until: Date | null;
  readonly nextRefillAt: Date | null;
  readonly category: "paid" | "promotional";
  /** Of each period. Null: promotional. */
  readonly cost: Money | null;
  readonly source: string;
  readonly priority: number;
  /** Null: unrestricted. */
  readonly features: readonly string[] | null;
  readonly expires: "nextPeriod" | "never" | Duration;
  readonly rollover: Rollover | null;
  readonly displayName: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
}

export interface Rollover {
  readonly max: Decimal | null;
  readonly fraction: Decimal;
  readonly periods: number;
  readonly keepFor: Duration | null;
  readonly total: Decimal | null;
}

/** A schedule as a mutation left it. */
export interface ScheduleResult extends Schedule, Replayable {
  /** What was granted at once: the period that holds the start. */
  readonly grant: Grant | null;
  readonly available: Decimal;
}

interface ConvertTerms<C extends Catalog> extends CustomerRef, KeyedMutation {
  /** Credits of the other currency for one; above zero. */
  readonly rate: DecimalInput;
  /** Credits of the first currency; default: all that are free. */
  readonly amount?: DecimalInput | undefined;
  /** Which features of the other currency a restriction to those of the first is to mean. */
  readonly features?: { readonly [From in FeatureId<C>]?: FeatureId<C> } | undefined;
  readonly actor: string;
  readonly reason: string;
}

export type ConvertRequest<C extends Catalog> = ConvertTerms<C> &
  {
    [From in CurrencyId<C>]: { readonly from: From; readonly to: OtherThan<CurrencyId<C>, From> };
  }[CurrencyId<C>];

/** Of a catalog that is not known when it compiles: any. */
type OtherThan<Names, Name> = Name extends Names
  ? string extends Name
    ? string
    : Exclude<Names, Name>
  : never;

export type ForecastRequest<C extends Catalog> = WalletRef<C> & {
  /** To come, at most 10 years ahead. */
  readonly until: InstantInput;
  /** Credits that are used, evenly, in a length of time; `recent`: as in the days before now. Default: none. */
  readonly burn?:
    { readonly amount: DecimalInput; readonly per: Duration } | { readonly recentDays: number } | undefined;
};

/** What becomes of a wallet by time, and by use at an even pace, if nothing else happens. */
export interface Forecast {
  /** Credits a day that were reckoned with. */
  readonly burnPerDay: Decimal;
  /** When use first finds no credits left; null: not before `until`. */
  readonly runsOutAt: Date | null;
  /** Credits that are wanted and not there, in all. */
  readonly shortfall: Decimal;
  /** Free credits that expire unused, in all and grant by grant, soonest first; the first 100. */
  readonly expiring: Decimal;
  readonly expirations: readonly { readonly grantId: string; readonly amount: Decimal; readonly at: Date }[];
  /** Refills to come, soonest first; the first 100. */
  readonly refills: readonly { readonly scheduleId: string; readonly amount: Decimal; readonly at: Date }[];
  readonly nextRefillAt: Date | null;
  /** Free credits at `until`. */
  readonly available: Decimal;
}

export interface SubscribeRequest<C extends Catalog> extends CustomerRef, KeyedMutation {
  readonly plan: PlanId<C>;
  /** Seats: multiplies credits and costs; default 1. */
  readonly quantity?: number | undefined;
  readonly addOns?:
    readonly (PlanId<C> | { readonly plan: PlanId<C>; readonly quantity?: number | undefined })[] | undefined;
  /** An instant at which a period begins, past or future; it gives the phase only. Default: the start, or the trial's end. */
  readonly anchor?: InstantInput | undefined;
  /** IANA zone by whose clocks periods are counted; default UTC. */
  readonly timeZone?: string | undefined;
  /** Default: now. The period that holds it is granted whole. */
  readonly startsAt?: InstantInput | undefined;
  /** Until then the plan's credits are promotional; then it begins anew, paid. */
  readonly trialEndsAt?: InstantInput | undefined;
}

/** A plan, a quantity, or both: what is left out stays as it is. */
type NextPlan<C extends Catalog> =
  | { readonly plan: PlanId<C>; readonly quantity?: number | undefined }
  | { readonly plan?: PlanId<C> | undefined; readonly quantity: number };

type ChangeTerms =
  | {
      /** Default "now". */
      readonly when?: "now" | "periodEnd" | undefined;
      readonly proration?: "none" | undefined;
      readonly cost?: undefined;
    }
  | {
      readonly when?: "now" | undefined;
      /**
       * `none`, the default: the new amounts come with the next period. `difference`: also what the new plan gives more,
       * for the time left of this one. `full`: a new period begins now, whole, that of the add-ons, too. Live grants run
       * to their own end in any case. Where the plans' periods differ in length, see "Sell plans".
       */
      readonly proration?: "none" | "difference" | "full" | undefined;
      readonly cost?: undefined;
    }
  | {
      readonly when?: "now" | undefined;
      readonly proration: "difference";
      /** What was paid for the difference; default: its share of the plans' costs. */
      readonly cost?: MoneyInput | undefined;
    };

export type ChangePlanRequest<C extends Catalog> = KeyedMutation & {
  readonly subscriptionId: string;
} & NextPlan<C> &
  ChangeTerms;

export interface AddAddOnRequest<C extends Catalog> extends KeyedMutation {
  readonly subscriptionId: string;
  /** It comes now, for the whole period that is under way, less what it was given for that already; in a trial free. */
  readonly addOn: PlanId<C>;
  /** Default 1. */
  readonly quantity?: number | undefined;
}

export interface RemoveAddOnRequest<C extends Catalog> extends HarmlessMutation {
  readonly subscriptionId: string;
  readonly addOn: PlanId<C>;
  /** Default "now". What was granted stays either way. */
  readonly when?: "now" | "periodEnd" | undefined;
}

export interface SubscriptionRef extends HarmlessMutation {
  readonly subscriptionId: string;
}

export type CancelSubscriptionRequest = SubscriptionRef &
  (
    | {
        /** Default "periodEnd": before the refill that would come then. */
        readonly when?: "now" | "periodEnd" | undefined;
        readonly unused?: "keep" | undefined;
      }
    | {
        readonly when: "now";
        /**
         * Of the plan's own grants; purchased credits always stay. Default "keep". `refund` covers what reservations hold,
         * too, as it comes free.
         */
        readonly unused: "void" | "refund";
      }
  );

/** A customer's subscription to a plan. */
export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly plan: string;
  readonly quantity: number;
  readonly addOns: readonly {
    readonly plan: string;
    readonly quantity: number;
    readonly until: Date | null;
  }[];
  readonly status: "scheduled" | "trialing" | "active" | "paused" | "ended";
  /** The billing period. */
  readonly every: Duration;
  readonly anchor: Date;
  readonly timeZone: string;
  /** The period under way, or the first to come; its end is left out. */
  readonly currentPeriod: { readonly from: Date; readonly to: Date };
  readonly startsAt: Date;
  readonly trialEndsAt: Date | null;
  /** Set once it was cancelled, also before it ends. */
  readonly endsAt: Date | null;
  /** What it becomes. */
  readonly pending: { readonly at: Date; readonly plan: string; readonly quantity: number } | null;
  readonly createdAt: Date;
}

/** A subscription as a mutation left it. */
export interface SubscriptionResult extends Subscription, Replayable {
  /** What came at once. */
  readonly grants: readonly Grant[];
  /** What was refunded of unused credits: moves no money itself. */
  readonly refunds: readonly { readonly grantId: string; readonly amount: Decimal; readonly cost: Money }[];
}
