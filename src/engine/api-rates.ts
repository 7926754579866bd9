import type { Catalog, FeatureId, PlanId } from "../catalog/define.js";
import type { InstantInput, Rate } from "../catalog/definition.js";
import type { Decimal } from "../core/decimal.js";
import type { HarmlessMutation } from "./api-requests.js";

/** Rates, and whose they are: a customer's, a plan's, or (with neither) everybody's. */
export interface RatesOf<C extends Catalog> {
  /** By feature; `null`: what was published before ends, and the next in line holds again. */
  readonly features: { readonly [Id in FeatureId<C>]?: Rate | null };
  /** They hold for those who have the plan. Not together with `customerId`. */
  readonly plan?: PlanId<C> | undefined;
  /** They hold for this customer alone, before those of any plan. */
  readonly customerId?: string | undefined;
}

export interface PublishRatesRequest<C extends Catalog> extends RatesOf<C>, HarmlessMutation {
  /** From when on they hold, by when the use occurred; default: now. Never in the past. */
  readonly effectiveAt?: InstantInput | undefined;
}

export interface PublishedRates {
  readonly id: string;
  readonly effectiveAt: Date;
  readonly publishedAt: Date;
  /** By feature, what ledger entries will call the rate. */
  readonly versions: Readonly<Record<string, string>>;
  readonly replayed: boolean;
}

/** One version of a published rate. Versions are only ever added. */
export interface PublishedRateVersion {
  readonly feature: string;
  /** Null: not a plan's. */
  readonly plan: string | null;
  /** Null: not a customer's. */
  readonly customerId: string | null;
  /** As ledger entries call it. */
  readonly version: string;
  /** Decimals as texts. Null: from then on nothing is published. */
  readonly rate: Rate | null;
  readonly effectiveAt: Date;
  readonly publishedAt: Date;
  readonly actor: string | null;
  readonly reason: string | null;
}

export interface PreviewRatesRequest<C extends Catalog> extends RatesOf<C> {
  /** What was recorded from here on. */
  readonly from: InstantInput;
  /** Left out itself. */
  readonly to: InstantInput;
}

/** What one feature cost, and would have cost. Credits; reversals are not subtracted on either side. */
export interface PreviewedRate {
  readonly feature: string;
  readonly currency: string;
  /** In the feature's own unit. */
  readonly quantity: Decimal;
  readonly charged: Decimal;
  /** Where another rate goes before the proposed one, what was charged. */
  readonly proposed: Decimal;
  /** proposed − charged */
  readonly difference: Decimal;
  /** Quantity that the proposed rate has no case for: it would have been refused, and costs nothing here. */
  readonly refused: Decimal;
}

export interface PreviewedUse extends PreviewedRate {
  readonly customerId: string;
  readonly scope: string | undefined;
}

/** Replays while it is iterated over, each time anew, wallet by wallet: memory does not grow with history. */
export interface RatePreview extends AsyncIterable<PreviewedUse> {
  /** Replays, and adds up by feature. */
  totals(): Promise<readonly PreviewedRate[]>;
}

/** Rates beside the catalog's. They belong to all customers, so no transaction of the app takes part in them. */
export interface RateVerbs<C extends Catalog> {
  /**
   * Publishes rates, now or from an instant to come, for everybody, a plan or a customer; all of them or none. Nothing
   * is ever rated again: what occurred before keeps its rate, late use too. This process rates by them at once, others
   * within `ratesMaxStaleMs`; with an `effectiveAt` further ahead than that, all change at the same instant.
   *
   * @throws CreditError `unknown_feature`, `unknown_plan`, `idempotency_conflict`, `over_limit`
   * @example
   * ```ts
   * await credits.publishRates({
   *   features: { chat: { credits: 3, per: 1000 } },
   *   effectiveAt: "2030-01-01T00:00:00Z",
   *   actor: "ana",
   *   reason: "new year's prices",
   * });
   * ```
   */
  publishRates(request: PublishRatesRequest<C>): Promise<PublishedRates>;

  /** Everything that was published, of one feature or of all, in order: who, when, why, from when on. */
  publishedRates(request?: {
    readonly feature?: FeatureId<C> | undefined;
  }): Promise<readonly PublishedRateVersion[]>;

  /**
   * What the use of a period would have cost under other rates: each recorded line is rated again, by customer and
   * feature. Changes nothing. Reversals are subtracted on neither side, and tiers over a period begin at zero at `from`:
   * let it be the start of one.
   *
   * @throws CreditError `unknown_feature`, `unknown_plan`
   * @example
   * ```ts
   * const preview = await credits.previewRates({
   *   features: { chat: { credits: 3, per: 1000 } },
   *   from: "2026-01-01T00:00:00Z",
   *   to: "2026-02-01T00:00:00Z",
   * });
   * for await (const { customerId, feature, difference } of preview)
   *   console.log(customerId, feature, difference.toString());
   * ```
   */
  previewRates(request: PreviewRatesRequest<C>): Promise<RatePreview>;
}
