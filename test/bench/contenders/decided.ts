import { memoryStore } from "coffer/memory";
import type { Change, CreditStore } from "coffer/store";
import { type Load, engineOn, fund, withdrawals } from "./coffer.js";

/** What one commit writes. */
export type Batch = readonly Change[];

/** Writes down what an engine commits: each batch of changes, as the next store will get it. */
function recording(store: CreditStore): {
  readonly store: CreditStore;
  take: () => readonly Batch[];
} {
  let batches: Batch[] = [];
  const recorder = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit") return value.bind(target) as unknown;
      return (changes: Batch) => {
        batches.push(changes);
        return target.commit(changes);
      };
    },
  });
  const take = () => {
    const taken = batches;
    batches = [];
    return taken;
  };
  return { store: recorder, take };
}

/** Withdrawals that were decided beforehand, for contenders that only write. */
export interface Decided {
  /** What fills the wallets. */
  readonly funding: readonly Batch[];
  /** So many more, in batches as that many callers bring about. */
  readonly next: (operations: number) => Promise<readonly Batch[]>;
}

export async function decided({ callers, customers }: Omit<Load, "ms">): Promise<Decided> {
  const { store, take } = recording(memoryStore());
  const credits = engineOn(store);
  await fund(credits, customers);
  const funding = take();
  const withdraw = withdrawals(credits, customers);
  return {
    funding,
    next: async (operations) => {
      let left = operations;
      const caller = async () => {
        while (left-- > 0) await withdraw();
      };
      await Promise.all(Array.from({ length: callers }, caller));
      return take();
    },
  };
}
