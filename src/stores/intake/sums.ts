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
