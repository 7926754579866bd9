import type { BudgetHold } from "./budget.js";
import type { SettledRate } from "../catalog/rate.js";
import type { Price } from "./money.js";

/** Credits pinned to a grant by a reservation. */
export interface Pin {
  readonly grantId: string;
  readonly amount: bigint;
}

/** What grants lacked at the reserve, promised past zero in the mode of that time. */
export interface Headroom {
  readonly amount: bigint;
  /** Null: overdraft. A price: overage. */
  readonly price: Price | null;
}

/** One line of a reservation; captures are rated on its running sum. A line by amount has no rate. */
export interface ReservedLine {
  readonly feature: string | null;
  /** Canonical JSON. */
  readonly dimensions: string | null;
  readonly rate: SettledRate | null;
  readonly rateVersion: string | null;
  /** As reserved; null by amount. */
  readonly quantity: bigint | null;
  readonly price: bigint;
  readonly capturedQuantity: bigint;
  /** The price of `capturedQuantity`. */
  readonly capturedPrice: bigint;
  /** Credits captured outright. */
  readonly capturedAmount: bigint;
}

/** `expired`: timed out, holding nothing, but still to be captured. */
export type ReservationState = "held" | "expired" | "captured" | "released";

export interface Reservation {
  readonly id: string;
  readonly state: ReservationState;
  readonly reservedAt: number;
  readonly expiresAt: number;
  readonly lines: readonly ReservedLine[];
  /** Features that captures named beside the reserved lines: they are charged, never held. */
  readonly extras: readonly ReservedLine[];
  readonly pins: readonly Pin[];
  readonly headroom: Headroom;
  readonly budgets: readonly BudgetHold[];
}

/** The overdraft of one line of a withdrawal. */
export interface Debt {
  /** Number of its `overdraft` entry: its age. */
  readonly seq: number;
  readonly feature: string | null;
  readonly owed: bigint;
}

/** A grant entry that paid a part of a debt. */
export interface Settlement {
  readonly seq: number;
  /** Number of the `overdraft` entry that it paid. */
  readonly debtSeq: number;
  readonly grantId: string;
  readonly feature: string | null;
  readonly amount: bigint;
  readonly money: bigint | null;
  readonly moneyCurrency: string | null;
}

/** What happened to a withdrawal after its entries were written. Exists once it owed or was reversed. */
export interface WithdrawalRecord {
  readonly id: string;
  readonly debts: readonly Debt[];
  readonly settlements: readonly Settlement[];
  /** Credits that came back, by the number of the entry they came back of. */
  readonly back: Readonly<Record<string, bigint>>;
}

export function isOwing(record: WithdrawalRecord): boolean {
  return record.debts.some((debt) => debt.owed > 0n);
}

/** Use past zero that is billed in money, in one UTC month. */
export interface OveragePeriod {
  /** Start of the month. */
  readonly startsAt: number;
  readonly prices: readonly PricedOverage[];
}

/** Net credits and money of a period at one price, reversals included. */
export interface PricedOverage {
  readonly price: Price;
  readonly credits: bigint;
  readonly money: bigint;
}
