import { memoryStore } from "coffer/memory";
import type { Change, CreditStore } from "coffer/store";
import type { Contender } from "../measure/compare.js";
import { timed } from "../measure/drive.js";
import { type Load, engineOn, fund, withdrawals } from "./coffer.js";

/** Writes down what an engine commits: each batch of changes, as the next store will get it. */
function recording(store: CreditStore<never>): {
  readonly store: CreditStore<never>;
  take: () => readonly (readonly Change[])[];
} {
  let batches: (readonly Change[])[] = [];
  const recorder = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit") return value.bind(target) as unknown;
      return (changes: readonly Change[]) => {
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

/** The store's own limit: batches that were decided beforehand, one commit after another, without an engine. */
export async function bareStore<Tx>(
  name: string,
  store: CreditStore<Tx>,
  { callers, customers, operations }: Load & { readonly operations: number },
): Promise<Contender> {
  const { store: recorder, take } = recording(memoryStore());
  const credits = engineOn(recorder);
  const withdraw = withdrawals(credits, customers);
  const send = async (batches: readonly (readonly Change[])[]) => {
    for (const batch of batches)
      for (const { status } of await store.commit(batch))
        if (status !== "committed") throw new Error(`a prepared change was answered with ${status}`);
  };
  await fund(credits, customers);
  await send(take());
  const decide = async () => {
    let left = operations;
    const caller = async () => {
      while (left-- > 0) await withdraw();
    };
    await Promise.all(Array.from({ length: callers }, caller));
  };
  return {
    name,
    round: async () => {
      await decide();
      const batches = take();
      return timed(operations, () => send(batches));
    },
    check: () => Promise.resolve(),
  };
}
