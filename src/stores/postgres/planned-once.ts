/** Joins over so many wallets are quick by any plan. */
export const FEW_WALLETS = 8;

/**
 * Hides from the planner how long an array is. Where it sees that, it takes each plan made for the arrays at hand to be
 * cheaper than one that is made once and kept, and plans anew at every run, which takes longer than a small statement itself.
 */
export function unseen(array: string): string {
  return `(select ${array})`;
}
