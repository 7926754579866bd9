import type { Change, CreditStore } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { ReceiptRow, WalletKey } from "../../store/rows.js";
import type { Scheduler } from "./scheduler.js";

/** One operation in the books, and the change that brought it. */
export interface LandedReceipt {
  readonly change: Change;
  readonly row: ReceiptRow;
}

/** Every change that a store has taken, as the store itself saw it: no fault stands between. */
export class Landed {
  /** In the order in which they landed; of those under way at once, in one that their wallets' versions allow. */
  readonly changes: Change[] = [];
  /** What was told of the store's own contradictions. */
  readonly problems: string[] = [];
  /** Changes that the store refused, since their version had passed. */
  conflicts = 0;
  private readonly set = new Set<Change>();
  private readonly byWallet = new Map<string, Change[]>();
  /** By wallet, the version that `changes` has come to; and what waits for an older version to be written down. */
  private readonly ordered = new Map<string, number>();
  private readonly unordered: (readonly Change[])[] = [];
  private readonly receipts = new Map<string, LandedReceipt>();

  /** @param together Changes of one transaction. */
  add(together: readonly Change[]): void {
    for (const change of together) this.write(change);
    this.unordered.push(together);
    for (let next = this.nextInOrder(); next >= 0; next = this.nextInOrder())
      for (const change of this.unordered.splice(next, 1).flat()) {
        this.changes.push(change);
        this.ordered.set(change.key.id, change.head.version);
      }
  }

  /** Of answers that come at once the store does not tell which came first: a wallet's versions do. */
  private nextInOrder(): number {
    return this.unordered.findIndex((together) =>
      together.every(({ key, head }) => (this.ordered.get(key.id) ?? 0) === head.version - 1),
    );
  }

  private write(change: Change): void {
    const { key, head } = change;
    this.set.add(change);
    const own = this.byWallet.get(key.id) ?? [];
    this.byWallet.set(key.id, own);
    own[head.version - 1] = change;
    for (const row of change.receipts) {
      const place = placeOf(key, row.key);
      if (this.receipts.has(place))
        this.problems.push(`key ${row.key} was applied twice in wallet ${key.id}`);
      this.receipts.set(place, { change, row });
    }
  }

  /** A store that gives up where no fault was planned does less than it owes, however right its books are. */
  failed(method: string, error: unknown): void {
    if (error instanceof StoreError && error.kind !== "permanent" && error.kind !== "unsupported") return;
    const what = `the store itself failed a ${method}: ${String(error)}`;
    if (!this.problems.includes(what)) this.problems.push(what);
  }

  has(change: Change): boolean {
    return this.set.has(change);
  }

  /** The newest that is known of: with several calls under way at once, the store may have a newer one. */
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

/** Writes down what the store takes, and what it refuses; events wait for it. */
export function observed(store: CreditStore, landed: Landed, scheduler: Scheduler): CreditStore {
  const real = async <Value>(method: string, call: () => Promise<Value>): Promise<Value> => {
    try {
      return await scheduler.real(call);
    } catch (error) {
      landed.failed(method, error);
      throw error;
    }
  };
  return {
    limits: store.limits,
    load: (reads, options) => real("load", () => store.load(reads, options)),
    commit: async (changes, options) => {
      const outcomes = await real("commit", () => store.commit(changes, options));
      for (const [index, change] of changes.entries()) {
        const status = outcomes[index]?.status;
        if (status === "committed") landed.add([change]);
        if (status === "conflict") landed.conflicts++;
      }
      return outcomes;
    },
    transact: async (reads, decide, options) => {
      let decided: readonly Change[] = [];
      let thrown: unknown;
      const deciding: typeof decide = (snapshots) => {
        try {
          decided = decide(snapshots);
        } catch (error) {
          thrown = error;
          throw error;
        }
        return decided;
      };
      try {
        await scheduler.real(() => store.transact(reads, deciding, options));
      } catch (error) {
        if (error !== thrown) landed.failed("transact", error);
        throw error;
      }
      landed.add(decided);
    },
    list: (query, options) => real("list", () => store.list(query, options)),
    usage: (query, options) => real("usage", () => store.usage(query, options)),
    due: (query) => real("due", () => store.due(query)),
    events: (query) => real("events", () => store.events(query)),
    prune: (query) => real("prune", () => store.prune(query)),
    close: () => store.close(),
  };
}
