import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import type { CallOptions, Change, CreditStore, Outcome, Read, Snapshot, WalletKey } from "coffer/store";
import type { StoreTransaction, StoreUnderTest } from "coffer/testing";

type Decide = (snapshots: readonly Snapshot[]) => readonly Change[];

/** Small, so that what lies beyond them is quickly made. */
const LIMITS = {
  changesPerCommit: 300,
  rowsPerChange: 5_100,
  bytesPerCommit: 1_000_000,
  walletsPerTransact: 8,
};
const TIMEOUT_MS = 10_000;

export const nameOf = ({ part, id }: WalletKey) => `${part}/${id}`;

/** A transaction of an app: what it wrote so far, and the wallets that it holds. */
export class AppTransaction {
  readonly written: (readonly Change[])[] = [];
  readonly held = new Set<string>();
}

/**
 * A memory store that several stores share as processes share a database, with transactions of an app that hold
 * single wallets. It holds every law, and takes no time: what is broken is broken on top of it.
 */
export class SharedMemory {
  rows = memoryStore({ limits: LIMITS });
  readonly #transactions = new Set<AppTransaction>();
  #waiting: (() => void)[] = [];

  begin(): StoreTransaction {
    const tx = new AppTransaction();
    this.#transactions.add(tx);
    const end = () => {
      this.#transactions.delete(tx);
      for (const wake of this.#waiting.splice(0)) wake();
    };
    const commit = async () => {
      for (const changes of tx.written) await this.rows.transact(readsOf(changes), () => changes);
      end();
    };
    return { tx, commit, rollback: () => Promise.resolve(end()) };
  }

  isHeld(key: WalletKey, but?: AppTransaction): boolean {
    return [...this.#transactions].some((tx) => tx !== but && tx.held.has(nameOf(key)));
  }

  /** Until nobody else holds any of them. */
  async free(keys: readonly WalletKey[], timeoutMs = TIMEOUT_MS, but?: AppTransaction): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (keys.some((key) => this.isHeld(key, but))) {
      const left = until - performance.now();
      if (left <= 0) throw new StoreError("transient", "a wallet is held");
      await new Promise<void>((wake) => {
        this.#waiting.push(wake);
        setTimeout(wake, left);
      });
    }
  }

  /** What a transaction sees: the latest that is committed, and what it wrote. */
  async seenBy(tx: AppTransaction): Promise<CreditStore> {
    const copy = memoryStore({ restore: this.rows.dump(), limits: LIMITS });
    for (const changes of tx.written) await copy.transact(readsOf(changes), () => changes);
    return copy;
  }

  /** One more store on the rows. */
  connect(): CreditStore {
    let isClosed = false;
    const open = () => {
      if (isClosed) throw new StoreError("permanent", "this store is closed");
      return this.rows;
    };
    const seen = async (options?: CallOptions<never>) =>
      options?.tx === undefined ? open() : await this.seenBy(options.tx);
    return {
      limits: { ...this.rows.limits, joinsTransactions: true },
      load: async (reads, options) => await (await seen(options)).load(reads),
      list: async (query, options) => await (await seen(options)).list(query),
      usage: async (query, options) => await (await seen(options)).usage(query),
      due: async (query) => await open().due(query),
      events: async (query) => await open().events(query),
      prune: async (query) => await open().prune(query),
      commit: async (changes) => await this.#commit(open(), changes),
      transact: async (reads, decide, options) => await this.#transact(open(), reads, decide, options),
      close: async () => void (isClosed = true),
    };
  }

  async #commit(rows: CreditStore, changes: readonly Change[]): Promise<readonly Outcome[]> {
    const free = changes.filter(({ key }) => !this.isHeld(key));
    const outcomes = [...(await rows.commit(free))];
    return changes.map(
      (change) => (free.includes(change) ? outcomes.shift() : undefined) ?? { status: "busy" },
    );
  }

  async #transact(rows: CreditStore, reads: readonly Read[], decide: Decide, options?: CallOptions<never>) {
    const tx = options?.tx as AppTransaction | undefined;
    const keys = reads.map(({ key }) => key);
    await this.free(keys, options?.timeoutMs, tx);
    if (tx === undefined) return await rows.transact(reads, decide);
    for (const key of keys) tx.held.add(nameOf(key));
    const seen = await this.seenBy(tx);
    let changes: readonly Change[] = [];
    await seen.transact(reads, (snapshots) => (changes = decide(snapshots)));
    tx.written.push(changes);
  }
}

function readsOf(changes: readonly Change[]): readonly Read[] {
  return changes.map(({ key }) => ({ key }));
}

/** A store, and others on its rows. */
interface Connectable extends StoreUnderTest {
  readonly connect: () => CreditStore;
}

/** A store on shared memory in which something is broken: every store on it is. */
export function under(defect: Defect["breaks"]): Connectable {
  const shared = new SharedMemory();
  const connect = () => {
    const store = shared.connect();
    return Object.assign(store, defect({ ...store }, shared));
  };
  return {
    connect,
    store: connect(),
    another: () => Promise.resolve(connect()),
    begin: () => Promise.resolve(shared.begin()),
  };
}

/** The same, of which only one process makes use at a time, as of a file. */
export function aloneUnder(defect: Defect["breaks"]): Connectable {
  const { connect, store, begin } = under(defect);
  return { connect, store, ...(begin === undefined ? {} : { begin }) };
}

/** What is wrong with a store, and the law that it breaks. */
export interface Defect {
  readonly law: number;
  readonly name: string;
  /** What replaces the methods of a store that is right. */
  readonly breaks: (store: CreditStore, shared: SharedMemory) => Partial<CreditStore>;
}

export const ALONE = { isShared: false, hasRowLocks: false, joinsTransactions: true };
export const CAPABILITIES = { isShared: true, hasRowLocks: true, joinsTransactions: true };
