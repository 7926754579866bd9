/** Defects, planted between an engine and its store, that a simulation must find. */
import { type Change, type CreditStore, StoreError } from "coffer/store";

type Defect = (store: CreditStore) => CreditStore;

const copying = (store: CreditStore, changed: Partial<CreditStore>): CreditStore => ({
  limits: store.limits,
  load: (reads, options) => store.load(reads, options),
  commit: (changes, options) => store.commit(changes, options),
  transact: (reads, decide, options) => store.transact(reads, decide, options),
  list: (query, options) => store.list(query, options),
  usage: (query, options) => store.usage(query, options),
  due: (query) => store.due(query),
  events: (query) => store.events(query),
  prune: (query) => store.prune(query),
  close: () => store.close(),
  ...changed,
});

const withoutKeys = (change: Change): Change => ({ ...change, unused: [] });

/** What is unknown is taken for what never happened. */
const ambiguousAsTransient: Defect = (store) => {
  const certain = async <Value>(call: Promise<Value>): Promise<Value> => {
    try {
      return await call;
    } catch (error) {
      if (error instanceof StoreError && error.kind === "ambiguous")
        throw new StoreError("transient", error.message);
      throw error;
    }
  };
  return copying(store, {
    commit: (changes, options) => certain(store.commit(changes, options)),
    transact: (reads, decide, options) => certain(store.transact(reads, decide, options)),
  });
};

/** Nobody looks whether a key was used before. */
const receiptsForgotten: Defect = (store) =>
  copying(store, {
    load: (reads, options) =>
      store.load(
        reads.map((read) => ({ ...read, receipts: [] })),
        options,
      ),
    commit: (changes, options) => store.commit(changes.map(withoutKeys), options),
  });

/** What is cached counts as fresh for ever. */
const cacheTrusted: Defect = (store) =>
  copying(store, {
    load: async (reads, options) => {
      const snapshots = await store.load(reads, options);
      return snapshots.map((snapshot, index) => {
        const unless = reads[index]?.unless;
        return unless === undefined
          ? snapshot
          : { ...snapshot, version: unless, unchanged: true, head: null, grants: [], records: [] };
      });
    },
  });

/** A conflict is "solved" by writing what was decided on the old version over the new one. */
const lastWriterWins: Defect = (store) =>
  copying(store, {
    commit: async (changes, options) => {
      const outcomes = [...(await store.commit(changes, options))];
      for (const [index, change] of changes.entries()) {
        const outcome = outcomes[index];
        if (outcome?.status !== "conflict" || outcome.fresh.head === null) continue;
        const { version } = outcome.fresh;
        const forced = {
          ...change,
          expect: version,
          head: { ...change.head, version: version + 1 },
          entries: [],
        };
        const [again] = await store.commit([forced], options).catch(() => []);
        if (again !== undefined) outcomes[index] = again;
      }
      return outcomes;
    },
  });

/** A lost answer is answered with "committed". */
const hopeful: Defect = (store) =>
  copying(store, {
    commit: async (changes, options) => {
      try {
        return await store.commit(changes, options);
      } catch (error) {
        if (error instanceof StoreError && error.kind === "ambiguous")
          return changes.map(() => ({ status: "committed" as const }));
        throw error;
      }
    },
  });

/** A key that was used counts as done by this change. */
const duplicateAsCommitted: Defect = (store) =>
  copying(store, {
    commit: async (changes, options) => {
      const outcomes = await store.commit(changes, options);
      return outcomes.map((outcome) =>
        outcome.status === "duplicate" ? { status: "committed" as const } : outcome,
      );
    },
  });

/** A transact is tried again by itself, as if it could not have happened: under other keys it would be paid twice. */
const transactTwice: Defect = (store) =>
  copying(store, {
    transact: async (reads, decide, options) => {
      await store.transact(reads, decide, options);
      const bare = reads.map(({ key, grants = [], records = [], operations = [] }) => ({
        key,
        grants,
        records,
        operations,
      }));
      await store
        .transact(bare, (snapshots) =>
          decide(snapshots).map((change) => ({ ...change, receipts: [], unused: [] })),
        )
        .catch(() => undefined);
    },
  });

/** The last entry of a change is lost on the way. */
const entryLost: Defect = (store) =>
  copying(store, {
    commit: (changes, options) =>
      store.commit(
        changes.map((change) =>
          change.entries.length > 3 ? { ...change, entries: change.entries.slice(0, -1) } : change,
        ),
        options,
      ),
  });

/** Outcomes come in another order than the changes. */
const outcomesSwapped: Defect = (store) =>
  copying(store, {
    commit: async (changes, options) => [...(await store.commit(changes, options))].reverse(),
  });

const changing =
  (make: (change: Change) => Change): Defect =>
  (store) =>
    copying(store, {
      commit: (changes, options) => store.commit(changes.map(make), options),
      transact: (reads, decide, options) =>
        store.transact(reads, (snapshots) => decide(snapshots).map(make), options),
    });

const usageDoubled = changing((change) => ({
  ...change,
  usage: change.usage.map((delta) => ({ ...delta, amount: 2n * delta.amount })),
}));

const usageMissing = changing((change) => ({ ...change, usage: [] }));

const eventsDoubled = changing((change) => ({
  ...change,
  usage: change.usage.map((delta) => ({ ...delta, count: 2 * delta.count })),
}));

const actorsForgotten = changing((change) => ({
  ...change,
  receipts: change.receipts.map((receipt) => ({ ...receipt, actor: null })),
}));

const reasonsForgotten = changing((change) => ({
  ...change,
  receipts: change.receipts.map((receipt) => ({ ...receipt, reason: null })),
}));

export const DEFECTS: readonly (readonly [name: string, defect: Defect])[] = [
  ["an ambiguous answer is taken for a transient one", ambiguousAsTransient],
  ["receipts are never looked up", receiptsForgotten],
  ["the cache is never refreshed", cacheTrusted],
  ["a conflict is overwritten", lastWriterWins],
  ["a lost answer counts as a commit", hopeful],
  ["a duplicate counts as a commit", duplicateAsCommitted],
  ["a transact is applied twice", transactTwice],
  ["an entry of a large change is lost", entryLost],
  ["the outcomes of a batch are swapped", outcomesSwapped],
  ["the credits of usage counters are doubled", usageDoubled],
  ["usage counters are missing", usageMissing],
  ["the events of usage counters are doubled", eventsDoubled],
  ["receipts forget who asked", actorsForgotten],
  ["receipts forget why", reasonsForgotten],
];
