/**
 * The store contract (`coffer/store`): what a database must keep for the engine.
 *
 * A store keeps wallets. It knows no rule of credits: it never adds, compares or orders amounts, save for
 * the additive usage counters. It knows five things: a version per wallet, rows beside it, insert-only
 * streams (receipts, entries, events), an index of due instants, and pages.
 *
 * Nine methods: load · commit · transact · list · usage · due · events · prune · close.
 * The laws are numbered in `LAWS` below; `coffer/testing` checks each by its number.
 *
 * Conventions
 * - Credits are `bigint`s scaled by the currency, money is minor units, both within ±(2^63 − 1).
 * - Instants are UTC milliseconds. Versions, sequence numbers and instants are safe integers (`number`).
 * - Strings are well-formed Unicode without U+0000, compared and ordered by their UTF-8 bytes: no
 *   collation, no padding, no case folding, no normalisation ("k" and "k " are two keys).
 * - `json` fields are canonical JSON texts written by the engine; a store returns them byte for byte.
 */

import type { Page, PruneQuery, EventPage, ListQuery, RowOf, UsagePoint, UsageQuery } from "./queries.js";
import type {
  EntryRow,
  EventRow,
  GrantRow,
  ReceiptRow,
  RecordRow,
  UsageDelta,
  WalletHead,
  WalletKey,
} from "./rows.js";

/** What to read of one wallet. The head, open grants and open records always come; the rest is asked for by name. */
export interface Read {
  readonly key: WalletKey;
  /** Already known: if the stored version is still this, head, grants and open records stay away (`unchanged`). */
  readonly unless?: number;
  readonly receipts?: readonly string[];
  readonly grants?: readonly string[];
  readonly records?: readonly { readonly kind: string; readonly id: string }[];
  /** The entries of these operations: `reverse` finds the original draws here. */
  readonly operations?: readonly string[];
  /** Closed grants with `expired > 0` and `closedAt ≥ lapsedSince`: late use pays from these. */
  readonly lapsedSince?: number;
}

/** One wallet at one version: every row in it belongs to that version (law 5). */
export interface Snapshot {
  readonly key: WalletKey;
  readonly version: number;
  readonly unchanged: boolean;
  /** Null when absent, or when `unchanged`. */
  readonly head: WalletHead | null;
  readonly grants: readonly GrantRow[];
  readonly records: readonly RecordRow[];
  /** What was asked for and exists. What was asked for and is not here is known to be absent at this version. */
  readonly asked: {
    readonly receipts: readonly ReceiptRow[];
    readonly grants: readonly GrantRow[];
    readonly records: readonly RecordRow[];
    readonly entries: readonly EntryRow[];
    readonly lapsed: readonly GrantRow[];
  };
}

/** One wallet's next version: a delta, never the whole state. */
export interface Change {
  readonly key: WalletKey;
  /** The version that this was decided on. `head.version` is `expect + 1`. */
  readonly expect: number;
  readonly head: WalletHead;
  /**
   * Every idempotency key decided in this change, *denied ones included*: none may have a receipt. Thus a commit
   * also confirms each denial beside it on the freshest state, and a replay is never answered with a denial.
   */
  readonly unused: readonly string[];
  /** Grants that are new with this version; their ids do not exist yet. */
  readonly opened: readonly GrantRow[];
  /** Grants that changed. Whole rows, absolute values: the version protects them. */
  readonly moved: readonly GrantRow[];
  /** Inserted or replaced by (kind, id). */
  readonly records: readonly RecordRow[];
  readonly entries: readonly EntryRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly events: readonly EventRow[];
  readonly usage: readonly UsageDelta[];
}

export type Outcome =
  | { readonly status: "committed" }
  /** The stored version differs. `fresh` is a consistent snapshot, newer than `expect`, with the receipts of `unused`. */
  | { readonly status: "conflict"; readonly fresh: Snapshot }
  /** The version is as expected but these keys are used. Nothing of this change was applied; `expect` still stands:
   *  the engine answers these from their receipts and decides the others anew on the same state. */
  | { readonly status: "duplicate"; readonly receipts: readonly ReceiptRow[] }
  /** Somebody holds this wallet's row. Nothing was applied. The engine goes on with `transact` for this wallet. */
  | { readonly status: "busy" };

