import type { Change, CreditStore, ListQuery, Outcome, Read, RowOf, Snapshot, WalletKey } from "coffer/store";
import { expect } from "vitest";
import type { AppTransaction, Harness, Surroundings } from "./harness.js";

/** A page's rows name their wallet. */
type Listed<Kind extends ListQuery["kind"]> = RowOf[Kind] & { readonly wallet: WalletKey };

/** The store under test: a fresh one for each test. */
export class Bench {
  readonly #harness: Harness;
  #open: Surroundings | undefined;

  constructor(harness: Harness) {
    this.#harness = harness;
  }

  async setUp(): Promise<void> {
    this.#open = await this.#harness.open();
  }

  async tearDown(): Promise<void> {
    await this.#open?.dispose();
    this.#open = undefined;
  }

  get store(): CreditStore {
    return this.#surroundings.store;
  }

  /** A second store on the same rows, as another process sees them. */
  async another(): Promise<CreditStore> {
    const { another } = this.#surroundings;
    if (another === undefined) throw new Error("only stores that are shared have another");
    return await another();
  }

  /** A transaction of an app. Such options fit any store: what a `tx` is, is the store's own affair. */
  async begin(): Promise<Omit<AppTransaction, "tx"> & { readonly options: { readonly tx: never } }> {
    const { begin } = this.#surroundings;
    if (begin === undefined) throw new Error("only stores that join transactions begin one");
    const { tx, ...ends } = await begin();
    return { ...ends, options: { tx: tx as never } };
  }

  async commitOne(change: Change, store = this.store): Promise<Outcome> {
    const [outcome] = await store.commit([change]);
    if (outcome === undefined) throw new Error("one change has one outcome");
    return outcome;
  }

  async loadOne(read: Read, store = this.store): Promise<Snapshot> {
    const [snapshot] = await store.load([read]);
    if (snapshot === undefined) throw new Error("one read has one snapshot");
    return snapshot;
  }

  get #surroundings(): Surroundings {
    if (this.#open === undefined) throw new Error("no store is open");
    return this.#open;
  }
}

/** A rejection by its kind alone. */
export function failed(kind: string): unknown {
  return expect.objectContaining({ name: "StoreError", kind });
}

/** All rows of a listing, page by page. */
export async function all<Kind extends ListQuery["kind"]>(
  store: CreditStore,
  query: Omit<Extract<ListQuery, { readonly kind: Kind }>, "limit"> & { readonly kind: Kind },
  limit = 5_000,
): Promise<readonly Listed<Kind>[]> {
  const rows: Listed<Kind>[] = [];
  let after: string | null = null;
  do {
    // Rows of the kind that the query names, which TypeScript does not follow through `Omit`.
    const asked = { ...query, limit, ...(after === null ? {} : { after }) } as unknown as ListQuery;
    const page = await store.list(asked);
    rows.push(...(page.items as unknown as readonly Listed<Kind>[]));
    after = page.next;
  } while (after !== null);
  return rows;
}

/** All that is stored in a part, to compare before and after. Counters are read of its wallets' first hour. */
export async function contents(store: CreditStore, part = 0): Promise<object> {
  const where = { part };
  const wallets = await all(store, { kind: "wallets", where });
  return {
    wallets,
    grants: await all(store, { kind: "grants", where }),
    records: await all(store, { kind: "records", where }),
    entries: await all(store, { kind: "entries", where }),
    receipts: await all(store, { kind: "receipts", where }),
    usage: await Promise.all(
      wallets.map(({ wallet }) => store.usage({ key: wallet, bounds: [0, 3_600_000] })),
    ),
    events: await store.events({ part, after: 0, limit: 1_000 }),
  };
}

/** By a text of each item, for answers whose order is nobody's promise. */
export function sortedBy<Item>(items: readonly Item[], name: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => Buffer.compare(Buffer.from(name(a)), Buffer.from(name(b))));
}
