/** What may be missing when a store of a single process is opened again: law 20. */
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { nameOf } from "./shared-memory.js";
import type { Defect, SharedMemory } from "./shared-memory.js";

const openings = new WeakMap<SharedMemory, number>();

/** Whether it is the first store on these rows. Ask once for each store. */
function isFirst(shared: SharedMemory): boolean {
  const count = (openings.get(shared) ?? 0) + 1;
  openings.set(shared, count);
  return count === 1;
}

/** Calls that are not on the disk yet when the store is closed right after them. */
const unsaved =
  (method: "transact" | "prune") =>
  (store: CreditStore, shared: SharedMemory): Partial<CreditStore> => {
    let saved: string | null = null;
    const saving = async (commit: () => ReturnType<CreditStore["commit"]>) => {
      saved = null;
      return await commit();
    };
    return {
      commit: (changes) => saving(() => store.commit(changes)),
      [method]: (...args: never[]) => {
        saved = shared.rows.dump();
        return (store[method] as (...args: never[]) => unknown)(...args);
      },
      close: async () => {
        if (saved !== null) shared.rows = memoryStore({ restore: saved });
        await store.close();
      },
    };
  };

export const defects: readonly Defect[] = [
  {
    law: 20,
    name: "what a transact wrote last is gone when the file is opened again",
    breaks: unsaved("transact"),
  },
  { law: 20, name: "what was pruned last is back when the file is opened again", breaks: unsaved("prune") },
  {
    law: 20,
    name: "counters are kept by the process, not by the file",
    breaks: (_, shared) => (isFirst(shared) ? {} : { usage: () => Promise.resolve([]) }),
  },
  {
    law: 20,
    name: "used keys are known to the process that used them",
    breaks: (store, shared) =>
      isFirst(shared)
        ? {}
        : { commit: (changes) => store.commit(changes.map((change) => ({ ...change, unused: [] }))) },
  },
  {
    law: 20,
    name: "the next process begins to count events anew",
    breaks: (store) => {
      const places = new Map<string, number>();
      return {
        events: async ({ part, after, limit }) => {
          const { items } = await store.events({ part, after: 0, limit: 1_000 });
          const placed = items.map((item) => {
            const name = `${nameOf(item.wallet)} ${item.eventNo}`;
            places.set(name, places.get(name) ?? places.size + 1);
            return { ...item, position: places.get(name) ?? 0 };
          });
          const page = placed.filter(({ position }) => position > after).slice(0, limit);
          return { items: page, next: page.at(-1)?.position ?? after };
        },
      };
    },
  },
  {
    law: 20,
    name: "what is closed is not written to the file",
    breaks: (store, shared) =>
      isFirst(shared)
        ? {}
        : {
            load: async (reads, options) =>
              (await store.load(reads, options)).map((snapshot) => ({
                ...snapshot,
                asked: { ...snapshot.asked, grants: snapshot.asked.grants.filter(({ open }) => open) },
              })),
          },
  },
];
