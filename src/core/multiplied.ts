import type { RecurringTerms } from "../catalog/recurring.js";
import { MAX_AMOUNT } from "./amounts.js";
import { CreditError } from "./errors.js";

/** A quantity of a plan multiplies credits and money, and the bounds on what rolls over. */
export function multiplied(terms: RecurringTerms, quantity: number): RecurringTerms {
  const times = (amount: bigint) => within(amount * BigInt(quantity), quantity);
  const bound = (amount: bigint | null) => (amount === null ? null : times(amount));
  const { amount, cost, rollover } = terms;
  return {
    ...terms,
    amount: times(amount),
    cost: cost === null ? null : { ...cost, total: times(cost.total) },
    rollover:
      rollover === null ? null : { ...rollover, max: bound(rollover.max), total: bound(rollover.total) },
  };
}

function within(amount: bigint, quantity: number): bigint {
  if (amount <= MAX_AMOUNT) return amount;
  throw new CreditError(
    "over_limit",
    `A quantity of ${quantity} would grant more than a wallet can keep. Subscribe for less.`,
    { quantity },
  );
}
