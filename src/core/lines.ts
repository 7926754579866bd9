import { type CompiledCatalog, type Currency, type Feature, featureOf } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { type Dimensions, priceOf, settleRate } from "../catalog/pricing.js";
import type { CompiledRate, SettledRate } from "../catalog/rate.js";
import { MAX_AMOUNT, formatScaled, QUANTITY_PLACES } from "./amounts.js";
import { CreditError, invalidInput } from "./errors.js";

/** A line as asked for: a quantity of a feature, or credits outright. */
export type LineRequest =
  | { readonly feature: string; readonly quantity: bigint; readonly dimensions: Dimensions | null }
  | { readonly feature: string | null; readonly amount: bigint };

/** A line with its price. */
export interface Line {
  readonly feature: string | null;
  readonly quantity: bigint | null;
  /** Canonical JSON. */
  readonly dimensions: string | null;
  readonly rateVersion: string | null;
  readonly price: bigint;
}

export interface RatedLine extends Line {
  readonly rate: SettledRate | null;
}

export interface RatingTerms {
  readonly catalog: CompiledCatalog;
  readonly currency: Currency;
  readonly rateVersionOf: (featureId: string, planId: string | null) => string;
}

/** @param plans Those that hold at the time of use, highest rank first. */
export function rateLine(terms: RatingTerms, request: LineRequest, plans: readonly Plan[]): RatedLine {
  if ("amount" in request) {
    const { feature, amount } = request;
    return { feature, quantity: null, dimensions: null, rateVersion: null, price: amount, rate: null };
  }
  const { rate, version } = settledRate(terms, request.feature, request.dimensions ?? {}, plans);
  return {
    feature: request.feature,
    quantity: request.quantity,
    dimensions: dimensionsText(request.dimensions),
    rateVersion: version,
    price: checkedPrice(rate, request.quantity, terms.currency, request.feature),
    rate,
  };
}

/** The rate that applies: of the highest-ranked plan that has one, else the feature's own. */
export function rateOf(
  feature: Feature,
  plans: readonly Plan[],
): { readonly rate: CompiledRate; readonly plan: Plan | null } {
  for (const plan of plans) {
    const rate = plan.rates.get(feature.id);
    if (rate !== undefined) return { rate, plan };
  }
  return { rate: feature.rate, plan: null };
}

function settledRate(
  { catalog, currency, rateVersionOf }: RatingTerms,
  featureId: string,
  dimensions: Dimensions,
  plans: readonly Plan[],
): { readonly rate: SettledRate; readonly version: string } {
  const feature = featureOf(catalog, featureId);
  if (feature.currency !== currency.id)
    throw invalidInput(
      `Feature "${featureId}" is priced in "${feature.currency}", not in "${currency.id}": one event holds features of one currency.`,
      { feature: featureId },
    );
  const found = rateOf(feature, plans);
  const rate = settleRate(found.rate, dimensions);
  if (rate !== undefined) return { rate, version: rateVersionOf(featureId, found.plan?.id ?? null) };
  throw new CreditError(
    "no_rate",
    `Feature "${featureId}" has no rate for the dimensions ${JSON.stringify(dimensions)}. Add a case or a fallback to its rate.`,
    { feature: featureId, dimensions },
  );
}

/** The price of a quantity, within what a wallet can keep. */
export function checkedPrice(
  rate: SettledRate,
  quantity: bigint,
  currency: Currency,
  feature: string | null,
): bigint {
  const price = priceOf(rate, quantity, currency.scale);
  if (price <= MAX_AMOUNT) return price;
  throw new CreditError(
    "over_limit",
    `${formatScaled(quantity, QUANTITY_PLACES)} of "${feature ?? ""}" would cost more credits than a wallet can keep. Split the event.`,
    { feature },
  );
}

/** Canonical: keys in order, so that equal dimensions have equal texts. */
export function dimensionsText(dimensions: Dimensions | null): string | null {
  if (dimensions === null) return null;
  const sorted = Object.keys(dimensions)
    .sort()
    .map((name) => [name, dimensions[name]] as const);
  return sorted.length === 0 ? null : JSON.stringify(Object.fromEntries(sorted));
}
