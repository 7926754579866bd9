/**
 * Where a wallet lives. Derived, never allocated: with h = SHA-256,
 * `part` = first byte of h(customerId), so all wallets of one customer, in every currency and scope, share a part;
 * `id`   = first 63 bits of h(customerId ‖ 0 ‖ currency ‖ 0 ‖ scope), as 16 hex digits.
 * The head repeats the three names and the engine compares them on every load: a collision (2^-71 per pair) is
 * refused, never merged. Public ids are `<kind>_<part><id>_<local>` ("gr_7f0123456789abcdef_01J…"), so a bare
 * grantId, reservationId, scheduleId or withdrawalId names its wallet and part with no index.
 */
export interface WalletKey {
  readonly part: number; // 0–255
  readonly id: string;
}

/**
 * Records that belong to no wallet live in wallets that callers cannot name:
 * customerId "" is the engine's own ("" / "catalog": catalog versions; "" / "consumer:<name>": cursors and leases;
 * "" / "finance": sealed periods); currency "" is a customer's own (subscriptions, budgets over several currencies).
 * One shape, one way to write, one version check for everything.
 */
export interface WalletHead {
  readonly customerId: string;
  readonly currency: string;
  readonly scope: string;
  /** Grows by exactly 1 with each commit. An absent wallet has version 0. */
  readonly version: number;
  /** The wallet's own time: max(clock, previous). It never goes back, whatever the machines' clocks do. */
  readonly clock: number;
  /** Number of the last ledger entry, and the chain's hash there. */
  readonly seq: number;
  readonly ledgerHash: Uint8Array; // 32 bytes
  /** Number of the last event, and of the last receipt. */
  readonly eventNo: number;
  readonly receiptNo: number;
  readonly balance: bigint;
  readonly held: bigint;
  readonly overdraft: bigint;
  /** Net of all time; each billing period's own sum stands in a record of kind "overage". */
  readonly overage: bigint;
  /** The next instant at which time alone changes this wallet; null when none. */
  readonly dueAt: number | null;
  /** The latest instant at which a grant lost credits to expiry; use that occurred at or after it needs no lapsed grants. */
  readonly lapsedAt: number | null;
  /** Policy, thresholds, auto top-up, time zone: what every decision needs. */
  readonly settings: string; // json, ≤ 4 KiB
}

export interface GrantRow {
  /** Local to the wallet. */
  readonly id: string;
  /** Open grants come with every snapshot. Closed: nothing remains and nothing is held. */
  readonly open: boolean;
  readonly status: "pending" | "scheduled" | "active" | "depleted" | "expired" | "voided";
  readonly category: "paid" | "promotional";
  readonly source: string;
  readonly priority: number;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly closedAt: number | null;
  /** amount = remaining + held + consumed + expired + voided + adjusted + refunded + moved, none negative. */
  readonly amount: bigint;
  readonly remaining: bigint;
  readonly held: bigint;
  readonly consumed: bigint;
  readonly expired: bigint;
  readonly voided: bigint;
  readonly adjusted: bigint;
  readonly refunded: bigint;
  readonly moved: bigint;
  /** cost = deferred + costRecognised + costBreakage + costRefunded + costMoved, in minor units. Null: promotional. */
  readonly cost: bigint | null;
  readonly costCurrency: string | null;
  readonly costRecognised: bigint;
  readonly costBreakage: bigint;
  readonly costRefunded: bigint;
  readonly costMoved: bigint;
  /** Deferred money and open credits at the grant's last restart: the base of its running floor. */
  readonly restartDeferred: bigint;
  readonly restartOpen: bigint;
  /** Features, display name, metadata, schedule and invoice links. */
  readonly detail: string; // json
}

/**
 * Anything else with a life: reservation, withdrawal (its debts and what was reversed of it), overage period, schedule,
 * subscription, budget, tier counter, rate override, period seal, catalog version, consumer cursor. `open` ones come with every snapshot; the others by (kind, id).
 */
export interface RecordRow {
  readonly kind: string;
  readonly id: string;
  readonly open: boolean;
  readonly data: string; // json
}

/**
 * One movement on one account. Insert-only. The first entry of operation `t-s` stands at (recordedAt t, seq s), and an
 * operation's entries follow each other without a gap, all at that instant.
 */
export interface EntryRow {
  /** The instant at which the books count it: the effect's own instant for what time did, else the wallet's clock. Never decreases with `seq`. */
  readonly recordedAt: number;
  readonly seq: number; // 1, 2, 3, … without a gap
  readonly type: string;
  readonly account: "grant" | "overdraft" | "overage";
  /** What the account gained; negative: what it lost. */
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly grantId: string | null;
  readonly operationId: string;
  readonly reservationId: string | null;
  readonly feature: string | null;
  readonly cost: bigint | null;
  readonly costCurrency: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: number;
  readonly detail: string | null; // json: quantity, dimensions, rate version, cause, digests of free text
  readonly hash: Uint8Array; // 32 bytes
}

/** The memory of one mutation. Insert-only, unique by (wallet, key). */
export interface ReceiptRow {
  readonly receiptNo: number; // 1, 2, 3, … per wallet, without a gap: the audit trail's order and proof of wholeness
  readonly key: string;
  readonly operationId: string;
  readonly kind: string;
  /** Of the request as it was given; compared on a repeat, also after `request` was erased. */
  readonly requestHash: Uint8Array; // 16 bytes
  readonly request: string; // json, to name what differs in a conflict, and for the audit trail
  readonly result: string; // json, enough to answer a replay
  readonly actor: string | null;
  readonly reason: string | null;
  readonly recordedAt: number;
}

export interface EventRow {
  readonly eventNo: number; // 1, 2, 3, … per wallet, without a gap
  readonly type: string;
  readonly at: number;
  readonly payload: string; // json, versioned
}

/** To be added to the counter of (wallet, bucketAt, feature, group). May be negative (a reversal). */
export interface UsageDelta {
  /** Start of the UTC quarter-hour that holds `occurredAt`: every zone's days and hours are whole numbers of these. */
  readonly bucketAt: number;
  readonly feature: string;
  /** The event's values of the dimensions that the catalog declares for charts (≤ 3), as canonical JSON; "" for none. */
  readonly group: string;
  /** Quantities have up to 12 places, too many for one 64-bit sum: whole units, and the rest in 10^-12 units. */
  readonly quantity: bigint;
  readonly quantityFraction: bigint; // in (-10^12, 10^12)
  readonly amount: bigint;
  readonly count: number;
}
