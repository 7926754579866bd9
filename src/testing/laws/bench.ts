import { setImmediate } from "node:timers/promises";
import type {
  Change,
  CreditStore,
  ListQuery,
  Outcome,
  Read,
  RowOf,
  Snapshot,
  WalletKey,
} from "../../store/index.js";
import { Discrepancy, shown } from "./expect.js";
import { StoreLawsMisuse } from "./misuse.js";
import type { StoreTransaction, StoreUnderTest } from "./options.js";
import { blaming } from "./violation.js";

/** A page's rows name their wallet. */
type Listed<Kind extends ListQuery["kind"]> = RowOf[Kind] & { readonly wallet: WalletKey };

/** A transaction of an app. Such options fit any store: what a `tx` is, is the store's own affair. */
type Transaction = Omit<StoreTransaction, "tx"> & { readonly options: { readonly tx: never } };

/** The store under test: a fresh one for each case. */
export class Bench {
  readonly #rollbacks = new Set<() => Promise<void>>();
  #reopened: CreditStore | undefined;

  constructor(
    private readonly subject: StoreUnderTest,
    /** For how long a case about fairness lets stores fight. */
    readonly contentionMs: number,
    private readonly opens?: () => CreditStore | Promise<CreditStore>,
  ) {}

  /** The one that goes on, where it was opened again. */
  get store(): CreditStore {
    return this.#reopened ?? this.subject.store;
  }

  get canShare(): boolean {
    return this.subject.another !== undefined;
  }

  get canBegin(): boolean {
    return this.subject.begin !== undefined;
  }

  /** A second store on the same rows, as another process sees them. */
  async another(): Promise<CreditStore> {
    const { another } = this.subject;
    if (another === undefined)
      throw new StoreLawsMisuse(
        "`isShared` is claimed, so `create` must give `another`: a second store on its rows.",
      );
    return await another();
  }

  /** Ends the store, and goes on with one that finds what it left, as the next process does. */
  async reopen(): Promise<void> {
    if (this.opens === undefined) throw new Error("a case that needs `reopen` is run only where it is given");
    await this.store.close();
    this.#reopened = await this.opens();
  }

  async begin(): Promise<Transaction> {
    const { begin } = this.subject;
    if (begin === undefined)
      throw new StoreLawsMisuse(
        "`joinsTransactions` is claimed, so `create` must give `begin`: it begins a transaction of the app.",
      );
    const { tx, commit, rollback } = await begin();
    this.#rollbacks.add(rollback);
    const ending = (end: () => Promise<void>) => async () => {
      this.#rollbacks.delete(rollback);
      await end();
    };
    return { commit: ending(commit), rollback: ending(rollback), options: { tx: tx as never } };
  }

  /** Ends what the case left open: what is held could not be removed. */
  async end(): Promise<void> {
    for (const rollback of this.#rollbacks) await rollback();
    this.#rollbacks.clear();
    await this.#reopened?.close();
  }

  /** However many a store takes at once: law 3 says that the outcomes are the same. */
  async commitAll(changes: readonly Change[], store = this.store): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const some of inChunks(changes, store.limits.changesPerCommit))
      outcomes.push(...(await store.commit(some)));
    return outcomes;
  }

  /** A part beside the first, for wallets that one transact takes: where a store's reach ends with a part, the same. */
  get secondPart(): number {
    return this.store.limits.transactAcrossParts ? 9 : 0;
  }

  /** As many of them as one transact takes: it is tried on one wallet where it takes no more. */
  fitting<Item>(items: readonly Item[]): readonly Item[] {
    return items.slice(0, this.store.limits.walletsPerTransact);
  }

  async commitOne(change: Change, store = this.store): Promise<Outcome> {
    const [outcome] = await store.commit([change]);
    if (outcome === undefined) throw new Discrepancy("expected one outcome of one change, got none");
    return outcome;
  }

  async loadOne(read: Read, store = this.store): Promise<Snapshot> {
    const [snapshot] = await store.load([read]);
    if (snapshot === undefined) throw new Discrepancy("expected one snapshot of one read, got none");
    return snapshot;
  }
}

/** In order, as many at a time as a call takes. */
export function inChunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Pages between two looks at the clock: a store in memory answers without one, and a case must end in its time. */
const PAGES_AT_ONCE = 1_000;

/** All rows of a listing, page by page. */
export async function all<Kind extends ListQuery["kind"]>(
  store: CreditStore,
  query: Omit<Extract<ListQuery, { readonly kind: Kind }>, "limit"> & { readonly kind: Kind },
  limit = 5_000,
): Promise<readonly Listed<Kind>[]> {
  const rows: Listed<Kind>[] = [];
  const positions = new Set<string>();
  let after: string | null = null;
  do {
    if (positions.size % PAGES_AT_ONCE === PAGES_AT_ONCE - 1) await setImmediate();
    // Rows of the kind that the query names, which TypeScript does not follow through `Omit`.
    const asked = { ...query, limit, ...(after === null ? {} : { after }) } as unknown as ListQuery;
    const page = await store.list(asked);
    rows.push(...(page.items as unknown as readonly Listed<Kind>[]));
    after = page.next;
    await blaming(15, () => mustBeNew(after, positions));
  } while (after !== null);
  return rows;
}

function mustBeNew(position: string | null, positions: Set<string>): void {
  if (position === null) return;
  if (positions.has(position))
    throw new Discrepancy(`expected pages that go on, got the position ${shown(position)} a second time`);
  positions.add(position);
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
