import type { ModelMoney } from "./decimal.js";
import type { RoundingMode } from "./fraction.js";

export type ModelDecimal = string | number;

/** A date-fns `Duration`; the model knows the units that have a fixed length in UTC. */
export interface ModelDuration {
  readonly weeks?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

export type Dimensions = Readonly<Record<string, string>>;

export interface ModelTier {
  /** Upper bound, inclusive, counted from zero; the last tier has none. */
  readonly upTo?: ModelDecimal;
  readonly credits: ModelDecimal;
  readonly per?: ModelDecimal;
}

interface Rounded {
  readonly minimum?: ModelDecimal;
  readonly rounding?: RoundingMode;
}

export interface ModelLinearRate extends Rounded {
  readonly credits: ModelDecimal;
  readonly per?: ModelDecimal;
  readonly block?: true;
}

export interface ModelTieredRate extends Rounded {
  readonly tiers: readonly ModelTier[];
}

export interface ModelMatchRate {
  readonly match: readonly {
    readonly when: Readonly<Record<string, string | readonly string[]>>;
    readonly rate: ModelRate;
  }[];
  readonly fallback?: ModelRate;
}

export type ModelRate = ModelLinearRate | ModelTieredRate | ModelMatchRate;

export interface ModelConsent {
  readonly by: string;
  readonly at?: number;
  readonly limit?: ModelDecimal;
}

/** What happens past zero. */
export type ModelPolicy =
  | { readonly mode: "hard" }
  | { readonly mode: "soft"; readonly limit?: ModelDecimal }
  | {
      readonly mode: "overage";
      readonly price: ModelMoney;
      readonly limit?: ModelDecimal;
      readonly consent?: "required" | ModelConsent;
    };

export type ModelCriterion =
  | "priority"
  | "earliestExpiry"
  | "latestExpiry"
  | "restrictedFirst"
  | "promotionalFirst"
  | "paidFirst"
  | "earliestEffective"
  | "latestEffective"
  | "earliestCreated"
  | "latestCreated"
  | "lowestBasis"
  | "highestBasis";

export interface ModelCurrency {
  readonly name: string;
  readonly scale?: number;
  readonly policy?: ModelPolicy;
  readonly burnOrder?: readonly ModelCriterion[];
  readonly lateWindow?: ModelDuration;
  /** Of charts, which the model does not draw. */
  readonly chartDimensions?: readonly string[];
}

export interface ModelFeature {
  readonly currency: string;
  readonly rate: ModelRate;
}

/** The part of `defineCatalog`'s input that the model knows. */
export interface ModelCatalog {
  readonly currencies: Readonly<Record<string, ModelCurrency>>;
  readonly features: Readonly<Record<string, ModelFeature>>;
}

const DEFAULT_SCALE = 6;
const DEFAULT_LATE_WINDOW: ModelDuration = { days: 35 };
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function toMilliseconds(duration: ModelDuration): number {
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = duration;
  return (weeks * 7 + days) * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

export function scaleOf(currency: ModelCurrency): number {
  return currency.scale ?? DEFAULT_SCALE;
}

export function lateWindowMs(currency: ModelCurrency): number {
  return toMilliseconds(currency.lateWindow ?? DEFAULT_LATE_WINDOW);
}
