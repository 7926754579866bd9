import type { BurnCriterion } from "../core/burn-order.js";
import type { RoundingMode } from "../core/amounts.js";
import type { DecimalInput } from "../core/decimal.js";
import type { Duration } from "../core/calendar.js";

/** A credit type: "tokens", "image credits", or money itself. */
export interface CurrencyDefinition {
  readonly name: string;
  readonly symbol?: string | undefined;
  readonly unit?: { readonly singular: string; readonly plural?: string | undefined } | undefined;
  /** Decimal places of an amount, 0–12; default 6. Fixed once the currency is used. */
  readonly scale?: number | undefined;
  /** What happens past zero for wallets that have no policy of their own; default `{ mode: "hard" }`. */
  readonly policy?: PolicyInput | undefined;
  /** Which grant burns first. Default: priority, earliest expiry, restricted, promotional, earliest effective, earliest created. */
  readonly burnOrder?: readonly BurnCriterion[] | undefined;
  /** How far back `occurredAt` may lie; default `{ days: 35 }`. */
  readonly lateWindow?: Duration | undefined;
  /** Dimensions by whose values charts of usage can be grouped, at most 3; counted from when they stand here. Default: none. */
  readonly chartDimensions?: readonly string[] | undefined;
  /** At what events tell of little left, for wallets that have no thresholds of their own or of a plan; default: none. */
  readonly thresholds?: ThresholdsInput | undefined;
  /** For what credits are sold, by the ISO 4217 code of the money; the first holds where none is named. Default: not sold. */
  readonly topUps?: Readonly<Record<string, TopUpsInput>> | undefined;
}

/** For what credits are sold: by the credit, in packages, or both. Prices are without tax. */
export interface TopUpsInput {
  /** Of one credit, in major units; or by volume, ascending: the price of the band that an amount falls in holds for all of it. */
  readonly price?: DecimalInput | readonly VolumePriceInput[] | undefined;
  readonly packages?: Readonly<Record<string, TopUpPackageInput>> | undefined;
  /** The fewest and the most credits of one purchase by the credit; default: any. */
  readonly minimum?: DecimalInput | undefined;
  readonly maximum?: DecimalInput | undefined;
  /** How long bought credits live, from the payment on; default: without end. */
  readonly expiresIn?: Duration | undefined;
  /** 0–1,000,000, lower burns first; default 50. */
  readonly priority?: number | undefined;
}

export interface VolumePriceInput {
  /** Credits, inclusive. Only the last band may leave it out. */
  readonly upTo?: DecimalInput | undefined;
  /** Of one credit, in major units, above 0. */
  readonly price: DecimalInput;
}

export interface TopUpPackageInput {
  readonly credits: DecimalInput;
  /** Of the whole package, in major units. */
  readonly price: DecimalInput;
}

/** Something used, priced in one currency. */
export interface FeatureDefinition<Currency extends string = string> {
  readonly currency: Currency;
  readonly name?: string | undefined;
  readonly rate: Rate;
}

/**
 * How many credits a quantity costs. The exact price of a line is rounded once, to the currency's scale.
 * - `{ credits: "2", per: 1000 }`: 2 credits per 1,000, in proportion; with `block: true` for each started 1,000.
 * - `{ tiers: [{ upTo: 1000, credits: 2 }, { credits: 1 }] }`: 2 each for the first 1,000 of the event, 1 each above.
 * - `{ match: [{ when: { model: "large" }, rate: { credits: 5 } }], fallback: { credits: 1 } }`: by the event's
 *   dimensions; the first case that agrees wins, and where none does and no fallback stands, the event is `no_rate`.
 */
export type Rate = FlatRateDefinition | TieredRateDefinition | MatchedRateDefinition;

interface Rounded {
  /** The least that an event with a quantity above zero costs; default 0. */
  readonly minimum?: DecimalInput | undefined;
  /** Default "half-up". */
  readonly rounding?: RoundingMode | undefined;
}

export interface FlatRateDefinition extends Rounded {
  readonly credits: DecimalInput;
  /** Default 1. */
  readonly per?: DecimalInput | undefined;
  /** Charge each started `per` whole; default false. */
  readonly block?: boolean | undefined;
}

export interface TieredRateDefinition extends Rounded {
  readonly tiers: readonly TierDefinition[];
  /**
   * What the tiers count: the quantity of one event (default), or that of the billing period so far: the period of the
   * customer's highest-ranked plan, without a plan the UTC month. Nothing is rated again: what is reversed moves no tier
   * back, and late use stands after what its period had recorded before it.
   */
  readonly over?: "event" | "period" | undefined;
}

export interface TierDefinition {
  /** Upper bound of the tier, inclusive, counted from zero. The last tier has none. */
  readonly upTo?: DecimalInput | undefined;
  readonly credits: DecimalInput;
  /** Default 1. */
  readonly per?: DecimalInput | undefined;
}

