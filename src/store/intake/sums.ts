import type { UsageDelta } from "../rows.js";

const WHOLE_QUANTITY = 10n ** 12n;

/** What a sum of deltas comes to. */
export interface Sum {
  quantity: bigint;
  quantityFraction: bigint;
  amount: bigint;
  count: number;
}

/** Both fields with one sign, and less than a whole unit in the fraction. */
export function normalised(sum: Readonly<Sum>): Sum {
  const total = sum.quantity * WHOLE_QUANTITY + sum.quantityFraction;
  return { ...copySum(sum), quantity: total / WHOLE_QUANTITY, quantityFraction: total % WHOLE_QUANTITY };
}

export function copySum({ quantity, quantityFraction, amount, count }: Readonly<Sum>): Sum {
  return { quantity, quantityFraction, amount, count };
}

/** One delta for each counter, however many stand in a change. */
export function summed(deltas: readonly UsageDelta[]): readonly UsageDelta[] {
  if (deltas.length < 2) return deltas;
  const sums = new Map<string, UsageDelta>();
  for (const delta of deltas) {
    const name = JSON.stringify([delta.bucketAt, delta.feature, delta.group]);
    const before = sums.get(name);
    sums.set(name, before === undefined ? delta : { ...delta, ...sumOf(before, delta) });
  }
  return [...sums.values()];
}

function sumOf(a: Readonly<Sum>, b: Readonly<Sum>): Sum {
  return {
    quantity: a.quantity + b.quantity,
    quantityFraction: a.quantityFraction + b.quantityFraction,
    amount: a.amount + b.amount,
    count: a.count + b.count,
  };
}
