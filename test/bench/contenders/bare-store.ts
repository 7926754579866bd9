import type { Change, CreditStore } from "coffer/store";
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
  const sent = new Map<string, Change>();
  const { funding, next } = await decided(load);
  await send(funding);
  return {
    name,
    round: async () => {
      const batches = await next(operations);
      for (const change of batches.flat()) sent.set(`${change.key.part}/${change.key.id}`, change);
      return timed(operations, () => send(batches));
    },
    check: () => checkHeads(store, [...sent.values()]),
  };
}

const LOADED_AT_ONCE = 1_000;

/** Each wallet stands where the last change of it put it. */
async function checkHeads<Tx>(store: CreditStore<Tx>, last: readonly Change[]): Promise<void> {
  for (let from = 0; from < last.length; from += LOADED_AT_ONCE) {
    const changes = last.slice(from, from + LOADED_AT_ONCE);
    const snapshots = await store.load(changes.map(({ key }) => ({ key })));
    for (const [index, { head }] of changes.entries()) {
      const found = snapshots[index]?.head;
      if (found?.version !== head.version || found.balance !== head.balance)
        throw new Error(`a wallet holds ${found?.balance} at version ${found?.version}, not ${head.balance}`);
    }
  }
}