export interface MatchedRateDefinition {
  readonly match: readonly MatchCaseDefinition[];
  readonly fallback?: Rate | undefined;
}

export interface MatchCaseDefinition {
  /** Dimension and the value, or values, that agree. */
  readonly when: Readonly<Record<string, string | readonly string[]>>;
  readonly rate: Rate;
}

/** Money in major units: `{ amount: "8500.00", currency: "USD" }`. */
export interface MoneyInput {
  readonly amount: DecimalInput;
  /** ISO 4217 code. */
  readonly currency: string;
}

/**
 * What happens when a wallet's credits do not suffice.
 * - `hard`: denied.
 * - `soft`: the rest is overdraft, owed in credits, up to `limit` credits (default: no limit).
 * - `overage`: the rest is billed at `price` per credit, up to `limit` credits a UTC month (default: no limit). With
 *   `consent: "required"` it is denied until a consent is recorded on the wallet with `setPolicy`.
 */
export type PolicyInput =
  | { readonly mode: "hard" }
  | { readonly mode: "soft"; readonly limit?: DecimalInput | undefined }
  | {
      readonly mode: "overage";
      readonly price: MoneyInput;
      readonly limit?: DecimalInput | undefined;
      readonly consent?: "required" | ConsentInput | undefined;
    };

/** At what events tell that little is left. What is left out tells nothing. */
export interface ThresholdsInput {
  /** Percentages of a grant that is used, at most 5, above 0 and up to 100: each tells `credits.grant.usage_low`. */
  readonly usageLow?: readonly DecimalInput[] | undefined;
  /** Credits: where net falls to it, or below, that tells `credits.balance.low`. */
  readonly balanceLow?: DecimalInput | undefined;
  /** How long before a grant expires, at most 10: each tells `credits.grant.expiring`, by the UTC calendar. */
  readonly expiringLead?: readonly Duration[] | undefined;
}

export interface ConsentInput {
  readonly by: string;
  /** When it was given; default: now. */
  readonly at?: InstantInput | undefined;
  /** Credits a billing period that were agreed to; default: the policy's limit alone. */
  readonly limit?: DecimalInput | undefined;
}

/** `Date`, UTC milliseconds, or an ISO 8601 text with an offset. */
export type InstantInput = Date | number | string;

/** What of a recurring grant lives on, in a new grant alike but for its expiry, when the grant ends. The rest expires. */
export interface RolloverInput {
  /** Credits of one grant at most; default: all. */
  readonly max?: DecimalInput | undefined;
  /** The share of what remains, 0 to 1, rounded down to the currency's scale; default 1. */
  readonly fraction?: DecimalInput | undefined;
  /** How often the same credits roll, at most 60; default 1. */
  readonly periods?: number | undefined;
  /** How long a rollover grant lives; default: one period. */
  readonly keepFor?: Duration | undefined;
  /** Credits of all live rollover grants of the schedule at most: the oldest are trimmed. Default: any. */
  readonly total?: DecimalInput | undefined;
}

/** What a customer gets who subscribes: credits, once or each period, other rates, and what happens past zero. */
export interface PlanDefinition<Currency extends string = string, Feature extends string = string> {
  readonly name: string;
  /** Where several plans of a customer say something else, the highest rank wins; default 0. */
  readonly rank?: number | undefined;
  /** The billing period, by which `periodEnd` is meant; default: that of the first recurring grant, else a month. */
  readonly every?: Duration | undefined;
  readonly grants?: readonly PlanGrantDefinition<Currency, Feature>[] | undefined;
  /** Rates that hold instead of the features' own. */
  readonly rates?: { readonly [Id in Feature]?: Rate } | undefined;
  /** By currency: holds where the wallet has no policy of its own. */
  readonly policy?: { readonly [Id in Currency]?: PolicyInput } | undefined;
  /** By currency: hold where the wallet has no thresholds of its own, instead of the currency's. */
  readonly thresholds?: { readonly [Id in Currency]?: ThresholdsInput } | undefined;
}

export interface PlanGrantDefinition<Currency extends string = string, Feature extends string = string> {
  /** Unique within the plan. Grants of two plans with the same id follow each other at a change of plan. */
  readonly id: string;
  readonly currency: Currency;
  /** Credits, for a quantity of 1. */
  readonly amount: DecimalInput;
  /** One unit, an hour at least; none: it comes once, when the plan begins. */
  readonly every?: Duration | undefined;
  readonly category: "paid" | "promotional";
  /** Of each period, for a quantity of 1: required where paid, refused where promotional. */
  readonly cost?: MoneyInput | undefined;
  /** 0–1,000,000, lower burns first; default 50. */
  readonly priority?: number | undefined;
  /** It pays only for these; default: for anything. */
  readonly features?: readonly Feature[] | undefined;
  /** Default: "nextPeriod", or "never" for what comes once. */
  readonly expires?: "nextPeriod" | "never" | Duration | undefined;
  readonly rollover?: RolloverInput | undefined;
  readonly displayName?: string | undefined;
}
