import type { Change, CreditStore, Outcome, Read, Snapshot, StoreLimits } from "../store/contract.js";
import type { ListQuery, Page, RowOf, UsagePoint, UsageQuery } from "../store/queries.js";
import type { WalletKey } from "../store/rows.js";
import { Committer } from "./committer.js";
import { Doubts } from "./doubts.js";
import type { Announcement, Announcer } from "./events/announcer.js";
import { Deadline, type Pace, type Patience } from "./pace.js";
import { type CommittingAccess, type Decide, transactOn } from "./store-access.js";
import { asCreditError, mayHaveHappened } from "./store-failures.js";

/**
 * The engine's own way to its store: in groups, within its time, and aware of the changes whose answers were lost.
 *
 * Those of a `transact` are in doubt like those of a commit. A store with locks holds them until such a transaction has
 * ended, so that whoever decides under the lock sees its outcome; but readers do not wait for locks, and a store without
 * locks writes conditionally, like a commit. A transfer changes both wallets or none: a newer version of either refuses it.
 */
export class OwnAccess implements CommittingAccess {
  readonly doubts: Doubts = new Doubts();
  /** Each commits wallets of its own parts: those of one customer never travel apart. */
  private readonly committers: readonly [Committer, ...Committer[]];
  /** A birth may wait for the same wallet's birth in an open transaction of an app: that is to hold up births only. */
  private readonly births: Committer;

  constructor(
    readonly store: CreditStore<unknown>,
    private readonly pace: Pace,
    readonly timeoutMs: number,
    readonly announcer: Announcer,
  ) {
    const { commitsAtOnce = 1 } = store.limits;
    const others = Array.from({ length: commitsAtOnce - 1 }, () => new Committer(store));
    this.committers = [new Committer(store), ...others];
    this.births = commitsAtOnce > 1 ? new Committer(store) : this.committers[0];
  }

  get limits(): StoreLimits {
    return this.store.limits;
  }

  patience(): Patience {
    return new Deadline(this.pace, this.timeoutMs);
  }

  async load(reads: readonly Read[], patience: Patience): Promise<readonly Snapshot[]> {
    const snapshots = await this.store.load(reads, { timeoutMs: patience.leftMs() });
    this.see(snapshots);
    return snapshots;
  }

  list<Q extends ListQuery>(query: Q, patience: Patience): Promise<Page<RowOf[Q["kind"]]>> {
    return this.store.list(query, { timeoutMs: patience.leftMs() });
  }

  usage(query: UsageQuery, patience: Patience): Promise<readonly UsagePoint[]> {
    return this.store.usage(query, { timeoutMs: patience.leftMs() });
  }

  async commit(change: Change, patience: Patience): Promise<Outcome> {
    const announcement = this.announcer.expect(change);
    const outcome = await this.orDoubt([change], [announcement], () =>
      this.committerOf(change).commit(change, patience),
    );
    if (outcome.status === "committed") {
      this.doubts.see(change.key, change.expect + 1);
      announcement.committed();
    } else announcement.dropped();
    if (outcome.status === "conflict") this.see([outcome.fresh]);
    return outcome;
  }

  async transact(reads: readonly Read[], decide: Decide, patience: Patience): Promise<void> {
    const decided: Change[] = [];
    const announcements: Announcement[] = [];
    const forgetLast = () => {
      decided.length = 0;
      for (const announcement of announcements.splice(0)) announcement.dropped();
    };
    const deciding: Decide = (snapshots) => {
      forgetLast();
      this.see(snapshots);
      decided.push(...decide(snapshots));
      announcements.push(...decided.map((change) => this.announcer.expect(change)));
      return decided;
    };
    await this.orDoubt(decided, announcements, () =>
      transactOn(this.store, reads, deciding, { timeoutMs: patience.leftMs() }),
    );
    for (const { key, expect } of decided) this.doubts.see(key, expect + 1);
    for (const announcement of announcements) announcement.committed();
  }

  private committerOf({ expect, key: { part } }: Change): Committer {
    const { committers, births } = this;
    if (expect === 0) return births;
    return committers[part % committers.length] ?? committers[0];
  }

  isInDoubt(key: WalletKey, version: number): boolean {
    return this.doubts.areAbout(key, version);
  }

  monotonicMs(): number {
    return this.pace.monotonicMs();
  }

  /** What a pace of the app's own throws here must not keep anybody's answer. */
  async turn(): Promise<void> {
    try {
      await this.pace.turn?.();
    } catch {
      return;
    }
  }

  failure(error: unknown): unknown {
    return asCreditError(error);
  }

  private see(snapshots: readonly Snapshot[]): void {
    for (const { key, version } of snapshots) this.doubts.see(key, version);
  }

  /** @param changes What is sent; filled, perhaps, while the call is under way. */
  private async orDoubt<Value>(
    changes: readonly Change[],
    announcements: readonly Announcement[],
    call: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await call();
    } catch (error) {
      for (const announcement of announcements) announcement.dropped();
      if (mayHaveHappened(error)) for (const change of changes) this.doubts.raise(change);
      throw error;
    }
  }
}
