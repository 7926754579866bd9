/** What may go wrong where a store says no, and when it ends: laws 18 to 20. */
import { memoryStore } from "coffer/memory";
import type { CreditStore, ListQuery } from "coffer/store";
import { StoreError } from "coffer/store";
import type { Defect } from "./shared-memory.js";

type List = CreditStore["list"];

export const defects: readonly Defect[] = [
  {
    law: 18,
    name: "an error lies: transient, though the call goes on and is applied",
    breaks: (store, shared) => ({
      transact: async (reads, decide, options) => {
        const isHeld = reads.some(({ key }) => shared.isHeld(key, options?.tx));
        const done = store.transact(reads, decide, isHeld ? {} : options);
        if (!isHeld || options?.timeoutMs === undefined) return await done;
        throw new StoreError("transient", "it took too long");
      },
    }),
  },
  {
    law: 18,
    name: "a call outlives its timeout",
    breaks: (store) => ({
      transact: (reads, decide, options) => store.transact(reads, decide, { ...options, timeoutMs: 10_000 }),
    }),
  },
  {
    law: 18,
    name: "an error of the driver is passed on as it is",
    breaks: (store) => ({
      list: (async (query: ListQuery, options?: object) => {
        try {
          return await store.list(query, options);
        } catch (error) {
          throw new RangeError("driver: bad query", { cause: error });
        }
      }) as List,
    }),
  },
  {
    law: 18,
    name: "a commit is refused as transient, after it was applied",
    breaks: (store) => {
      let commits = 0;
      return {
        commit: async (changes) => {
          const outcomes = await store.commit(changes);
          commits += 1;
          if (commits % 5 === 0) throw new StoreError("transient", "the connection was lost");
          return outcomes;
        },
      };
    },
  },
  {
    law: 18,
    name: "a closed store goes on",
    breaks: () => ({ close: () => Promise.resolve() }),
  },
  {
    law: 18,
    name: "a closed store never answers",
    breaks: (store) => {
      let isClosed = false;
      return {
        close: async () => void (isClosed = true),
        due: async (query) => (isClosed ? await new Promise<never>(() => undefined) : await store.due(query)),
      };
    },
  },
  {
    law: 19,
    name: "a batch beyond the limits is taken",
    breaks: (store) => ({ limits: { ...store.limits, changesPerCommit: 10 } }),
  },
  {
    law: 19,
    name: "a batch within the limits is refused",
    breaks: (store) => ({ limits: { ...store.limits, changesPerCommit: 400 } }),
  },
  {
    law: 19,
    name: "a batch beyond the limits is cut to them",
    breaks: (store) => ({
      commit: (changes) => store.commit(changes.slice(0, store.limits.changesPerCommit)),
    }),
  },
  {
    law: 19,
    name: "a page beyond the limits is cut to them, silently",
    breaks: (store) => ({
      list: ((query: ListQuery, options?: object) =>
        store.list({ ...query, limit: Math.min(query.limit, 5_000) }, options)) as List,
    }),
  },
  {
    law: 19,
    name: "a transact across parts is said to be unsupported, and done",
    breaks: (store) => ({ limits: { ...store.limits, transactAcrossParts: false } }),
  },
  {
    law: 20,
    name: "what was acknowledged last is gone when the store is closed",
    breaks: (store, shared) => {
      let before = shared.rows.dump();
      return {
        commit: async (changes) => {
          before = shared.rows.dump();
          return await store.commit(changes);
        },
        close: async () => {
          shared.rows = memoryStore({ restore: before });
          await store.close();
        },
      };
    },
  },
];
