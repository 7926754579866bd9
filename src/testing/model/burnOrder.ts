import type { ModelCriterion } from "./catalog.js";
import { type Fraction, ZERO, compare, divide, fraction } from "./fraction.js";
import { type Grant, type State, type Wallet, currencyOf } from "./state.js";

/** priority (lower first), earliest expiry (none last), restricted, promotional, earliest effective, earliest created. */
const DEFAULT_ORDER: readonly ModelCriterion[] = [
  "priority",
  "earliestExpiry",
  "restrictedFirst",
  "promotionalFirst",
  "earliestEffective",
  "earliestCreated",
];

const NEVER = Number.MAX_SAFE_INTEGER;

/** Cost per credit; promotional credits have cost nothing. */
function basisOf(grant: Grant): Fraction {
  return grant.cost === null ? ZERO : divide(fraction(grant.cost.minor), grant.amount);
}

/** Below zero where `a` burns before `b` by this criterion. */
function compareBy(criterion: ModelCriterion, a: Grant, b: Grant): number {
  switch (criterion) {
    case "priority":
      return a.priority - b.priority;
    case "earliestExpiry":
      return (a.expiresAt ?? NEVER) - (b.expiresAt ?? NEVER);
    case "latestExpiry":
      return compareBy("earliestExpiry", b, a);
    case "restrictedFirst":
      return Number(a.features === null) - Number(b.features === null);
    case "promotionalFirst":
      return Number(a.category === "paid") - Number(b.category === "paid");
    case "paidFirst":
      return compareBy("promotionalFirst", b, a);
    case "earliestEffective":
      return a.effectiveAt - b.effectiveAt;
    case "latestEffective":
      return compareBy("earliestEffective", b, a);
    case "earliestCreated":
      return a.createdAt - b.createdAt;
    case "latestCreated":
      return compareBy("earliestCreated", b, a);
    case "lowestBasis":
      return compare(basisOf(a), basisOf(b));
    case "highestBasis":
      return compareBy("lowestBasis", b, a);
  }
}

function orderOf(state: State, wallet: Wallet): readonly ModelCriterion[] {
  return currencyOf(state, wallet.currency).burnOrder ?? DEFAULT_ORDER;
}

/** The grants of a wallet in the order in which they burn; the order of creation ends every order. */
export function inBurnOrder(state: State, wallet: Wallet): Grant[] {
  const order = orderOf(state, wallet);
  return [...wallet.grants].sort((a, b) => {
    const differences = order.map((criterion) => compareBy(criterion, a, b));
    return differences.find((difference) => difference !== 0) ?? a.number - b.number;
  });
}

/** Whether costs are compared, so that a wallet can hold one cost currency only. */
export function ordersByBasis(state: State, wallet: Wallet): boolean {
  return orderOf(state, wallet).some((criterion) => criterion.endsWith("Basis"));
}
