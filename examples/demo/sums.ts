import { Decimal } from "coffer";

export const ZERO = new Decimal(0);

export function sumOf<Item>(items: Iterable<Item>, amountOf: (item: Item) => Decimal | undefined): Decimal {
  let sum = ZERO;
  for (const item of items) sum = sum.plus(amountOf(item) ?? ZERO);
  return sum;
}
