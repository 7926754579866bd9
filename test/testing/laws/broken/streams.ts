/** What may go wrong with counters, pages, what is due, and events: laws 14 to 17. */
import { setImmediate } from "node:timers/promises";
import type { CreditStore, EventPage, ListQuery, UsagePoint } from "coffer/store";
import { StoreError } from "coffer/store";
import { nameOf } from "./shared-memory.js";
import type { Defect, SharedMemory } from "./shared-memory.js";

type List = CreditStore["list"];
type Found = Awaited<ReturnType<List>>;

/** Alters pages outside of transactions. */
const paging = (page: (store: CreditStore, query: ListQuery) => Promise<Found>) => (store: CreditStore) => ({
  list: ((query: ListQuery, options?: object) =>
    options === undefined ? page(store, query) : store.list(query, options)) as List,
});

/** Events whose positions are given when they are written, in transactions of the app, too. */
const written = new WeakMap<SharedMemory, Map<string, number>>();

function placing(shared: SharedMemory): (wallet: string, eventNo: number) => number {
  const places = written.get(shared) ?? new Map<string, number>();
  written.set(shared, places);
  return (wallet, eventNo) => {
    const name = `${wallet} ${eventNo}`;
    const place = places.get(name) ?? places.size + 1;
    places.set(name, place);
    return place;
  };
}

const numbering = new WeakSet<SharedMemory>();

export const defects: readonly Defect[] = [
  {
    law: 14,
    name: "counters are counted twice",
    breaks: (store) => ({
      commit: (changes) =>
        store.commit(changes.map((one) => ({ ...one, usage: [...one.usage, ...one.usage] }))),
    }),
  },
  {
    law: 14,
    name: "of two deltas of one counter in a change the last one counts",
    breaks: (store) => ({
      commit: (changes) =>
        store.commit(
          changes.map((one) => {
            const counters = one.usage.map(
              (row) => [`${row.bucketAt} ${row.feature} ${row.group}`, row] as const,
            );
            return { ...one, usage: [...new Map(counters).values()] };
          }),
        ),
    }),
  },
  {
    law: 14,
    name: "counters of a change that conflicts are counted all the same",
    breaks: (store) => {
      const more = new Map<string, number>();
      return {
        commit: async (changes) => {
          const outcomes = await store.commit(changes);
          for (const [index, { key, usage }] of changes.entries())
            if (outcomes[index]?.status === "conflict")
              more.set(nameOf(key), (more.get(nameOf(key)) ?? 0) + usage.length);
          return outcomes;
        },
        usage: async (query, options) => {
          const points = await store.usage(query, options);
          const extra = more.get(nameOf(query.key)) ?? 0;
          return points.map((point): UsagePoint => ({ ...point, count: point.count + extra }));
        },
      };
    },
  },
  {
    law: 14,
    name: "counters of a change are lost when the one before it conflicted",
    breaks: (store) => {
      let hasConflicted = false;
      return {
        commit: async (changes) => {
          const outcomes = await store.commit(
            hasConflicted ? changes.map((one) => ({ ...one, usage: [] })) : changes,
          );
          hasConflicted = outcomes.some(({ status }) => status === "conflict");
          return outcomes;
        },
      };
    },
  },
  {
    law: 15,
    name: "pages skip: each one after the first begins a row late",
    breaks: paging(async (store, query) => {
      if (query.after === undefined) return await store.list(query);
      const { next } = await store.list({ ...query, limit: 1 });
      return next === null ? { items: [], next } : await store.list({ ...query, after: next });
    }),
  },
  {
    law: 15,
    name: "pages repeat: a full page is followed by its last row",
    breaks: paging(async (store, query) => {
      if (query.limit < 2) return await store.list(query);
      const page = await store.list(query);
      const shorter = await store.list({ ...query, limit: query.limit - 1 });
      return page.next === null ? page : { ...page, next: shorter.next };
    }),
  },
  {
    law: 15,
    name: "pages are counted off: what is written meanwhile moves them",
    breaks: paging(async (store, query) => {
      const { after, ...rest } = query;
      const { items } = await store.list({ ...rest, limit: 5_000 });
      const start = Number(after ?? 0);
      const end = start + query.limit;
      return { items: items.slice(start, end), next: end < items.length ? String(end) : null };
    }),
  },
  {
    law: 15,
    name: "the order of a backward listing is forgotten",
    breaks: paging((store, query) =>
      store.list(query.kind === "entries" ? { ...query, order: "asc" } : query),
    ),
  },
  {
    law: 16,
    name: "what is due just now is not due",
    breaks: (store) => ({ due: (query) => store.due({ ...query, before: query.before - 1 }) }),
  },
  {
    law: 16,
    name: "what is due is early by a millisecond",
    breaks: (store) => ({ due: (query) => store.due({ ...query, before: query.before + 1 }) }),
  },
  {
    law: 16,
    name: "what was given as due once is forgotten",
    breaks: (store) => {
      const given = new Set<string>();
      return {
        due: async (query) => {
          const keys = (await store.due(query)).filter((key) => !given.has(nameOf(key)));
          for (const key of keys) given.add(nameOf(key));
          return keys;
        },
      };
    },
  },
  {
    law: 17,
    name: "events are numbered when they are written, not when they are seen",
    breaks: (store, shared) => {
      const place = placing(shared);
      const number = (changes: Parameters<CreditStore["commit"]>[0]) => {
        for (const { key, events } of changes)
          for (const { eventNo } of events.toSorted((a, b) => a.eventNo - b.eventNo))
            place(nameOf(key), eventNo);
        return changes;
      };
      return {
        commit: (changes) => store.commit(number(changes)),
        transact: (reads, decide, options) =>
          store.transact(reads, (states) => number(decide(states)), options),
        events: async ({ part, after, limit }): Promise<EventPage> => {
          const { items } = await store.events({ part, after: 0, limit: 1_000 });
          const placed = items.map((item) => ({
            ...item,
            position: place(nameOf(item.wallet), item.eventNo),
          }));
          const page = placed
            .filter(({ position }) => position > after)
            .toSorted((a, b) => a.position - b.position)
            .slice(0, limit);
          return { items: page, next: page.at(-1)?.position ?? after };
        },
      };
    },
  },
  {
    law: 17,
    name: "two readers at once number the same events, and one of them fails",
    breaks: (store, shared) => ({
      events: async (query) => {
        if (numbering.has(shared)) throw new StoreError("permanent", "duplicate key");
        numbering.add(shared);
        await setImmediate();
        numbering.delete(shared);
        return await store.events(query);
      },
    }),
  },
  {
    law: 17,
    name: "events of a wallet come in the order in which a change names them",
    breaks: (store) => ({
      events: async (query) => {
        const { items, next } = await store.events(query);
        const turned = items
          .toReversed()
          .map((item, index) => ({ ...item, position: items[index]?.position ?? 0 }));
        return { items: turned, next };
      },
    }),
  },
  {
    law: 17,
    name: "a reader is moved on past what it was not given",
    breaks: (store) => ({
      events: async (query) => {
        const page = await store.events(query);
        const { next } = await store.events({ ...query, limit: 1_000 });
        return { ...page, next };
      },
    }),
  },
];
