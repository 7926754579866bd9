/** What may go wrong when a change is written: laws 1 to 4. */
import { setImmediate } from "node:timers/promises";
import type { Change, CreditStore } from "coffer/store";
import type { Defect } from "./shared-memory.js";

/** The change as if it had been decided on the version that is stored now. */
async function forced(store: CreditStore, change: Change): Promise<Change> {
  const [state] = await store.load([{ key: change.key }]);
  const expect = state?.version ?? 0;
  return { ...change, expect, head: { ...change.head, version: expect + 1 } };
}

const altering = (alter: (change: Change) => Change) => (store: CreditStore) => ({
  commit: (changes: readonly Change[]) => store.commit(changes.map(alter)),
});

export const defects: readonly Defect[] = [
  {
    law: 1,
    name: "an update is lost: the version is compared before it is written",
    breaks: (store) => ({
      commit: async (changes) => {
        const states = await store.load(changes.map(({ key }) => ({ key })));
        if (changes.some(({ expect }, index) => states[index]?.version !== expect))
          return await store.commit(changes);
        await setImmediate();
        return await store.commit(await Promise.all(changes.map((change) => forced(store, change))));
      },
    }),
  },
  {
    law: 1,
    name: "a conflict is ignored: the last one wins",
    breaks: (store) => ({
      commit: async (changes) =>
        await store.commit(await Promise.all(changes.map((change) => forced(store, change)))),
    }),
  },
  {
    law: 1,
    name: "the head goes when the streams of its wallet are pruned",
    breaks: (store) => {
      let isGone = false;
      return {
        prune: async (query) => {
          isGone ||= typeof query.what === "object";
          return await store.prune(query);
        },
        load: async (reads, options) => {
          const snapshots = await store.load(reads, options);
          return isGone ? snapshots.map((one) => ({ ...one, version: 0, head: null })) : snapshots;
        },
      };
    },
  },
  {
    law: 2,
    name: "a batch is torn: records are left out",
    breaks: altering((change) => ({ ...change, records: [] })),
  },
  {
    law: 2,
    name: "a change that is refused leaves its head behind",
    breaks: (store) => ({
      commit: async (changes) => {
        try {
          return await store.commit(changes);
        } catch (error) {
          await store.commit(changes.map(({ key, expect, head }) => ({ ...empty, key, expect, head })));
          throw error;
        }
      },
    }),
  },
  {
    law: 2,
    name: "of a change with many rows the first hundred entries are written",
    breaks: altering((change) => ({ ...change, entries: change.entries.slice(0, 100) })),
  },
  {
    law: 3,
    name: "a large change is forgotten where a stale one stands before it",
    breaks: (store) => ({
      commit: async (changes) => {
        const outcomes = await store.commit(changes);
        const isStale = outcomes[0]?.status === "conflict";
        return outcomes.map((outcome, index) =>
          isStale && (changes[index]?.records.length ?? 0) > 1_000 ? { status: "busy" } : outcome,
        );
      },
    }),
  },
  {
    law: 3,
    name: "outcomes come with those that were committed first",
    breaks: (store) => ({
      commit: async (changes) => {
        const outcomes = await store.commit(changes);
        const isDone = ({ status }: { status: string }) => status === "committed";
        return [...outcomes.filter(isDone), ...outcomes.filter((outcome) => !isDone(outcome))];
      },
    }),
  },
  {
    law: 3,
    name: "one stale change stops the whole batch",
    breaks: (store) => ({
      commit: async (changes) => {
        const states = await store.load(changes.map(({ key }) => ({ key })));
        const isStale = changes.some(({ expect }, index) => states[index]?.version !== expect);
        if (!isStale) return await store.commit(changes);
        return states.map((fresh) => ({ status: "conflict", fresh }));
      },
    }),
  },
  {
    law: 4,
    name: "used keys do not matter: applied twice after a retry",
    breaks: altering((change) => ({ ...change, unused: [] })),
  },
  {
    law: 4,
    name: "only the first of the used keys is told",
    breaks: (store) => ({
      commit: async (changes) =>
        (await store.commit(changes)).map((outcome) =>
          outcome.status === "duplicate" ? { ...outcome, receipts: outcome.receipts.slice(0, 1) } : outcome,
        ),
    }),
  },
  {
    law: 4,
    name: "a key that is named twice is told twice",
    breaks: (store) => ({
      commit: async (changes) =>
        (await store.commit(changes)).map((outcome, index) => {
          if (outcome.status !== "duplicate") return outcome;
          const names = changes[index]?.unused ?? [];
          const rows = names.flatMap((name) => outcome.receipts.filter(({ key }) => key === name));
          return { ...outcome, receipts: rows };
        }),
    }),
  },
  {
    law: 4,
    name: "of many keys the first hundred are looked at",
    breaks: altering((change) => ({ ...change, unused: change.unused.slice(0, 100) })),
  },
  {
    law: 4,
    name: "a denial is confirmed though its key has a receipt",
    breaks: (store) => ({
      commit: (changes) =>
        store.commit(
          changes.map((change) => (change.receipts.length === 0 ? { ...change, unused: [] } : change)),
        ),
    }),
  },
];

const empty = {
  unused: [],
  opened: [],
  moved: [],
  records: [],
  entries: [],
  receipts: [],
  events: [],
  usage: [],
};
