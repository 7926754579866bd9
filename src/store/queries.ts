import type { EntryRow, EventRow, GrantRow, ReceiptRow, RecordRow, WalletHead, WalletKey } from "./rows.js";

/** Rows of one wallet, or of a whole part in order of (wallet, key): reports stream part by part. */
export type Where = { readonly wallet: WalletKey } | { readonly part: number };

export type ListQuery = {
  readonly where: Where;
  /** From the page before; opaque, and it names a position in the key, never an offset. */
  readonly after?: string;
  readonly limit: number; // 1–5,000
} & (
  | { readonly kind: "wallets"; readonly customerId?: string }
  | { readonly kind: "grants"; readonly open?: boolean }
  | { readonly kind: "records"; readonly record?: string }
  | {
      /** In order of (recordedAt, receiptNo): the audit trail is read as it happened. */
      readonly kind: "receipts";
      readonly from?: number;
      readonly to?: number;
    }
  | {
      readonly kind: "entries";
      /** recordedAt in [from, to). The balance at a past instant t is `to: t + 1, order: "desc", limit: 1`. */
      readonly from?: number;
      readonly to?: number;
      readonly order?: "asc" | "desc";
      readonly types?: readonly string[];
      readonly feature?: string;
    }
);

export interface RowOf {
  wallets: WalletHead;
  grants: GrantRow;
  records: RecordRow;
  receipts: ReceiptRow;
  entries: EntryRow;
}

export interface Page<Row> {
  readonly items: readonly (Row & { readonly wallet: WalletKey })[];
  readonly next: string | null;
}

/** Sums of counters between `bounds` (ascending bucket starts, computed by the engine in the caller's zone). */
export interface UsageQuery {
  readonly key: WalletKey;
  readonly bounds: readonly number[]; // n + 1 for n points, n ≤ 1,000
  readonly features?: readonly string[];
}
export interface UsagePoint {
  readonly index: number;
  readonly feature: string;
  readonly group: string;
  readonly quantity: bigint;
  readonly quantityFraction: bigint;
  readonly amount: bigint;
  readonly count: number;
}

export interface EventPage {
  readonly items: readonly (EventRow & { readonly wallet: WalletKey; readonly position: number })[];
  /** Pass back as `after`; equal to `after` when nothing new came. */
  readonly next: number;
}

export interface PruneQuery {
  /** "entries": the engine first commits an anchor record (seq, hash, balance) and names its seq per wallet. */
  readonly what: "events" | "receipts" | { readonly entriesOf: WalletKey; readonly upToSeq: number };
  readonly part: number;
  /** recordedAt / at strictly before. Ignored for entries. */
  readonly before: number;
  /** Of events: only those at or before this position. Default: any. */
  readonly upToPosition?: number;
  readonly limit: number;
}
