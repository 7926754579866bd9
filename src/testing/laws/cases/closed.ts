import type { CreditStore } from "../../../store/index.js";
import type { Cases } from "../cases.js";
import { expectRefusal } from "../expect.js";
import { change, key } from "../rows.js";

const CALLS: readonly (readonly [method: string, call: (store: CreditStore) => Promise<unknown>])[] = [
  ["load", (store) => store.load([{ key: key() }])],
  ["commit", (store) => store.commit([change(key(), 1)])],
  ["transact", (store) => store.transact([{ key: key() }], () => [change(key(), 1)])],
  ["list", (store) => store.list({ kind: "wallets", where: { part: 0 }, limit: 1 })],
  ["usage", (store) => store.usage({ key: key(), bounds: [0, 1] })],
  ["due", (store) => store.due({ before: 1, parts: [0], limit: 1 })],
  ["events", (store) => store.events({ part: 0, after: 0, limit: 1 })],
  ["prune", (store) => store.prune({ what: "events", part: 0, before: 1, limit: 1 })],
];

/** Law 18 on a store that was closed: each call is refused for good, and none waits for ever. */
export function closed(cases: Cases): void {
  const law = cases.law(18, "a closed store refuses every call for good");
  law.holdsForEach(
    CALLS,
    ([method]) => method,
    async ({ store }, [, call]) => {
      await store.commit([change(key(), 0)]);
      await store.close();
      await expectRefusal(call(store), "permanent");
    },
  );
}
