/** What may go wrong where several want one wallet: laws 9 to 13. */
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Change, CreditStore, Snapshot } from "coffer/store";
import { StoreError } from "coffer/store";
import { nameOf } from "./shared-memory.js";
import type { AppTransaction, Defect, SharedMemory } from "./shared-memory.js";

type Transact = CreditStore["transact"];

/** Only outside of transactions of the app. */
const outside = (store: CreditStore, transact: Transact): Partial<CreditStore> => ({
  transact: (reads, decide, options) =>
    options?.tx === undefined ? transact(reads, decide, options) : store.transact(reads, decide, options),
});

/** Only in them. */
const inside = (
  store: CreditStore,
  transact: (...args: [...Parameters<Transact>, AppTransaction]) => Promise<void>,
): Partial<CreditStore> => ({
  transact: (reads, decide, options) =>
    options?.tx === undefined
      ? store.transact(reads, decide, options)
      : transact(reads, decide, options, options.tx),
});

function keysOf(changes: readonly { readonly key: Change["key"] }[]) {
  return changes.map(({ key }) => key);
}

/** Locks that belong to all stores on the same rows. */
const locks = new WeakMap<SharedMemory, Map<string, Promise<void>>>();

async function locked(shared: SharedMemory, name: string): Promise<() => void> {
  const all = locks.get(shared) ?? new Map<string, Promise<void>>();
  locks.set(shared, all);
  const before = all.get(name);
  let release = () => undefined as void;
  all.set(name, new Promise((done) => (release = done)));
  await before;
  return release;
}

let stores = 0;

export const defects: readonly Defect[] = [
  {
    law: 9,
    name: "a batch waits for one locked wallet",
    breaks: (store, shared) => ({
      commit: async (changes, options) => {
        await shared.free(keysOf(changes), options?.timeoutMs);
        return await store.commit(changes);
      },
    }),
  },
  {
    law: 9,
    name: "one locked wallet makes a whole batch busy",
    breaks: (store, shared) => ({
      commit: async (changes) =>
        changes.some(({ key }) => shared.isHeld(key))
          ? changes.map(() => ({ status: "busy" as const }))
          : await store.commit(changes),
    }),
  },
  {
    law: 10,
    name: "transact writes the first of its changes and leaves the rest",
    breaks: (store) =>
      outside(store, (reads, decide) => store.transact(reads, (snapshots) => decide(snapshots).slice(0, 1))),
  },
  {
    law: 10,
    name: "transact loads, decides, and writes without a look at the version",
    breaks: (store) =>
      outside(store, async (reads, decide) => {
        const snapshots = await store.load(reads);
        await setImmediate();
        const changes = decide(snapshots);
        await store.transact(reads, (now) => changes.map((change) => onTopOf(now, change)));
      }),
  },
  {
    law: 10,
    name: "transact writes though `decide` threw",
    breaks: (store) =>
      outside(store, async (reads, decide) => {
        let failure: { readonly error: unknown } | undefined;
        await store.transact(reads, (snapshots) => {
          try {
            return decide(snapshots);
          } catch (error) {
            failure = { error };
            return snapshots.flatMap(({ key, version, head }) =>
              head === null
                ? []
                : [{ ...nothing, key, expect: version, head: { ...head, version: version + 1 } }],
            );
          }
        });
        if (failure !== undefined) throw failure.error;
      }),
  },
  {
    law: 11,
    name: "a transaction does not see what it wrote",
    breaks: (store) => ({ load: (reads) => store.load(reads) }),
  },
  {
    law: 11,
    name: "a listing in a transaction does not see what it wrote",
    breaks: (store) => ({ list: (query) => store.list(query) }),
  },
  {
    law: 11,
    name: "what a transaction writes is seen outside, and stays",
    breaks: (store) => inside(store, (reads, decide) => store.transact(reads, decide)),
  },
  {
    law: 11,
    name: "plain reads under REPEATABLE READ: a joined transact decides on what it read before",
    breaks: (store) => {
      const seen = new WeakMap<object, Map<string, Snapshot>>();
      return {
        load: async (reads, options) => {
          const snapshots = await store.load(reads, options);
          if (options?.tx !== undefined)
            seen.set(options.tx, new Map(snapshots.map((one) => [nameOf(one.key), one])));
          return snapshots;
        },
        ...inside(store, (reads, decide, options, tx) =>
          store.transact(
            reads,
            (snapshots) => {
              const old = snapshots.map((one) => seen.get(tx)?.get(nameOf(one.key)) ?? one);
              return decide(old).map((change) => onTopOf(snapshots, change));
            },
            options,
          ),
        ),
      };
    },
  },
  {
    law: 12,
    name: "the first store goes first, always",
    breaks: (store) => {
      const isFirst = stores++ % 6 === 0 || stores % 6 === 2;
      return outside(store, async (reads, decide, options) => {
        await (isFirst ? setImmediate() : setTimeout(20));
        await store.transact(reads, decide, options);
      });
    },
  },
  {
    law: 13,
    name: "wallets are locked in the order in which they are named",
    breaks: (store, shared) =>
      outside(store, async (reads, decide, options) => {
        const releases: (() => void)[] = [];
        for (const { key } of reads) {
          releases.push(await locked(shared, nameOf(key)));
          await setImmediate();
        }
        try {
          await store.transact(reads, decide, options);
        } finally {
          for (const release of releases) release();
        }
      }),
  },
  {
    law: 13,
    name: "wallets are locked in any order, and held while it waits for the next",
    breaks: (store, shared) =>
      outside(store, async (reads, decide, options) => {
        const { tx, rollback } = shared.begin();
        for (const { key } of reads.toReversed()) {
          await shared.free([key], options?.timeoutMs, tx as AppTransaction);
          (tx as AppTransaction).held.add(nameOf(key));
        }
        await rollback();
        await store.transact(reads, decide, options);
      }),
  },
  {
    law: 13,
    name: "what the database ended by force is called permanent",
    breaks: (store, shared) => {
      let isBusy = false;
      return outside(store, async (reads, decide, options) => {
        if (isBusy && reads.length > 1) throw new StoreError("permanent", "deadlock found");
        isBusy = true;
        await setImmediate();
        await shared.free(keysOf(reads), options?.timeoutMs);
        isBusy = false;
        await store.transact(reads, decide, options);
      });
    },
  },
];

function onTopOf(snapshots: readonly Snapshot[], change: Change): Change {
  const now = snapshots.find(({ key }) => nameOf(key) === nameOf(change.key));
  const expect = now?.version ?? change.expect;
  return { ...change, expect, head: { ...change.head, version: expect + 1 } };
}

const nothing = {
  unused: [],
  opened: [],
  moved: [],
  records: [],
  entries: [],
  receipts: [],
  events: [],
  usage: [],
};
