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
import type { ListQuery, Page, RowOf, UsagePoint, UsageQuery } from "../store/queries.js";
import type { WalletKey } from "../store/rows.js";
import type { Patience } from "./pace.js";
import { noSnapshot } from "./store-failures.js";

export type Decide = (snapshots: readonly Snapshot[]) => readonly Change[];

/** How verbs reach the store: as the engine does by itself, or within a transaction of the app. */
export interface StoreAccess {
  readonly limits: StoreLimits;
  /** For a call that begins now. */
  patience(): Patience;
  load(reads: readonly Read[], patience: Patience): Promise<readonly Snapshot[]>;
  list<Q extends ListQuery>(query: Q, patience: Patience): Promise<Page<RowOf[Q["kind"]]>>;
  usage(query: UsageQuery, patience: Patience): Promise<readonly UsagePoint[]>;
  transact(reads: readonly Read[], decide: Decide, patience: Patience): Promise<void>;
  /**
   * May an earlier change still land on this version? Then what is denied on it must be denied by a commit: of nothing,
   * if there is nothing to write.
   */
  isInDoubt(key: WalletKey, version: number): boolean;
  /** Of the engine's pace. */
  monotonicMs(): number;
  /** Settles once the calls that were made are on their way to the database. */
  turn(): Promise<void>;
  /** What a caller gets to see of an error. */
  failure(error: unknown): unknown;
}

/** An access that can also commit on a version that it has seen before. */
export interface CommittingAccess extends StoreAccess {
  commit(change: Change, patience: Patience): Promise<Outcome>;
}

export async function loadOne(access: StoreAccess, read: Read, patience: Patience): Promise<Snapshot> {
  const [snapshot] = await access.load([read], patience);
  if (snapshot === undefined) throw noSnapshot();
  return snapshot;
}

/** A `transact` whose callers have had their answer decides nothing any more. */
export async function transactOn(
  store: CreditStore<unknown>,
  reads: readonly Read[],
  decide: Decide,
  options: CallOptions<unknown>,
): Promise<void> {
  let hasEnded = false;
  const deciding: Decide = (snapshots) => {
    if (hasEnded) throw new StoreError("permanent", "This call had ended before it was decided.");
    return decide(snapshots);
  };
  try {
    await store.transact(reads, deciding, options);
  } finally {
    hasEnded = true;
  }
}
