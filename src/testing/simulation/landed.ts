import type { Change, CreditStore } from "../../store/contract.js";
import type { WalletKey } from "../../store/rows.js";
import type { Scheduler } from "./scheduler.js";

/** One operation in the books: the change that brought it, and the id that it has there. */
export interface LandedReceipt {
  readonly change: Change;
  readonly operationId: string;
}

/** Every change that a store has taken, as the store itself saw it: no fault stands between. */
export class Landed {
  /** In the order in which they landed. */
  readonly changes: Change[] = [];
  /** What was told of the store's own contradictions. */
  readonly problems: string[] = [];
  private readonly set = new Set<Change>();
  private readonly byWallet = new Map<string, Change[]>();
  private readonly receipts = new Map<string, LandedReceipt>();

  add(change: Change): void {
    const { key } = change;
    this.changes.push(change);
    this.set.add(change);
    const own = this.byWallet.get(key.id) ?? [];
    this.byWallet.set(key.id, own);
    own.push(change);
    for (const { key: name, operationId } of change.receipts) {
      const place = placeOf(key, name);
      if (this.receipts.has(place)) this.problems.push(`key ${name} was applied twice in wallet ${key.id}`);
      this.receipts.set(place, { change, operationId });
    }
  }

  has(change: Change): boolean {
    return this.set.has(change);
  }

  version(key: WalletKey): number {
    return this.byWallet.get(key.id)?.length ?? 0;
  }

  /** The change that brought this version. */
  at(key: WalletKey, version: number): Change | undefined {
    return this.byWallet.get(key.id)?.[version - 1];
  }

  receipt(key: WalletKey, name: string): LandedReceipt | undefined {
    return this.receipts.get(placeOf(key, name));
  }

  get wallets(): number {
    return this.byWallet.size;
  }

  get applied(): number {
    return this.receipts.size;
  }
}

function placeOf(wallet: WalletKey, key: string): string {
  return `${wallet.id} ${key}`;
}

/** Writes down what the store takes; events wait for it. */
export function observed(store: CreditStore, landed: Landed, scheduler: Scheduler): CreditStore {
  return {
    limits: store.limits,
    load: (reads, options) => scheduler.real(() => store.load(reads, options)),
    commit: async (changes, options) => {
      const outcomes = await scheduler.real(() => store.commit(changes, options));
      for (const [index, change] of changes.entries())
        if (outcomes[index]?.status === "committed") landed.add(change);
      return outcomes;
    },
    transact: async (reads, decide, options) => {
      let decided: readonly Change[] = [];
      const deciding: typeof decide = (snapshots) => {
        decided = decide(snapshots);
        return decided;
      };
      await scheduler.real(() => store.transact(reads, deciding, options));
      for (const change of decided) landed.add(change);
    },
    list: (query, options) => scheduler.real(() => store.list(query, options)),
    usage: (query, options) => scheduler.real(() => store.usage(query, options)),
    due: (query) => scheduler.real(() => store.due(query)),
    events: (query) => scheduler.real(() => store.events(query)),
    prune: (query) => scheduler.real(() => store.prune(query)),
    close: () => store.close(),
  };
}
