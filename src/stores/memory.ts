import type {
  CallOptions,
  Change,
  CreditStore,
  Outcome,
  Read,
  Snapshot,
  StoreLimits,
} from "../store/contract.js";
import { StoreError } from "../store/errors.js";
import type {
  EventPage,
  ListQuery,
  Page,
  PruneQuery,
  RowOf,
  UsagePoint,
  UsageQuery,
} from "../store/queries.js";
import type { WalletKey } from "../store/rows.js";
import { commit } from "./memory/commit.js";
import { dump } from "./memory/dump.js";
import { takeLimits } from "../store/intake/limits.js";
import { reading, refuseUnknown } from "../store/intake/reading.js";
import { list } from "./memory/list.js";
import { load } from "./memory/load.js";
import { Parts } from "./memory/parts.js";
import { prune } from "./memory/prune.js";
import { restore } from "./memory/restore.js";
import { due, events } from "./memory/streams.js";
import { transact } from "./memory/transact.js";
import { usage } from "./memory/usage.js";

/** How to begin, and how much to take. */
export interface MemoryStoreOptions {
  /** What {@link MemoryStore.dump} wrote: the new store answers exactly as that one did. Default: an empty store. */
  readonly restore?: string;
  /**
   * Limits to try code against stores that take less, say `{ changesPerCommit: 1, walletsPerTransact: 1 }`. Whole
   * numbers of at least 1. Default: 1,000 changes and 64 MiB a commit, 100,000 rows a change, 64 wallets a transact,
   * of different parts too. `joinsTransactions` is always false.
   */
  readonly limits?: Partial<Omit<StoreLimits, "joinsTransactions">>;
}

/** A store that keeps everything in this process, and can be written to a text and back. */
export interface MemoryStore extends CreditStore {
  /**
   * All that is stored, as one JSON text: versioned, bigints as `{"$bigint":"12"}`, bytes as `{"$bytes":"00ff"}`.
   * Equal contents give equal texts.
   *
   * @throws {StoreError} `limit` when the text would be longer than JavaScript allows (about 500 million characters,
   * half a million withdrawals); `permanent` after `close`.
   */
  dump(): string;
}

/**
 * A store in memory: for tests, demos, simulations, and apps that keep their credits in a file of their own.
 *
 * It holds every law that one process can hold, without waiting: each call is done when it returns, and its promise
 * is settled at once. So no call times out (`timeoutMs` is ignored) and none is ever ambiguous. Nothing survives the
 * process but what `dump` gave out. `busy` is answered only for the wallets on which a `transact` is just deciding.
 *
 * Rows are copied on their way in and out: neither side can change what the other holds. The cost of a commit does
 * not grow with the wallet's history, nor the cost of a load with anything but its open grants and records.
 *
 * Where the contract leaves room: a listing `desc` of a part has its wallets in descending order, too; usage sums
 * are exact beyond 64 bits, `quantity` and `quantityFraction` have one sign, and counters that sum to zero are listed;
 * closing twice is fine; `transact` calls `decide` once more, with the receipts, if its changes name used keys.
 *
 * @throws {StoreError} For a text that cannot be restored: `unsupported` if it is of another version, `permanent` if
 * it is no dump or is damaged. `limit` for limits that are not whole numbers of at least 1.
 *
 * @example
 * import { memoryStore } from "coffer/memory";
 *
 * const store = memoryStore();
 * // … later, perhaps in another process:
 * const copy = memoryStore({ restore: store.dump() });
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return reading("memoryStore", () => {
    refuseUnknown("memoryStore", options, ["restore", "limits"]);
    return new InMemory(options);
  });
}

/** The methods are async so that every error is a rejection; none of them awaits. */
class InMemory implements MemoryStore {
  readonly limits: StoreLimits;
  readonly #parts: Parts;
  /** The wallets on which a transact is just deciding. */
  readonly #locked = new Set<string>();
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.limits = takeLimits(options.limits);
    this.#parts = options.restore === undefined ? new Parts() : restore(options.restore);
  }

  async load(reads: readonly Read[], options?: CallOptions<never>): Promise<readonly Snapshot[]> {
    this.#check(options);
    return reads.map((read) => load(this.#parts, read));
  }

  async commit(changes: readonly Change[], options?: CallOptions<never>): Promise<readonly Outcome[]> {
    this.#check(options);
    return commit(this.#parts, this.#locked, this.limits, changes);
  }

  async transact(
    reads: readonly Read[],
    decide: (snapshots: readonly Snapshot[]) => readonly Change[],
    options?: CallOptions<never>,
  ): Promise<void> {
    this.#check(options);
    transact(this.#parts, this.#locked, this.limits, reads, decide);
  }

  async list<Q extends ListQuery>(query: Q, options?: CallOptions<never>): Promise<Page<RowOf[Q["kind"]]>> {
    this.#check(options);
    // `list` gives rows of the kind that the query names, which TypeScript cannot follow through its switch.
    return list(this.#parts, query) as Page<RowOf[Q["kind"]]>;
  }

  async usage(query: UsageQuery, options?: CallOptions<never>): Promise<readonly UsagePoint[]> {
    this.#check(options);
    return usage(this.#parts, query);
  }

  async due(query: Parameters<CreditStore["due"]>[0]): Promise<readonly WalletKey[]> {
    this.#check();
    return due(this.#parts, query);
  }

  async events(query: Parameters<CreditStore["events"]>[0]): Promise<EventPage> {
    this.#check();
    return events(this.#parts, query);
  }

  async prune(query: PruneQuery): Promise<number> {
    this.#check();
    if (this.#locked.size > 0) throw new StoreError("transient", "a transact is just deciding");
    return prune(this.#parts, query);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  dump(): string {
    this.#check();
    return dump(this.#parts);
  }

  #check(options?: { readonly tx?: unknown }): void {
    if (this.#closed) throw new StoreError("permanent", "this store is closed");
    if (options?.tx !== undefined) {
      throw new StoreError("unsupported", "the memory store joins no transactions of an app");
    }
  }
}
