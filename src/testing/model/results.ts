import type { Dimensions } from "./catalog.js";

/** Credits, quantities and money out: plain decimals without needless zeros. */
type Decimal = string;

export interface MoneyOut {
  readonly amount: Decimal;
  readonly currency: string;
}

export type EntryType =
  | "granted"
  | "consumed"
  | "expired"
  | "voided"
  | "adjusted"
  | "reversed"
  | "refunded"
  | "transferred_out"
  | "transferred_in"
  | "expiry_reversed"
  | "overdraft"
  | "overdraft_settled"
  | "overage"
  | "amended";

export type Account = "grant" | "overdraft" | "overage";

export interface ModelEntry {
  readonly seq: number;
  readonly type: EntryType;
  readonly account: Account;
  readonly amount: Decimal;
  readonly balanceAfter: Decimal;
  readonly grantId: string | null;
  /** "o1", "o2", … for requests; "due:<instant>" for what time alone did. */
  readonly operationId: string;
  readonly reservationId: string | null;
  readonly feature: string | null;
  readonly quantity: Decimal | null;
  readonly dimensions: Dimensions | null;
  readonly cost: MoneyOut | null;
  readonly occurredAt: number;
  readonly recordedAt: number;
}

export type ModelGrantStatus = "scheduled" | "active" | "depleted" | "expired" | "voided";

export interface ModelGrant {
  readonly id: string;
  readonly customerId: string;
  readonly currency: string;
  readonly amount: Decimal;
  readonly remaining: Decimal;
  readonly held: Decimal;
  readonly consumed: Decimal;
  readonly expired: Decimal;
  readonly voided: Decimal;
  readonly adjusted: Decimal;
  readonly refunded: Decimal;
  readonly moved: Decimal;
  readonly status: ModelGrantStatus;
  readonly category: "paid" | "promotional";
  readonly source: string | null;
  readonly priority: number;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  readonly features: readonly string[] | null;
  /** Money of a paid grant, in its one cost currency; null for a promotional one. */
  readonly cost: MoneyOut | null;
  readonly deferred: MoneyOut | null;
  readonly recognised: MoneyOut | null;
  readonly breakage: MoneyOut | null;
  readonly refundedCost: MoneyOut | null;
  readonly movedCost: MoneyOut | null;
  readonly originGrantId: string | null;
  readonly displayName: string | null;
  readonly createdAt: number;
}

export interface ModelBalance {
  readonly available: Decimal;
  readonly held: Decimal;
  readonly scheduled: Decimal;
  readonly balance: Decimal;
  readonly net: Decimal;
  readonly overdraft: Decimal;
  readonly overage: Decimal;
}

export interface ModelDraw {
  readonly grantId: string;
  readonly feature: string | null;
  readonly amount: Decimal;
  readonly cost: MoneyOut | null;
}

export interface ModelLine {
  readonly feature: string | null;
  readonly quantity: Decimal | null;
  readonly price: Decimal;
}

/** The result of `withdraw` and of `capture`. */
export interface ModelWithdrawal {
  readonly id: string;
  readonly price: Decimal;
  readonly amount: Decimal;
  readonly draws: readonly ModelDraw[];
  readonly lines: readonly ModelLine[];
  readonly overdraft: Decimal;
  readonly overage: Decimal;
  readonly shortfall: Decimal;
  readonly available: Decimal;
  readonly reservationId?: string;
}

export interface ModelReservation {
  readonly id: string;
  readonly status: "held" | "expired" | "released" | "captured";
  readonly price: Decimal;
  /** Credits pinned now, grant by grant in burn order. */
  readonly held: Decimal;
  readonly pins: readonly { readonly grantId: string; readonly amount: Decimal }[];
  readonly lines: readonly ModelLine[];
  /** Headroom held now. */
  readonly overdraft: Decimal;
  readonly overage: Decimal;
  readonly available: Decimal;
  readonly expiresAt: number;
}

/** A grant as an operation left it, and what the wallet has free then. */
export interface ModelGrantResult extends ModelGrant {
  readonly available: Decimal;
}

export interface ModelAdjustment {
  /** As asked for: below zero where credits were taken. */
  readonly amount: Decimal;
  readonly grant: ModelGrant | null;
  readonly draws: readonly ModelDraw[];
  readonly available: Decimal;
}

export interface ModelReversal {
  readonly withdrawalId: string;
  readonly amount: Decimal;
  readonly overage: Decimal;
  readonly overdraft: Decimal;
  readonly returns: readonly ModelDraw[];
  /** Grants made by `regrant`. */
  readonly grants: readonly ModelGrant[];
  readonly available: Decimal;
}

export interface ModelRefund {
  readonly amount: Decimal;
  readonly cost: MoneyOut | null;
  readonly grant: ModelGrant;
  readonly available: Decimal;
}

export interface ModelTransfer {
  readonly amount: Decimal;
  readonly draws: readonly ModelDraw[];
  /** The grants made in the other wallet. */
  readonly grants: readonly ModelGrant[];
  readonly available: Decimal;
}

export interface ModelResults {
  grant: ModelGrantResult;
  withdraw: ModelWithdrawal;
  reserve: ModelReservation;
  capture: ModelWithdrawal;
  extend: ModelReservation;
  release: ModelReservation;
  voidGrant: ModelGrantResult;
  amendGrant: ModelGrantResult;
  adjust: ModelAdjustment;
  reverse: ModelReversal;
  refundGrant: ModelRefund;
  transfer: ModelTransfer;
  setPolicy: Record<never, never>;
}

export type ModelOutcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value & { readonly replayed: boolean } }
  | { readonly ok: false; readonly code: string };
