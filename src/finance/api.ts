import type { InstantInput } from "../catalog/definition.js";
import type { Decimal } from "../core/decimal.js";
import type { RunDueRequest } from "../engine/api-runner.js";
import type { RunResult } from "../engine/runner.js";

/** An engine, as `createCreditEngine` made it. */
export interface FinanceSource {
  readonly runDue: (request?: RunDueRequest) => Promise<RunResult>;
}

/**
 * What a report is broken down by. Money is always apart by its currency (`currency` says so, and changes nothing).
 * `plan` is the plan whose schedule made the grant, `source` the grant's source, `creditCurrency` the credits' currency.
 */
export type RevenueGroup =
  "month" | "customer" | "feature" | "plan" | "currency" | "source" | "creditCurrency";

export interface Span {
  /** The first instant that counts. */
  readonly from: InstantInput;
  /** The first instant that does not. May lie ahead: then the figures are of what has happened so far. */
  readonly to: InstantInput;
}

export interface RevenueReportRequest extends Span {
  /** Default: none, one row per money. */
  readonly groupBy?: readonly RevenueGroup[] | undefined;
  /**
   * Adds `proportional` to each row: the share of credits, 0 to below 1, that is expected never to be used, as a decimal.
   * Default: none, breakage is what was booked when credits ended.
   */
  readonly breakageRate?: string | number | undefined;
}

/** Which group a row is of. A key stands where it was asked for; null: what belongs to none. */
export interface GroupKeys {
  /** "2026-01", a month of UTC. */
  readonly month?: string;
  readonly customer?: string;
  readonly feature?: string | null;
  readonly plan?: string | null;
  readonly source?: string | null;
  readonly creditCurrency?: string;
}

/**
 * Money of one group, in major units of `currency`.
 * opening + billed − recognised − breakage − refunded + movedIn − movedOut + attributed = closing, exactly.
 */
export interface RevenueRow extends GroupKeys {
  /** Of the money: "USD". */
  readonly currency: string;
  /** Deferred at the start. */
  readonly opening: Decimal;
  /** Cost of what was granted. */
  readonly billed: Decimal;
  /** By use, and by what settled an overdraft; net of what was reversed. */
  readonly recognised: Decimal;
  /** By expiry, void and adjustment; net of expiries that late use reversed. */
  readonly breakage: Decimal;
  readonly refunded: Decimal;
  /** By rollover, transfer, conversion and regrant. */
  readonly movedIn: Decimal;
  readonly movedOut: Decimal;
  /**
   * With "feature" only: deferred money belongs to no feature until a use gives it one. It leaves the row of feature null
   * and comes to the feature's, so this sums to zero over all features.
   */
  readonly attributed: Decimal;
  /** Deferred at the end. */
  readonly closing: Decimal;
  /** Billed for use past zero, net of what was reversed. Revenue by itself: it was never deferred. */
  readonly overage: Decimal;
  /** Of the columns beside: what was booked in this span and concerns a time before it. */
  readonly earlier: { readonly recognised: Decimal; readonly breakage: Decimal; readonly overage: Decimal };
  /** Null unless `breakageRate` was given. */
  readonly proportional: ProportionalBreakage | null;
}

/** Breakage by ASC 606's proportional method, on top of what is booked. */
export interface ProportionalBreakage {
  /** Expected breakage that use had earned ahead of its booking, at the start. */
  readonly opening: Decimal;
  /** Breakage of the span by this method: what was booked + closing − opening. */
  readonly breakage: Decimal;
  /** The same, at the end. */
  readonly closing: Decimal;
  /** What is deferred at the end by this method. */
  readonly deferred: Decimal;
}

/** Promotional credits recognise nothing; what was used of them stands here. */
export interface PromotionalUse extends GroupKeys {
  readonly creditCurrency: string;
  /** Credits, net of what was reversed. */
  readonly used: Decimal;
}

export interface RevenueReport {
  readonly from: Date;
  readonly to: Date;
  readonly groupBy: readonly RevenueGroup[];
  /** By group, in the order of `groupBy`, then by money. Groups without money in the span are left out. */
  readonly rows: readonly RevenueRow[];
  /** All groups together, one row for each money. */
  readonly totals: readonly RevenueRow[];
  readonly promotional: readonly PromotionalUse[];
  /** Ledger entries counted in the span. */
  readonly entries: number;
}
