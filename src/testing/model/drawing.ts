import { mayPay } from "./accounts.js";
import { type Fraction, ZERO, add, isPositive, isZero, least, negate, subtract, sum } from "./fraction.js";
import type { Grant } from "./state.js";

/** Credits that a line wants. */
export interface Need {
  readonly feature: string | null;
  readonly amount: Fraction;
}

/** Credits that a grant could give: free ones, ones pinned for a reservation, or ones that expiry took. */
export interface Source {
  readonly grant: Grant;
  readonly amount: Fraction;
  readonly from: "free" | "pins" | "expiry";
}

/** Credits that a line takes of a source. */
export type Draw = Source;

function subsets(count: number): boolean[][] {
  if (count === 0) return [[]];
  return subsets(count - 1).flatMap((subset) => [
    [...subset, false],
    [...subset, true],
  ]);
}

/**
 * The most credits that the sources can pay of all needs together. By the theorem of max-flow and min-cut it is the
 * least, over every set of needs, of what the needs outside the set want and what the sources of the set can give.
 */
function mostPayable(needs: readonly Need[], sources: readonly Source[]): Fraction {
  const cuts = subsets(needs.length).map((inside) => {
    const outside = needs.filter((_, index) => inside[index] === false);
    const paying = sources.filter((source) =>
      needs.some((need, index) => inside[index] === true && mayPay(source.grant, need.feature)),
    );
    return add(sum(outside.map((need) => need.amount)), sum(paying.map((source) => source.amount)));
  });
  return cuts.reduce(least);
}

function without(needs: readonly Need[], index: number, amount: Fraction): Need[] {
  return needs.map((need, at) => (at === index ? { ...need, amount: subtract(need.amount, amount) } : need));
}

function less(sources: readonly Source[], index: number, amount: Fraction): Source[] {
  return sources.map((from, at) =>
    at === index ? { ...from, amount: subtract(from.amount, amount) } : from,
  );
}

/**
 * Draws for each need: in the order of the needs, each on the sources in their order, and each draw takes the most
 * that still lets the most be paid of all needs together.
 *
 * How much that is: were the whole of what the source has and the need wants taken, `missed` credits could no longer
 * be paid in all. Each credit not drawn here wins one of them back (of a need or a source, it frees both).
 */
export function assign(needs: readonly Need[], sources: readonly Source[]): Draw[][] {
  let wanted = [...needs];
  let there = [...sources];
  const draws: Draw[][] = needs.map(() => []);
  for (const [line, need] of needs.entries()) {
    for (const [at, source] of sources.entries()) {
      if (!mayPay(source.grant, need.feature)) continue;
      const whole = least(wanted[line]?.amount ?? ZERO, there[at]?.amount ?? ZERO);
      if (!isPositive(whole)) continue;
      const rest = mostPayable(without(wanted, line, whole), less(there, at, whole));
      const missed = subtract(mostPayable(wanted, there), add(whole, rest));
      const amount = subtract(whole, missed);
      if (isZero(amount)) continue;
      draws[line]?.push({ ...source, amount });
      wanted = without(wanted, line, amount);
      there = less(there, at, amount);
    }
  }
  return draws;
}

/** What each need still wants after its draws. */
export function unpaid(needs: readonly Need[], draws: readonly (readonly Draw[])[]): Fraction[] {
  return needs.map((need, index) =>
    add(need.amount, negate(sum((draws[index] ?? []).map((draw) => draw.amount)))),
  );
}
