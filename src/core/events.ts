import type { Duration } from "./calendar.js";
import type { GrantStatus } from "./grant.js";

/**
 * Events as they are stored: amounts and percentages are decimal texts, instants UTC milliseconds, ids public. A version
 * of theirs never changes its meaning; fields may be added.
 */
export const EVENT_VERSION = 1;

/** A grant as an operation left it. */
export interface GrantFacts {
  readonly grantId: string;
  readonly amount: string;
  readonly remaining: string;
  readonly held: string;
  readonly consumed: string;
  /** Of `amount`, used: with two places, rounded down. */
  readonly usedPercent: string;
  readonly status: GrantStatus;
  readonly category: "paid" | "promotional";
  readonly source: string;
  readonly priority: number;
  readonly features: readonly string[] | null;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  readonly displayName: string | null;
  readonly originGrantId: string | null;
}

/** A wallet as an operation left it. */
export interface TotalFacts {
  readonly available: string;
  readonly held: string;
  readonly scheduled: string;
  readonly balance: string;
  readonly net: string;
  readonly overdraft: string;
}

/** How a grant came. */
export type GrantedBy = "granted" | "adjusted" | "transferred_in" | "rolled_over";

/** What of a grant an amendment may change. */
export type AmendedField = "expiresAt" | "priority" | "displayName" | "metadata";

/** A purchase of credits as an operation left it. */
export interface TopUpFacts {
  readonly topUpId: string;
  readonly by: "customer" | "auto";
  readonly state: "pending" | "completed" | "failed" | "canceled";
  readonly credits: string;
  /** Without tax. */
  readonly price: MoneyFacts;
  readonly package: string | null;
  readonly grantId: string;
  readonly paymentId: string | null;
  readonly reason: string | null;
  readonly actionUrl: string | null;
  readonly receiptUrl: string | null;
  readonly invoiceUrl: string | null;
}

/** Major units, as decimal text. */
export interface MoneyFacts {
  readonly amount: string;
  readonly currency: string;
}

/** What each type of event says. */
export interface EventData {
  readonly "credits.granted": { readonly grant: GrantFacts; readonly by: GrantedBy };
  readonly "credits.grant.activated": { readonly grant: GrantFacts };
  readonly "credits.grant.usage_low": { readonly grant: GrantFacts; readonly thresholdPercent: string };
  readonly "credits.grant.depleted": { readonly grant: GrantFacts };
  readonly "credits.grant.expiring": { readonly grant: GrantFacts; readonly lead: Duration };
  readonly "credits.expired": { readonly grant: GrantFacts; readonly amount: string };
  readonly "credits.grant.voided": { readonly grant: GrantFacts; readonly amount: string };
  readonly "credits.grant.updated": { readonly grant: GrantFacts; readonly changed: readonly AmendedField[] };
  readonly "credits.balance.low": { readonly threshold: string; readonly totals: TotalFacts };
  readonly "credits.balance.depleted": { readonly threshold: string; readonly totals: TotalFacts };
  readonly "credits.balance.recovered": {
    readonly threshold: string;
    readonly isLow: boolean;
    readonly totals: TotalFacts;
  };
  readonly "credits.overdraft.started": { readonly totals: TotalFacts };
  readonly "credits.overdraft.settled": { readonly totals: TotalFacts };
  readonly "credits.reservation.expired": {
    readonly reservationId: string;
    /** Credits that it pinned. */
    readonly released: string;
    readonly totals: TotalFacts;
  };
  readonly "credits.top_up.started": TopUpTold;
  readonly "credits.top_up.action_required": TopUpTold;
  readonly "credits.top_up.completed": TopUpTold;
  readonly "credits.top_up.failed": TopUpTold;
  readonly "credits.top_up.canceled": TopUpTold;
  readonly "credits.top_up.unsettled": TopUpTold & { readonly checks: number };
  readonly "credits.top_up.refunded": TopUpTold & {
    /** What of the grant's deferred money went back. */
    readonly money: MoneyFacts;
    /** Credits that were taken for it. */
    readonly taken: string;
    /** Credits that the money had paid for and that were not there to be taken. */
    readonly uncovered: string;
  };
  /** Tax included. */
  readonly "credits.top_up.refund_failed": TopUpTold & { readonly money: MoneyFacts };
  readonly "credits.auto_top_up.started": TopUpTold;
  readonly "credits.auto_top_up.completed": TopUpTold;
  readonly "credits.auto_top_up.failed": TopUpTold & {
    readonly failures: number;
    readonly retryAt: number | null;
  };
  readonly "credits.auto_top_up.capped": {
    readonly cap: "count" | "money";
    readonly resetsAt: number;
    readonly totals: TotalFacts;
  };
  readonly "credits.auto_top_up.paused": {
    readonly why: "failures" | "no_price" | "refunded";
    readonly failures: number;
    readonly totals: TotalFacts;
  };
  readonly "credits.auto_top_up.resumed": { readonly totals: TotalFacts };
}

interface TopUpTold {
  readonly topUp: TopUpFacts;
  readonly totals: TotalFacts;
}

export type EventType = keyof EventData;

/** One fact, numbered in its wallet. */
export type WalletEvent = {
  readonly [Type in EventType]: {
    readonly eventNo: number;
    readonly type: Type;
    readonly at: number;
    readonly data: EventData[Type];
  };
}[EventType];
