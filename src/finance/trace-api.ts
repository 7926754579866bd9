import type { LedgerEntry } from "../engine/api-read-results.js";
import type { Grant, Money } from "../engine/api-results.js";
import type { MoneyEffect } from "./effect.js";

/** What caused entries; null where time alone did (the entry's `cause` says what). */
export interface TracedOperation {
  readonly operationId: string;
  /** The verb. */
  readonly operation: string;
  readonly idempotencyKey: string;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** One entry of a grant, and what became of the grant's money. */
export interface TraceStep {
  readonly entry: LedgerEntry;
  /** Null: it carried no money. Negative money takes back what an earlier entry booked. */
  readonly effect: { readonly kind: MoneyEffect; readonly money: Money } | null;
  /** When the books count it: later than `recordedAt` only where its period had been closed. */
  readonly bookedAt: Date;
  /** Of the grant, after this entry; null: it is promotional. */
  readonly deferredAfter: Money | null;
  readonly operation: TracedOperation | null;
  /** Grants that these credits went to, or came from. */
  readonly counterparts: readonly string[];
}

export interface TraceGrantRequest {
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Steps in a page, 1 to 1,000; default 100. */
  readonly limit?: number | undefined;
}

export interface GrantTrace {
  readonly grant: Grant;
  /** The grants that its credits came from by rollover, transfer, conversion or regrant, nearest first: the last one was paid for. */
  readonly origins: readonly Grant[];
  readonly steps: readonly TraceStep[];
  /** Pass back as `after`; null: that was all. */
  readonly next: string | null;
}

export interface EntryTrace {
  readonly entry: LedgerEntry;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly effect: TraceStep["effect"];
  readonly bookedAt: Date;
  /** The end of the closed period that counts it; null: its period is open. */
  readonly closedAt: Date | null;
  readonly operation: TracedOperation | null;
  /** All entries of the same operation, this one too. */
  readonly siblings: readonly LedgerEntry[];
  /** Null: it is of the overdraft or of overage. */
  readonly grant: Grant | null;
  readonly origins: readonly Grant[];
  /** Of a reversal: the withdrawal that it takes back, and that one's entries. */
  readonly reverses: {
    readonly withdrawalId: string;
    readonly occurredAt: Date | null;
    readonly entries: readonly LedgerEntry[];
  } | null;
}
