import type { Decimal } from "../core/decimal.js";

export interface WaterfallRequest {
  /** Months of UTC to list, this one first; default 12, at most 120. What lies beyond is one row. */
  readonly months?: number | undefined;
  /** Whether each customer has rows of their own; default false. */
  readonly byCustomer?: boolean | undefined;
  /** The share of money, 0 to below 1, expected to break rather than be used; default 0. */
  readonly breakageRate?: string | number | undefined;
  /** Over how many months from now credits without an end are expected to be used. Default: unknown, a row without a month. */
  readonly monthsWithoutEnd?: number | undefined;
}

/** Of one month, in major units. opening − recognition − breakage = closing. */
export interface WaterfallRow {
  /** "2026-03"; "later": all months beyond; null: credits without an end. */
  readonly month: string | null;
  readonly customer?: string;
  readonly currency: string;
  /** Deferred at the start, by this schedule. */
  readonly opening: Decimal;
  /** Expected: each grant's money evenly over the time that is left to it, less the expected breakage. */
  readonly recognition: Decimal;
  /** Expected breakage of the grants that end in the month. */
  readonly breakage: Decimal;
  readonly closing: Decimal;
  /** Money of today whose credits end in this month: what breaks at most, if nothing of it is used. */
  readonly expiring: Decimal;
}

export interface Waterfall {
  readonly at: Date;
  readonly rows: readonly WaterfallRow[];
}
