import type { Violation } from "../core/invariants.js";
import type { CreditStore } from "../store/contract.js";
import type { WalletHead } from "../store/rows.js";

const PAGE = 1_000;

/** By wallet, in the order of their positions. */
export async function eventNumbers(store: CreditStore, part: number): Promise<Map<string, number[]>> {
  const numbers = new Map<string, number[]>();
  for (let after = 0; ;) {
    const { items, next } = await store.events({ part, after, limit: PAGE });
    for (const { wallet, eventNo } of items) {
      const own = numbers.get(wallet.id);
      if (own === undefined) numbers.set(wallet.id, [eventNo]);
      else own.push(eventNo);
    }
    if (next === after) return numbers;
    if (next < after) throw new Error("checkStore: positions of events go back.");
    after = next;
  }
}

/** Old events may have been pruned; those that are left end at the wallet's count, without a gap. */
export function eventGaps(numbers: readonly number[], { eventNo }: WalletHead): readonly Violation[] {
  const first = eventNo - numbers.length + 1;
  return numbers.flatMap((number, index) =>
    number === first + index ? [] : [{ law: 6, what: `event ${number} stands at place ${first + index}` }],
  );
}
