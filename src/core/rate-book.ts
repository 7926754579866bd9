import type { CompiledRate } from "../catalog/rate.js";

/** A published rate as it is kept: what was said, by whom, when, and from when on it holds. */
export interface RateVersion {
  /** 1, 2, 3, … within its history. */
  readonly version: number;
  readonly effectiveAt: number;
  /** The definition, as JSON; null: from here on nothing is published. */
  readonly rate: string | null;
  readonly publishedAt: number;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** All that was published of one feature for everybody, for a plan, or for a customer. Versions are only ever added. */
export interface RateHistory {
  readonly id: string;
  readonly feature: string;
  readonly plan: string | null;
  readonly customerId: string | null;
  /** In the order in which they were published. */
  readonly versions: readonly RateVersion[];
}

/** A version, ready to compute with. */
export interface PublishedRate extends Omit<RateVersion, "rate"> {
  /** What ledger entries call it. */
  readonly name: string;
  readonly plan: string | null;
  readonly customerId: string | null;
  /** Undefined: it is of a form that this program does not know. */
  readonly rate: CompiledRate | null | undefined;
}

export interface FeatureRates {
  readonly base: readonly PublishedRate[];
  readonly byPlan: ReadonlyMap<string, readonly PublishedRate[]>;
  readonly byCustomer: ReadonlyMap<string, readonly PublishedRate[]>;
}

/** What was published, by feature. */
export type RateBook = ReadonlyMap<string, FeatureRates>;

export const NOTHING_PUBLISHED: RateBook = new Map();

/** Of several that begin at one instant the last published holds: so a rate that is yet to come can be replaced. */
export function inForce<Version extends { readonly effectiveAt: number }>(
  versions: readonly Version[] | undefined,
  instant: number,
): Version | null {
  let found: Version | null = null;
  for (const version of versions ?? [])
    if (version.effectiveAt <= instant && (found === null || version.effectiveAt >= found.effectiveAt))
      found = version;
  return found;
}

/** A customer's name stays out of it: entries bear it for good. */
export function versionName(
  { feature, plan, customerId }: Pick<RateHistory, "feature" | "plan" | "customerId">,
  version: number,
): string {
  const whose = plan !== null ? ` (plan ${plan})` : customerId !== null ? " (customer)" : "";
  return `${feature}@${version}${whose}`;
}
