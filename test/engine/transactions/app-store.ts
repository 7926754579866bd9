import { memoryStore } from "coffer/memory";
import { type CallOptions, type Change, type CreditStore, StoreError } from "coffer/store";

/** A transaction of a made-up app: what was written in it, in order, until it ends. */
export interface AppTransaction {
  readonly changes: Change[];
  /** Wallets that it holds. */
  readonly locks: Set<string>;
}

export interface AppStore extends CreditStore<AppTransaction> {
  begin(): AppTransaction;
  commit(changes: readonly Change[], options?: object): ReturnType<CreditStore["commit"]>;
  end(tx: AppTransaction, how: "commit" | "rollback"): Promise<void>;
  /** Every call within a transaction, with the wallets that it read. */
  readonly calls: { readonly name: string; readonly wallets: readonly string[] }[];
  /** Fails the next call within a transaction. */
  fail(error: Error): void;
  /** Calls outside of any transaction; a "probe" is a load of a wallet that is known. */
  readonly outside: string[];
}

/** A store in memory that joins the app's transactions: one connection each, and locks until their end. */
export function appStore(): AppStore {
  const main = memoryStore();
  const open = new Set<AppTransaction>();
  const calls: AppStore["calls"] = [];
  const outside: string[] = [];
  const failures: Error[] = [];
  let underWay = 0;

  /** What the transaction sees: the latest that is committed, and its own writes. */
  async function viewOf(tx: AppTransaction): Promise<ReturnType<typeof memoryStore>> {
    const view = memoryStore({ restore: main.dump() });
    for (const change of tx.changes) await view.commit([change]);
    return view;
  }
  const isLocked = (id: string, but?: AppTransaction) =>
    [...open].some((tx) => tx !== but && tx.locks.has(id));

  async function within<Value>(
    tx: AppTransaction,
    name: string,
    wallets: readonly string[],
    run: (view: ReturnType<typeof memoryStore>) => Promise<Value>,
  ): Promise<Value> {
    if (!open.has(tx)) throw new Error("this transaction has ended");
    if (underWay > 0) throw new Error("two calls at once on one connection");
    calls.push({ name, wallets });
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    underWay++;
    try {
      await new Promise(setImmediate);
      return await run(await viewOf(tx));
    } finally {
      underWay--;
    }
  }

  return {
    limits: { ...main.limits, joinsTransactions: true },
    calls,
    outside,
    fail: (error) => failures.push(error),
    begin: () => {
      const tx = { changes: [], locks: new Set<string>() };
      open.add(tx);
      return tx;
    },
    end: async (tx, how) => {
      open.delete(tx);
      if (how === "rollback") return;
      for (const change of tx.changes) {
        const [outcome] = await main.commit([change]);
        if (outcome?.status !== "committed") throw new Error(`the app's commit met ${outcome?.status}`);
      }
    },
    load: async (reads, options?: CallOptions<AppTransaction>) => {
      const ids = reads.map(({ key }) => key.id);
      if (options?.tx !== undefined) return within(options.tx, "load", ids, (view) => view.load(reads));
      outside.push(reads.some(({ unless }) => unless === undefined) ? "load" : "probe");
      return main.load(reads);
    },
    commit: async (changes) => {
      outside.push("commit");
      const free = changes.filter(({ key }) => !isLocked(key.id));
      const outcomes = await main.commit(free);
      return changes.map((change) => outcomes[free.indexOf(change)] ?? { status: "busy" });
    },
    transact: async (reads, decide, options?: CallOptions<AppTransaction>) => {
      const { tx } = options ?? {};
      const ids = reads.map(({ key }) => key.id);
      if (ids.some((id) => isLocked(id, tx))) throw new StoreError("transient", "held by a transaction");
      if (tx === undefined) {
        outside.push("transact");
        return main.transact(reads, decide);
      }
      return within(tx, "transact", ids, async (view) => {
        for (const id of ids) tx.locks.add(id);
        let decided: readonly Change[] = [];
        await view.transact(reads, (snapshots) => (decided = decide(snapshots)));
        tx.changes.push(...decided);
      });
    },
    list: async (query, options?: CallOptions<AppTransaction>) => {
      if (options?.tx !== undefined) return within(options.tx, "list", [], (view) => view.list(query));
      outside.push("list");
      return main.list(query);
    },
    usage: async (query, options?: CallOptions<AppTransaction>) =>
      options?.tx === undefined
        ? main.usage(query)
        : within(options.tx, "usage", [], (view) => view.usage(query)),
    due: (query) => main.due(query),
    events: (query) => main.events(query),
    prune: (query) => main.prune(query),
    close: () => main.close(),
  };
}
