/** Sums of one half of the amounts that are kept at most: what has more is only held against its bounds. */
const MOST_SUMS = 4_096;

export interface Reach {
  /** False only where no choice of the amounts comes to any of what was wanted. */
  readonly isPossible: boolean;
  /** How many sums were made. */
  readonly cost: number;
}

/** Whether some of the amounts, each taken once or left, come to one of the sums that are wanted. */
export function reach(amounts: readonly bigint[], wanted: readonly bigint[]): Reach {
  const least = sum(amounts.filter((amount) => amount < 0n));
  const most = sum(amounts.filter((amount) => amount > 0n));
  const within = wanted.filter((each) => each >= least && each <= most);
  if (within.length === 0 || within.includes(0n)) return { isPossible: within.length > 0, cost: 0 };
  // Two halves have far fewer sums than the whole, and come to a sum if one of each makes it up.
  const middle = Math.ceil(amounts.length / 2);
  const left = sumsOf(amounts.slice(0, middle));
  const right = sumsOf(amounts.slice(middle));
  if (left === null || right === null) return { isPossible: true, cost: MOST_SUMS };
  const isPossible = within.some((each) => [...left].some((part) => right.has(each - part)));
  return { isPossible, cost: left.size + right.size };
}

function sumsOf(amounts: readonly bigint[]): ReadonlySet<bigint> | null {
  let sums: ReadonlySet<bigint> = new Set([0n]);
  for (const amount of amounts) {
    const more = new Set(sums);
    for (const each of sums) more.add(each + amount);
    if (more.size > MOST_SUMS) return null;
    sums = more;
  }
  return sums;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
