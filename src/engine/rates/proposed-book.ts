import { type CompiledCatalog, currencyOf, featureOf } from "../../catalog/catalog.js";
import { compileRate } from "../../catalog/compile-rate.js";
import { MAX_INSTANT } from "../../core/calendar.js";
import type { FeatureRates, PublishedRate, RateBook } from "../../core/rate-book.js";

/** Rates that nobody has published, and the period that they are tried on. */
export interface Proposal {
  readonly rates: readonly { readonly feature: string; readonly rate: string | null }[];
  readonly plan: string | null;
  readonly customerId: string | null;
  readonly from: number;
  readonly to: number;
}

/** The published rates with the proposed ones in the place of those of the same plan, customer, or everybody: always. */
export function proposedBook(catalog: CompiledCatalog, book: RateBook, proposal: Proposal): RateBook {
  const { plan, customerId } = proposal;
  const proposed = new Map(book);
  for (const { feature, rate } of proposal.rates) {
    const { scale } = currencyOf(catalog, featureOf(catalog, feature).currency);
    const version: PublishedRate = {
      name: PROPOSED,
      plan,
      customerId,
      version: 0,
      effectiveAt: -MAX_INSTANT,
      publishedAt: -MAX_INSTANT,
      actor: null,
      reason: null,
      rate: rate === null ? null : compileRate(JSON.parse(rate), scale, feature),
    };
    proposed.set(feature, withVersion(book.get(feature), version));
  }
  return proposed;
}

const PROPOSED = "proposed";

function withVersion(before: FeatureRates | undefined, version: PublishedRate): FeatureRates {
  const { base = [], byPlan = new Map(), byCustomer = new Map() } = before ?? {};
  const { plan, customerId } = version;
  if (customerId !== null)
    return { base, byPlan, byCustomer: new Map([...byCustomer, [customerId, [version]]]) };
  if (plan !== null) return { base, byPlan: new Map([...byPlan, [plan, [version]]]), byCustomer };
  return { base: [version], byPlan, byCustomer };
}