export interface CallOptions<Tx> {
  /** Reads only: see the uncommitted rows of this transaction of the app. */
  readonly tx?: Tx;
  /** Milliseconds for the whole call, waits for connections and locks included. Default 10,000. */
  readonly timeoutMs?: number;
}

/** The engine cuts its batches to these. A call beyond them is refused whole (`limit`), never cut. */
export interface StoreLimits {
  readonly changesPerCommit: number; // SQL 1,000 · Redis 100 · DynamoDB 1
  readonly rowsPerChange: number; //    SQL 20,000 · DynamoDB 99
  readonly bytesPerCommit: number; //   SQL 8 MiB · DynamoDB 4 MB
  /**
   * Commits under way at once, each of parts of its own, so that one is worked on while another is written down; one more
   * of births, which may wait for another one. Default 1, births among them.
   * A store that works on one at a time leaves it out.
   */
  readonly commitsAtOnce?: number;
  readonly walletsPerTransact: number; // SQL 64 · 1 where a store has no multi-key transaction
  /** Wallets of different parts in one transact? False on Citus, Redis Cluster. */
  readonly transactAcrossParts: boolean;
  /** Can it join a transaction of the app? */
  readonly joinsTransactions: boolean;
}

export interface CreditStore<Tx = never> {
  readonly limits: StoreLimits;

  /** Snapshots in the order of the reads, in one round trip where the engine allows. Takes no locks. */
  load(reads: readonly Read[], options?: CallOptions<Tx>): Promise<readonly Snapshot[]>;

  /**
   * Applies each change on its own: one wallet's outcome never depends on another's. At most one change per wallet.
   * It never waits for a row that another transaction holds (`busy`), so one slow wallet cannot hold up a batch.
   * It never retries: the engine does, since only the engine can decide anew.
   * After `ambiguous` the engine loads the wallets with the receipts of `unused`: found means committed; not found
   * means decide again on the version just read and commit under the same keys — whichever of the two attempts
   * lands first, the version refuses the other. Only that commit, never a load, proves that the first did not land.
   */
  commit(changes: readonly Change[], options?: Omit<CallOptions<Tx>, "tx">): Promise<readonly Outcome[]>;

  /**
   * Locks the wallets in key order, loads them, calls `decide`, writes what it returns: all of it or nothing.
   * `decide` is pure and synchronous and may be called again; only the last call's changes land. It takes what is
   * queued at that instant. If it throws, nothing is written and its error is passed on. A store without locks
   * loads, decides and writes conditionally, and begins again on a conflict until the time is up.
   * Used for: transfers and events over several currencies; wallets that several processes fight for; and, with
   * `tx`, everything inside a transaction of the app (then durable only when the app commits; the locks stay until then).
   */
  transact(
    reads: readonly Read[],
    decide: (snapshots: readonly Snapshot[]) => readonly Change[],
    options?: CallOptions<Tx>,
  ): Promise<void>;

  /** A page, ordered by key. */
  list<Q extends ListQuery>(query: Q, options?: CallOptions<Tx>): Promise<Page<RowOf[Q["kind"]]>>;

  /** Sums by (index, feature, group); points without use are left out. */
  usage(query: UsageQuery, options?: CallOptions<Tx>): Promise<readonly UsagePoint[]>;

  /** Wallets with `dueAt ≤ before`, earliest first within a part. Runners start at different parts; double work is a conflict. */
  due(query: {
    readonly before: number;
    readonly parts: readonly number[];
    readonly limit: number;
  }): Promise<readonly WalletKey[]>;

  /** The next events of one part after a position (0: from the start). Positions are given at or before first sight and never change. */
  events(query: {
    readonly part: number;
    readonly after: number;
    readonly limit: number;
  }): Promise<EventPage>;

  /** Deletes at most `limit` rows; returns how many. Only at the owner's request. */
  prune(query: PruneQuery): Promise<number>;

  /** Ends what the store itself opened. Calls under way finish or fail as `ambiguous`. */
  close(): Promise<void>;
}
