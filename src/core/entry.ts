import type { Price } from "./money.js";

export type LedgerEntryType =
  | "granted"
  | "consumed"
  | "expired"
  | "voided"
  | "adjusted"
  | "reversed"
  | "refunded"
  | "transferred_out"
  | "transferred_in"
  | "rolled_over"
  | "expiry_reversed"
  | "overdraft"
  | "overdraft_settled"
  | "overage"
  | "amended";

export type LedgerAccount = "grant" | "overdraft" | "overage";

/** What time alone did; such an entry has no receipt. */
export type DueCause = "expiry" | "reservation_timeout" | "settlement" | "rollover" | "refill";

/** One movement, before it is hashed. Amounts are scaled credits, signed: what the account gained. */
export interface Entry {
  readonly seq: number;
  readonly type: LedgerEntryType;
  readonly account: LedgerAccount;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly grantId: string | null;
  readonly operationId: string;
  readonly reservationId: string | null;
  readonly feature: string | null;
  readonly quantity: bigint | null;
  /** Canonical JSON. */
  readonly dimensions: string | null;
  readonly rateVersion: string | null;
  /** What the deferred account gained, in minor units; of overage: minus what is billed. */
  readonly money: bigint | null;
  readonly moneyCurrency: string | null;
  /** Of overage: the price per credit. */
  readonly price: Price | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly cause: DueCause | null;
  readonly occurredAt: number;
  readonly recordedAt: number;
}

/** Who does it, why, and which instants its entries bear. */
export interface OperationContext {
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: number;
  readonly cause: DueCause | null;
}

/** The first entry of an operation stands at (recordedAt, seq): its id says where. */
export function operationIdAt(recordedAt: number, seq: number): string {
  return `${recordedAt}-${seq}`;
}

export function isOperationId(text: string): boolean {
  return /^-?\d{1,16}-\d{1,16}$/.test(text);
}
