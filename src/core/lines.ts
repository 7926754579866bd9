import { type CompiledCatalog, type Currency, type Feature, featureOf } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { type Dimensions, priceOf, settleRate, tiersFrom } from "../catalog/pricing.js";
import type { CompiledRate, SettledRate, TieredRate } from "../catalog/rate.js";
import { MAX_AMOUNT, formatScaled, QUANTITY_PLACES, sum } from "./amounts.js";
import { plansAt } from "./attachments.js";
import { CreditError, invalidInput } from "./errors.js";
import { type PublishedRate, type RateBook, inForce } from "./rate-book.js";
import { type TierCount, type TierPeriod, positionIn, tierPeriodAt } from "./tier-period.js";
import type { Wallet } from "./wallet.js";

/** A line as asked for: a quantity of a feature, or credits outright. */
export type LineRequest =
  | { readonly feature: string; readonly quantity: bigint; readonly dimensions: Dimensions | null }
  | { readonly feature: string | null; readonly amount: bigint };

/** Is it to be rated? */
export function hasRate(line: LineRequest): boolean {
  return !("amount" in line);
}

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
  /** Whose count the quantity moves on. */
  readonly tierPeriod?: TierPeriod | undefined;
}

export interface RatingTerms {
  readonly catalog: CompiledCatalog;
  readonly currency: Currency;
  readonly rateVersionOf: (featureId: string, planId: string | null) => string;
  readonly rates: RateBook;
}

/** Whose use it is, and when: what decides which rate applies. */
export interface Occasion {
  readonly wallet: Pick<Wallet, "names" | "attachments" | "tierCounts">;
  readonly instant: number;
  /** Those that held then, highest rank first. */
  readonly plans: readonly Plan[];
  /** What lines before it of the same event count. */
  readonly counted?: readonly TierCount[] | undefined;
}

export function occasionAt(
  wallet: Occasion["wallet"],
  { catalog }: Pick<RatingTerms, "catalog">,
  instant: number,
): Occasion {
  return { wallet, instant, plans: plansAt(wallet, catalog, instant) };
}

/** Lines of one event, in order: each stands in the period's tiers after those before it. */
export function rateEvent(
  terms: RatingTerms,
  requests: readonly LineRequest[],
  occasion: Occasion,
): readonly RatedLine[] {
  let counted: readonly TierCount[] | undefined;
  return requests.map((request) => {
    const line = rateLine(terms, request, counted === undefined ? occasion : { ...occasion, counted });
    const { feature, quantity, tierPeriod } = line;
    if (tierPeriod !== undefined && feature !== null && quantity !== null)
      counted = [...(counted ?? []), { feature, quantity, from: tierPeriod.from, until: tierPeriod.until }];
    return line;
  });
}

export function rateLine(terms: RatingTerms, request: LineRequest, occasion: Occasion): RatedLine {
  if ("amount" in request) {
    const { feature, amount } = request;
    return { feature, quantity: null, dimensions: null, rateVersion: null, price: amount, rate: null };
  }
  const { rate, version } = settledRate(terms, request.feature, request.dimensions ?? {}, occasion);
  if (rate.kind === "tiers" && rate.over === "period")
    return tieredLine(terms, request, { rate, version, occasion });
  return {
    feature: request.feature,
    quantity: request.quantity,
    dimensions: dimensionsText(request.dimensions),
    rateVersion: version,
    price: checkedPrice(rate, request.quantity, terms.currency, request.feature),
    rate,
  };
}

function tieredLine(
  { catalog, currency }: RatingTerms,
  { feature, quantity, dimensions }: Extract<LineRequest, { quantity: bigint }>,
  of: { readonly rate: TieredRate; readonly version: string; readonly occasion: Occasion },
): RatedLine {
  const { wallet, instant, counted = [] } = of.occasion;
  const tierPeriod = tierPeriodAt(wallet.attachments.values(), catalog.plans, instant);
  const before = sum(counted.map((one) => (one.feature === feature ? one.quantity : 0n)));
  const rate = tiersFrom(of.rate, positionIn(wallet.tierCounts, feature, tierPeriod) + before);
  return {
    feature,
    quantity,
    dimensions: dimensionsText(dimensions),
    rateVersion: of.version,
    price: checkedPrice(rate, quantity, currency, feature),
    rate,
    tierPeriod,
  };
}

/** The rate that applies, and where it comes from: published, or of the catalog; of a plan, or for everybody. */
export interface AppliedRate {
  readonly rate: CompiledRate;
  readonly plan: Plan | null;
  readonly published: PublishedRate | null;
}

/**
 * The customer's own, else that of the highest-ranked plan that has one, else the feature's; of each, what was published
 * goes before what the catalog says.
 */
export function rateOf(
  { rates }: Pick<RatingTerms, "rates">,
  feature: Feature,
  { wallet, plans, instant }: Occasion,
): AppliedRate {
  const all = rates.get(feature.id);
  if (all !== undefined) {
    const own = publishedIn(all.byCustomer.get(wallet.names.customerId), instant);
    if (own !== null) return { ...own, plan: null };
  }
  for (const plan of plans) {
    const published = all === undefined ? null : publishedIn(all.byPlan.get(plan.id), instant);
    if (published !== null) return { ...published, plan };
    const rate = plan.rates.get(feature.id);
    if (rate !== undefined) return { rate, plan, published: null };
  }
  const base = all === undefined ? null : publishedIn(all.base, instant);
  return base === null ? { rate: feature.rate, plan: null, published: null } : { ...base, plan: null };
}

/** Null: none is in force. */
function publishedIn(
  versions: readonly PublishedRate[] | undefined,
  instant: number,
): Omit<AppliedRate, "plan"> | null {
  const published = inForce(versions, instant);
  if (published === null || published.rate === null) return null;
  if (published.rate !== undefined) return { rate: published.rate, published };
  throw new CreditError(
    "unsupported",
    `The rate "${published.name}" was published in a form that this version of the program cannot read. Deploy the version that can, everywhere.`,
    { rateVersion: published.name },
  );
}

function settledRate(
  terms: RatingTerms,
  featureId: string,
  dimensions: Dimensions,
  occasion: Occasion,
): { readonly rate: SettledRate; readonly version: string } {
  const { catalog, currency, rateVersionOf } = terms;
  const feature = featureOf(catalog, featureId);
  if (feature.currency !== currency.id)
    throw invalidInput(
      `Feature "${featureId}" is priced in "${feature.currency}", not in "${currency.id}": one event holds features of one currency.`,
      { feature: featureId },
    );
  const found = rateOf(terms, feature, occasion);
  const rate = settleRate(found.rate, dimensions);
  if (rate !== undefined)
    return { rate, version: found.published?.name ?? rateVersionOf(featureId, found.plan?.id ?? null) };
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
