import { compareTexts } from "./sorted-map.js";

/** What decides which grant burns first; a currency may list its own. `id` ends every order. */
export type BurnCriterion =
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

export const DEFAULT_BURN_ORDER: readonly BurnCriterion[] = [
  "priority",
  "earliestExpiry",
  "restrictedFirst",
  "promotionalFirst",
  "earliestEffective",
  "earliestCreated",
];

/** The facts of a grant that can decide its place; none of them changes while it stands in an order. */
export interface BurnKey {
  readonly id: string;
  readonly priority: number;
  readonly expiresAt: number | null;
  readonly features: readonly string[] | null;
  readonly category: "paid" | "promotional";
  readonly effectiveAt: number;
  readonly createdAt: number;
  readonly amount: bigint;
  readonly cost: { readonly total: bigint } | null;
}

export type BurnOrder = (a: BurnKey, b: BurnKey) => number;

const CRITERIA: Readonly<Record<BurnCriterion, BurnOrder>> = {
  priority: (a, b) => a.priority - b.priority,
  earliestExpiry: (a, b) => compareExpiry(a.expiresAt, b.expiresAt),
  latestExpiry: (a, b) => compareExpiry(b.expiresAt, a.expiresAt),
  restrictedFirst: (a, b) => Number(a.features === null) - Number(b.features === null),
  promotionalFirst: (a, b) => Number(a.category === "paid") - Number(b.category === "paid"),
  paidFirst: (a, b) => Number(a.category !== "paid") - Number(b.category !== "paid"),
  earliestEffective: (a, b) => a.effectiveAt - b.effectiveAt,
  latestEffective: (a, b) => b.effectiveAt - a.effectiveAt,
  earliestCreated: (a, b) => a.createdAt - b.createdAt,
  latestCreated: (a, b) => b.createdAt - a.createdAt,
  lowestBasis: compareBasis,
  highestBasis: (a, b) => compareBasis(b, a),
};

/** A total order of grants by the criteria in turn, then by id. */
export function burnOrderBy(criteria: readonly BurnCriterion[]): BurnOrder {
  const comparators = criteria.map((criterion) => CRITERIA[criterion]);
  return (a, b) => {
    for (const compare of comparators) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return compareTexts(a.id, b.id);
  };
}

/** Does the order compare costs? Then a wallet can hold one money only. */
export function comparesBasis(criteria: readonly BurnCriterion[]): boolean {
  return criteria.includes("lowestBasis") || criteria.includes("highestBasis");
}

function compareExpiry(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

/** Cost per credit, as fractions, without dividing. */
function compareBasis(a: BurnKey, b: BurnKey): number {
  const left = (a.cost?.total ?? 0n) * b.amount;
  const right = (b.cost?.total ?? 0n) * a.amount;
  return left < right ? -1 : left > right ? 1 : 0;
}
