import type { Change, Read, Snapshot, StoreLimits } from "../store/contract.js";
import type { ListQuery, Page, RowOf, UsagePoint, UsageQuery } from "../store/queries.js";
import type { WalletKey } from "../store/rows.js";
import type { OwnAccess } from "./own-access.js";
import { type Patience, SingleTry } from "./pace.js";
import { type Decide, type StoreAccess, transactOn } from "./store-access.js";
import { asScopedError, wasNotSent } from "./store-failures.js";

/**
 * The way to the store within a transaction of the app: everything passes through it, everything is decided under lock,
 * and nothing is tried twice, since after a failure the transaction is stale or gone. Some databases have by then rolled
 * it back and would take what follows outside of any: so the first failure of the store is the answer to all that follows.
 */
export class TransactionAccess implements StoreAccess {
  private failed: { readonly error: unknown } | null = null;
  /** By wallet, the first change: the others rest on it. */
  private readonly written = new Map<string, Change>();
  /** All of them, in order: their events are told once the app has committed. */
  private readonly changes: Change[] = [];

  constructor(
    private readonly own: OwnAccess,
    private readonly tx: unknown,
  ) {}

  get limits(): StoreLimits {
    return this.own.limits;
  }

  patience(): Patience {
    return new SingleTry(this.own.timeoutMs);
  }

  load(reads: readonly Read[], patience: Patience): Promise<readonly Snapshot[]> {
    return this.send(() => this.own.store.load(reads, this.options(patience)));
  }

  list<Q extends ListQuery>(query: Q, patience: Patience): Promise<Page<RowOf[Q["kind"]]>> {
    return this.send(() => this.own.store.list(query, this.options(patience)));
  }

  usage(query: UsageQuery, patience: Patience): Promise<readonly UsagePoint[]> {
    return this.send(() => this.own.store.usage(query, this.options(patience)));
  }

  async transact(reads: readonly Read[], decide: Decide, patience: Patience): Promise<void> {
    /** What `decide` itself throws: the store passes it on, having written nothing. */
    let thrown: { readonly error: unknown } | null = null;
    let decided: readonly Change[] = [];
    const deciding: Decide = (snapshots) => {
      try {
        const changes = decide(snapshots);
        decided = changes;
        for (const change of changes)
          if (!this.written.has(change.key.id)) this.written.set(change.key.id, change);
        return changes;
      } catch (error) {
        thrown = { error };
        throw error;
      }
    };
    await this.send(
      () => transactOn(this.own.store, reads, deciding, this.options(patience)),
      (error) => thrown?.error === error,
    );
    this.changes.push(...decided);
  }

  /**
   * Seen from outside, what this transaction wrote is on its way until its end is known. A wallet may be denied by others
   * meanwhile, but no repeat of this transaction's keys is: whoever repeats them within a transaction waits for its locks,
   * and whoever repeats them outside finds the doubt that is raised here.
   */
  raiseDoubts(): void {
    for (const change of this.written.values()) this.own.doubts.raise(change);
  }

  /** The app's commit was acknowledged. */
  announce(): void {
    const announcements = this.changes.map((change) => this.own.announcer.expect(change));
    for (const announcement of announcements) announcement.committed();
  }

  /**
   * A lock does not keep out a commit of the engine that is still on its way, a newer version does: it counts as soon as
   * the app commits, and if it never does, nor does the denial. What is read here may be uncommitted, so it ends no doubt.
   */
  isInDoubt(key: WalletKey, version: number): boolean {
    return this.own.isInDoubt(key, version);
  }

  monotonicMs(): number {
    return this.own.monotonicMs();
  }

  turn(): Promise<void> {
    return this.own.turn();
  }

  failure(error: unknown): unknown {
    return asScopedError(error);
  }

  private options(patience: Patience): { readonly tx: unknown; readonly timeoutMs: number } {
    return { tx: this.tx, timeoutMs: patience.leftMs() };
  }

  private async send<Value>(
    call: () => Promise<Value>,
    isHarmless: (error: unknown) => boolean = () => false,
  ): Promise<Value> {
    if (this.failed !== null) throw this.failed.error;
    try {
      return await call();
    } catch (error) {
      if (!wasNotSent(error) && !isHarmless(error)) this.failed = { error };
      throw error;
    }
  }
}
