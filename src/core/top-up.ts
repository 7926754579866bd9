import type { Duration } from "./calendar.js";
import type { Every } from "./period.js";

/** Money in minor units of one currency. */
export interface Minor {
  readonly total: bigint;
  readonly currency: string;
}

/** A purchase of credits: its grant waits for the payment. */
export interface TopUp {
  readonly id: string;
  /** Local id of the grant that it pays for. */
  readonly grantId: string;
  readonly by: "customer" | "auto";
  readonly credits: bigint;
  /** Without tax: the grant's cost. */
  readonly price: Minor;
  readonly package: string | null;
  /** How long the credits live from the payment on; null: without end. */
  readonly expiresIn: Duration | null;
  readonly source: string;
  readonly priority: number;
  readonly displayName: string | null;
  /** Canonical JSON as the caller gave it. */
  readonly metadata: string | null;
  /** Nobody is to pay it any more; until the provider says that nobody can, it stays pending. */
  readonly isCalledOff: boolean;
  /** `failed` and `canceled` become `completed` where the money comes after all. */
  readonly state: "pending" | "completed" | "failed" | "canceled";
  readonly createdAt: number;
  readonly settledAt: number | null;
  readonly payment: TopUpPayment;
  /** When the provider is asked again, while something is open. */
  readonly checkAt: number | null;
  readonly checks: number;
  readonly refunds: readonly TopUpRefund[];
  /** Money given back so far, tax included: the most that anybody told. */
  readonly refundedGross: bigint;
  /** Does it count to the caps of the automatic top-up? What the provider says will never be paid does not. */
  readonly countsToCaps: boolean;
}

/** What the provider has told. */
export interface TopUpPayment {
  readonly id: string | null;
  readonly reason: string | null;
  /** Minor units, of the price's currency. */
  readonly tax: bigint | null;
  readonly total: bigint | null;
  /** Where the customer pays or confirms. */
  readonly actionUrl: string | null;
  readonly receiptUrl: string | null;
  readonly invoiceUrl: string | null;
}

export const NOTHING_TOLD: TopUpPayment = {
  id: null,
  reason: null,
  tax: null,
  total: null,
  actionUrl: null,
  receiptUrl: null,
  invoiceUrl: null,
};

/** Money on its way back to the customer. */
export interface TopUpRefund {
  /** Local; with the top-up's id it is the key under which the provider gives it back. */
  readonly id: string;
  /** Tax included. */
  readonly gross: bigint;
  readonly reason: string | null;
  readonly state: "pending" | "sent" | "failed";
}

/** What a wallet buys by itself. */
export interface AutoTopUp {
  /** Of this setting: another one begins anew. */
  readonly id: string;
  readonly threshold: bigint;
  readonly buys: AutoPurchase;
  /** What the credits are paid in. */
  readonly money: string;
  readonly caps: AutoCaps;
  readonly expiresIn: Duration | null;
  /** From where periods of the caps count. */
  readonly anchor: number;
  /** The one payment that is under way. */
  readonly inFlight: string | null;
  /** Start of the period of the caps that the one under way counts to. */
  readonly countsIn: number;
  /** How many payments were ever begun: names the next. */
  readonly begun: number;
  /** In a row. */
  readonly failures: number;
  readonly retryAt: number | null;
  /** Why it does nothing until it is resumed, or set anew. What was bought goes on counting. */
  readonly paused: "failures" | "no_price" | "refunded" | "removed" | null;
  readonly period: AutoPeriod;
}

export type AutoPurchase =
  { readonly target: bigint } | { readonly packsOf: bigint; readonly package: string | null };

/** At least one of them. */
export interface AutoCaps {
  readonly count: number | null;
  /** Minor units, without tax. */
  readonly money: bigint | null;
  readonly every: Every;
}

/** What was bought, or is being bought, in one period of the caps. */
export interface AutoPeriod {
  readonly startsAt: number;
  readonly count: number;
  /** Minor units, by what was paid in. */
  readonly money: Readonly<Record<string, bigint>>;
  /** A cap was met, which is told once. */
  readonly isCapped: boolean;
}

/** Does something of it remain to be done? Then it comes with the wallet. */
export function isUnsettled(topUp: TopUp): boolean {
  const { state, refunds } = topUp;
  return state === "pending" || isWatched(topUp) || refunds.some((refund) => refund.state === "pending");
}

/** It was called off before the provider knew of it: a request that was on its way may bring money yet. */
export function isUnheardOf({ state, payment }: TopUp): boolean {
  return state === "canceled" && payment.id === null;
}

/** The provider is asked whether it has come to know of it. */
export function isWatched(topUp: TopUp): boolean {
  return isUnheardOf(topUp) && topUp.checkAt !== null;
}

/** All money that was taken. */
export function grossOf({ payment, price }: TopUp): bigint {
  return payment.total ?? price.total;
}
