import type { CreditStore } from "coffer/store";
import type { Contender } from "../measure/compare.js";
import { timed } from "../measure/drive.js";
import type { Load } from "./coffer.js";
import { type Batch, decided } from "./decided.js";

/** The store's own limit: batches that were decided beforehand, one commit after another, without an engine. */
export async function bareStore<Tx>(
  name: string,
  store: CreditStore<Tx>,
  { operations, ...load }: Load & { readonly operations: number },
): Promise<Contender> {
  const send = async (batches: readonly Batch[]) => {
    for (const batch of batches)
      for (const { status } of await store.commit(batch))
        if (status !== "committed") throw new Error(`a prepared change was answered with ${status}`);
  };
  const { funding, next } = await decided(load);
  await send(funding);
  return {
    name,
    round: async () => {
      const batches = await next(operations);
      return timed(operations, () => send(batches));
    },
    check: () => Promise.resolve(),
  };
}
