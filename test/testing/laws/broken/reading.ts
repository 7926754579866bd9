/** What may go wrong when a wallet is read: laws 5 to 7. */
import { setImmediate } from "node:timers/promises";
import type { CreditStore, Read, Snapshot } from "coffer/store";
import { nameOf } from "./shared-memory.js";
import type { Defect } from "./shared-memory.js";

type Alter = (snapshot: Snapshot, read: Read) => Snapshot;

/** Alters what is loaded outside of transactions, and what a conflict shows. */
export const loading = (alter: Alter) => (store: CreditStore) =>
  ({
    load: async (reads, options) =>
      (await store.load(reads, options)).map((snapshot, index) =>
        alter(snapshot, reads[index] ?? { key: snapshot.key }),
      ),
  }) satisfies Partial<CreditStore>;

const conflicting = (alter: (fresh: Snapshot) => Snapshot) => (store: CreditStore) =>
  ({
    commit: async (changes, options) =>
      (await store.commit(changes, options)).map((outcome) =>
        outcome.status === "conflict" ? { ...outcome, fresh: alter(outcome.fresh) } : outcome,
      ),
  }) satisfies Partial<CreditStore>;

export const defects: readonly Defect[] = [
  {
    law: 5,
    name: "heads are read in one statement and rows in the next",
    breaks: (store) => ({
      load: async (reads, options) => {
        const heads = await store.load(reads, options);
        await setImmediate();
        const rows = await store.load(reads, options);
        return rows.map((row, index) => ({ ...row, ...pickHead(heads[index] ?? row) }));
      },
    }),
  },
  {
    law: 5,
    name: "a conflict shows the new version beside no rows",
    breaks: conflicting((fresh) => ({ ...fresh, grants: [], records: [] })),
  },
  {
    law: 5,
    name: "a conflict leaves the receipts of its keys out",
    breaks: conflicting((fresh) => ({ ...fresh, asked: { ...fresh.asked, receipts: [] } })),
  },
  {
    law: 5,
    name: "lapsed grants are missing",
    breaks: loading((snapshot) => ({ ...snapshot, asked: { ...snapshot.asked, lapsed: [] } })),
  },
  {
    law: 5,
    name: "a wallet is unchanged though it is one version on",
    breaks: loading((snapshot, { unless = -1 }) =>
      unless >= 0 && unless === snapshot.version - 1
        ? { ...snapshot, unchanged: true, head: null, grants: [], records: [] }
        : snapshot,
    ),
  },
  {
    law: 6,
    name: "a stale read: what was loaded once is loaded again, whatever others commit",
    breaks: (store) => {
      const known = new Map<string, Snapshot>();
      return {
        load: async (reads, options) => {
          const snapshots = await store.load(reads, options);
          return snapshots.map((snapshot) => known.get(nameOf(snapshot.key)) ?? remembered(known, snapshot));
        },
        commit: async (changes) => {
          for (const { key } of changes) known.delete(nameOf(key));
          return await store.commit(changes);
        },
      };
    },
  },
  {
    law: 6,
    name: "a listing shows what was there one commit ago",
    breaks: (store) => ({
      list: (async (query: Parameters<CreditStore["list"]>[0]) => {
        const page = await store.list(query);
        return { ...page, items: page.items.filter((item) => !("version" in item) || item.version !== 100) };
      }) as CreditStore["list"],
    }),
  },
  {
    law: 6,
    name: "a load waits for the transaction that holds its wallet",
    breaks: (store, shared) => ({
      load: async (reads, options) => {
        if (options?.tx === undefined)
          await shared.free(
            reads.map(({ key }) => key),
            options?.timeoutMs,
          );
        return await store.load(reads, options);
      },
    }),
  },
  {
    law: 7,
    name: "receipts are forgotten after a few versions",
    breaks: loading((snapshot) =>
      snapshot.version > 20 ? { ...snapshot, asked: { ...snapshot.asked, receipts: [] } } : snapshot,
    ),
  },
  {
    law: 7,
    name: "events are pruned beyond the position that was named",
    breaks: (store) => ({
      prune: ({ what, part, before, limit }) => store.prune({ what, part, before, limit }),
    }),
  },
  {
    law: 7,
    name: "what is at the instant is pruned with what is before it",
    breaks: (store) => ({ prune: (query) => store.prune({ ...query, before: query.before + 1 }) }),
  },
  {
    law: 7,
    name: "pruning knows no limit",
    breaks: (store) => ({ prune: (query) => store.prune({ ...query, limit: 1_000 }) }),
  },
];

function pickHead({ version, head, unchanged }: Snapshot): Pick<Snapshot, "version" | "head" | "unchanged"> {
  return { version, head, unchanged };
}

function remembered(known: Map<string, Snapshot>, snapshot: Snapshot): Snapshot {
  known.set(nameOf(snapshot.key), snapshot);
  return snapshot;
}
