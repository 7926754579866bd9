import type { Decimal } from "../core/decimal.js";
import type { DueCause, LedgerAccount, LedgerEntryType } from "../core/entry.js";
import type { GrantStatus } from "../core/grant.js";
import type { Draw, Line, Money, Policy } from "./api-results.js";

export interface Balance {
  /** Free credits of live grants. For a past instant: open ones, since holds are not in the ledger. */
  readonly available: Decimal;
  /** Pinned by reservations. Zero for a past instant. */
  readonly held: Decimal;
  /** Of grants that are not effective yet. */
  readonly scheduled: Decimal;
  /** All open credits − overdraft. */
  readonly balance: Decimal;
  /** Open credits of live grants − overdraft. */
  readonly net: Decimal;
  readonly overdraft: Decimal;
  /** Net credits billed in money in the UTC month. */
  readonly overage: Decimal;
  /** Free credits that expire, soonest first; the first 100 grants. */
  readonly expiring: readonly { readonly grantId: string; readonly amount: Decimal; readonly at: Date }[];
  readonly nextRefillAt: Date | null;
  /** Grows with each change of the wallet. */
  readonly version: number;
}

/** What was used in a span of time. Reversed use is subtracted where it had been counted. */
export interface UsageSums {
  /** Credits, past zero too. */
  readonly amount: Decimal;
  /** In the features' own units. */
  readonly quantity: Decimal;
  /** Lines of withdrawals and captures. */
  readonly count: number;
}

/** One point of a chart. */
export interface UsageBucket extends UsageSums {
  readonly from: Date;
  /** Left out itself. */
  readonly to: Date;
  /** By feature, those that were used; `null`: withdrawn by amount. Empty unless `groupBy` asks for it. */
  readonly features: readonly (UsageSums & { readonly feature: string | null })[];
  /** By value of the dimension, those that were used; `null`: without one. Empty unless `groupBy` asks for it. */
  readonly values: readonly (UsageSums & { readonly value: string | null })[];
}

export interface Check {
  readonly allowed: boolean;
  readonly reason: "ok" | "insufficient_credits" | "budget_exceeded" | "consent_required";
  readonly price: Decimal;
  /** Free credits that may pay for it. */
  readonly available: Decimal;
  /**
   * The largest quantity (or amount) that would pass, counted in the last decimal place of the one given; of `items`,
   * how many such events. Null: no bound.
   */
  readonly affordable: Decimal | null;
  /** Would it use credits past zero? */
  readonly wouldOverdraw: boolean;
  readonly resetsAt: Date | null;
}

export interface Estimate extends Check {
  readonly draws: readonly Draw[];
  readonly lines: readonly Line[];
  readonly overdraft: Decimal;
  readonly overage: Decimal;
  readonly shortfall: Decimal;
}

export interface ExplainedGrant {
  readonly grantId: string;
  readonly displayName: string | null;
  readonly remaining: Decimal;
  readonly held: Decimal;
  readonly status: GrantStatus;
  /** Does it pay now (for the feature)? */
  readonly pays: boolean;
  /** One sentence: why it stands here, or why it does not pay. */
  readonly why: string;
}

/** A published rate: with neither `plan` nor `customerId` it holds for everybody. */
export interface PublishedSource {
  readonly plan?: string;
  readonly customerId?: string;
  readonly effectiveAt: Date;
  readonly published: { readonly at: Date; readonly by: string | null; readonly reason: string | null };
}

export interface Explanation {
  /** The criteria of the currency's burn order, in turn. */
  readonly burnOrder: readonly string[];
  /** In burn order; the first 1,000 open grants. */
  readonly grants: readonly ExplainedGrant[];
  readonly policy: Policy;
  /** Where the policy comes from. */
  readonly policySource: "wallet" | "currency" | { readonly plan: string };
  /** Null without a feature. */
  readonly rate: {
    readonly version: string;
    readonly source: "catalog" | { readonly plan: string } | PublishedSource;
    /** What one unit costs. */
    readonly pricePerUnit: Decimal;
    readonly why: string;
  } | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Pass back as `after`; null: that was all. */
  readonly next: string | null;
}

export interface LedgerEntry {
  readonly id: string;
  readonly seq: number;
  readonly type: LedgerEntryType;
  readonly account: LedgerAccount;
  /** What the account gained; negative: lost. */
  readonly amount: Decimal;
  readonly balanceAfter: Decimal;
  readonly grantId: string | null;
  readonly operationId: string;
  readonly reservationId: string | null;
  readonly feature: string | null;
  readonly quantity: Decimal | null;
  readonly dimensions: Readonly<Record<string, string>> | null;
  readonly rateVersion: string | null;
  /** What the deferred money gained; of overage: minus what is billed. */
  readonly cost: Money | null;
  readonly actor: string | null;
  readonly reason: string | null;
  /** What time alone did; null: an operation. */
  readonly cause: DueCause | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** SHA-256 over the hash before and this entry, in hex. */
  readonly hash: string;
}

export interface AuditRecord {
  readonly operationId: string;
  /** The verb. */
  readonly operation: string;
  readonly customerId: string;
  readonly scope: string | undefined;
  readonly currency: string;
  readonly idempotencyKey: string;
  readonly actor: string | null;
  readonly reason: string | null;
  /** As it was given; amounts as decimal strings, instants as UTC milliseconds. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly recordedAt: Date;
}

export type LedgerVerification =
  | {
      readonly ok: true;
      readonly entries: number;
      /** Hash of the last entry, in hex. */ readonly head: string;
    }
  | { readonly ok: false; readonly entries: number; readonly wrong: WrongEntry };

/** The first entry that does not fit, and how. */
export interface WrongEntry {
  readonly seq: number;
  readonly entryId: string | null;
  readonly problem: string;
}
