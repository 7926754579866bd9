import type { Budget } from "./budget.js";
import type { Grant } from "./grant.js";
import type { Policy } from "./policy.js";
import type { Parcel } from "./requests.js";
import type { Schedule } from "./schedule.js";
import type { Thresholds } from "./thresholds.js";
import type { AutoTopUp, TopUp } from "./top-up.js";

/** Results as the rules give them: scaled, with local ids. Receipts keep them. */

export interface DrawResult {
  readonly grantId: string;
  readonly feature: string | null;
  readonly amount: bigint;
  /** Minor units recognised; null: promotional. */
  readonly money: bigint | null;
  readonly moneyCurrency: string | null;
}

export interface LineResult {
  readonly feature: string | null;
  readonly quantity: bigint | null;
  readonly price: bigint;
  readonly rateVersion: string | null;
}

export interface WithdrawalResult {
  readonly kind: "withdrawal";
  readonly id: string;
  readonly reservationId: string | null;
  readonly price: bigint;
  readonly draws: readonly DrawResult[];
  readonly lines: readonly LineResult[];
  readonly overdraft: bigint;
  readonly overage: bigint;
  readonly shortfall: bigint;
  readonly available: bigint;
}

export interface ReservationResult {
  readonly kind: "reservation";
  readonly id: string;
  readonly state: "held" | "expired" | "captured" | "released";
  readonly price: bigint;
  /** Credits pinned to grants. */
  readonly held: bigint;
  readonly pins: readonly { readonly grantId: string; readonly amount: bigint }[];
  readonly lines: readonly LineResult[];
  /** Headroom held past zero, by what it would become. */
  readonly overdraft: bigint;
  readonly overage: bigint;
  readonly available: bigint;
  readonly expiresAt: number;
}

export interface GrantResult {
  readonly kind: "grant";
  readonly grant: Grant;
  readonly available: bigint;
}

export interface AdjustmentResult {
  readonly kind: "adjustment";
  readonly id: string;
  readonly amount: bigint;
  /** The new grant of an adjustment up. */
  readonly grant: Grant | null;
  readonly draws: readonly DrawResult[];
  readonly available: bigint;
}

export interface ReversalResult {
  readonly kind: "reversal";
  readonly id: string;
  readonly withdrawalId: string;
  readonly amount: bigint;
  readonly overage: bigint;
  readonly overdraft: bigint;
  readonly returns: readonly DrawResult[];
  /** Grants made under `regrant`. */
  readonly grants: readonly Grant[];
  readonly available: bigint;
}

export interface RefundResult {
  readonly kind: "refund";
  readonly id: string;
  readonly amount: bigint;
  readonly money: bigint;
  readonly moneyCurrency: string;
  readonly grant: Grant;
  readonly available: bigint;
}

export interface TopUpResult {
  readonly kind: "topUp";
  readonly topUp: TopUp;
  /** As it is now. */
  readonly grant: Grant;
  readonly available: bigint;
}

export interface TopUpRefundResult {
  readonly kind: "topUpRefund";
  readonly topUp: TopUp;
  readonly refundId: string;
  readonly amount: bigint;
  readonly money: bigint;
  /** What goes back to the customer, tax included. */
  readonly gross: bigint;
  readonly grant: Grant;
  readonly available: bigint;
}

export interface AutoTopUpResult {
  readonly kind: "autoTopUp";
  /** Null: it was taken off. */
  readonly autoTopUp: AutoTopUp | null;
  readonly at: number;
}

export interface PolicyResult {
  readonly kind: "policy";
  readonly policy: Policy;
}

/** Those that hold. */
export interface ThresholdsResult {
  readonly kind: "thresholds";
  readonly thresholds: Thresholds;
}

export interface PublishedRatesResult {
  readonly kind: "rates";
  readonly id: string;
  readonly effectiveAt: number;
  readonly publishedAt: number;
  readonly rates: readonly { readonly feature: string; readonly name: string }[];
}

export interface ScheduleResult {
  readonly kind: "schedule";
  readonly schedule: Schedule;
  readonly at: number;
  /** The grant of the period that holds the start, where that has come. */
  readonly grant: Grant | null;
  readonly available: bigint;
}

export interface BudgetResult {
  readonly kind: "budget";
  /** Null: it was removed. */
  readonly budget: Budget | null;
  readonly at: number;
}

export interface PlanResult {
  readonly kind: "plan";
  readonly id: string;
  /** Those that came at once. */
  readonly grants: readonly Grant[];
  /** What was refunded of unused credits, by grant. */
  readonly refunds: readonly RefundResult[];
  readonly available: bigint;
}

export interface TransferOutResult {
  readonly kind: "transferOut";
  readonly id: string;
  readonly amount: bigint;
  readonly draws: readonly DrawResult[];
  readonly parcels: readonly Parcel[];
  readonly available: bigint;
}

export interface TransferInResult {
  readonly kind: "transferIn";
  readonly id: string;
  readonly grants: readonly Grant[];
  readonly available: bigint;
}

export type Result =
  | WithdrawalResult
  | ReservationResult
  | GrantResult
  | AdjustmentResult
  | ReversalResult
  | RefundResult
  | TopUpResult
  | TopUpRefundResult
  | AutoTopUpResult
  | PolicyResult
  | ThresholdsResult
  | PublishedRatesResult
  | ScheduleResult
  | PlanResult
  | BudgetResult
  | TransferOutResult
  | TransferInResult;
