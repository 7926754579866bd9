import type { Catalog } from "../catalog/define.js";
import { show } from "../catalog/parse-input.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { WalletKey } from "../store/rows.js";
import type { ScopedCreditEngine } from "./api.js";
import type { WalletMemory } from "./cache.js";
import type { EngineParts } from "./engine-parts.js";
import type { Lifetime } from "./lifetime.js";
import { NO_BOUNDS, Queue } from "./queue.js";
import { Services } from "./services.js";
import { UnderLock } from "./settle-under-lock.js";
import { TransactionAccess } from "./transaction-access.js";
import { creditVerbs } from "./verbs.js";

/** The verbs of an engine within one transaction of the app. */
export function scopedEngine<C extends Catalog>(parts: EngineParts, tx: unknown): ScopedCreditEngine<C> {
  const { handles, rates, cache: parentCache } = parts;
  if (!parts.access.limits.joinsTransactions)
    throw new CreditError("unsupported", "withTransaction: this store cannot join a transaction of the app.");
  // Without one, the store would write at once, beside the app's transaction.
  if (tx === undefined || tx === null)
    throw invalidInput(`withTransaction: give the transaction that the app has begun; got ${show(tx)}.`);
  const access = new TransactionAccess(parts.access, tx);
  const cache = new TouchedWallets(parentCache);
  const lifetime = new ScopeLifetime(parts.lifetime);
  const settler = new UnderLock({ access, cache, now: handles.now });
  const end = (after: () => void) => {
    if (!lifetime.end()) return;
    cache.dropAll();
    after();
  };
  return {
    ...creditVerbs<C>(
      new Services({ handles, access, cache, settler, lifetime, rates, queue: new Queue(NO_BOUNDS) }),
    ),
    committed: () => end(() => access.announce()),
    rolledBack: () => end(() => access.raiseDoubts()),
  };
}

/** Remembers no wallet, since all may yet be rolled back, and makes the engine forget those that were touched. */
class TouchedWallets implements WalletMemory {
  private readonly touched = new Map<string, WalletKey>();

  constructor(private readonly parent: WalletMemory) {}

  get(key: WalletKey): undefined {
    this.drop(key);
  }

  getSince(key: WalletKey): undefined {
    this.drop(key);
  }

  put(key: WalletKey): void {
    this.drop(key);
  }

  drop(key: WalletKey): void {
    this.touched.set(key.id, key);
    this.parent.drop(key);
  }

  receipt(): undefined {
    return undefined;
  }

  keepReceipts(): void {
    // What is read or written here may not be committed.
  }

  dropAll(): void {
    for (const key of this.touched.values()) this.parent.drop(key);
  }
}

/** One verb at a time, in the order in which they came: they share one connection. */
class ScopeLifetime implements Lifetime {
  private last: Promise<unknown> = Promise.resolve();
  private hasEnded = false;

  constructor(private readonly parent: Lifetime) {}

  during<Value>(verb: () => Promise<Value>): Promise<Value> {
    return this.parent.during(() => {
      const turn = this.last.then(() => this.run(verb));
      this.last = turn.catch(() => undefined);
      return turn;
    });
  }

  /** @returns whether it had not ended yet. */
  end(): boolean {
    const isFirst = !this.hasEnded;
    this.hasEnded = true;
    return isFirst;
  }

  private async run<Value>(verb: () => Promise<Value>): Promise<Value> {
    if (!this.hasEnded) return verb();
    throw new CreditError(
      "unsupported",
      "This transaction has ended; call withTransaction with another one, or use the engine itself.",
    );
  }
}
