import { Decimal } from "../core/decimal.js";
import type { PromotionalUse, RevenueReport, RevenueRow } from "./api.js";

/** As JSON has it: amounts are decimal texts, instants ISO 8601. */
type Plain<Value> = Value extends Date | Decimal
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Plain<Value[Name]> }
      : Value;

export type PlainReport = Plain<RevenueReport>;

export function plainReport(report: RevenueReport): PlainReport {
  return JSON.parse(JSON.stringify(report)) as PlainReport;
}

export function reportFrom({
  from,
  to,
  groupBy,
  rows,
  totals,
  promotional,
  entries,
}: PlainReport): RevenueReport {
  return {
    from: new Date(from),
    to: new Date(to),
    groupBy,
    rows: rows.map(rowFrom),
    totals: totals.map(rowFrom),
    promotional: promotional.map(({ used, ...keys }): PromotionalUse => ({
      ...keys,
      used: new Decimal(used),
    })),
    entries,
  };
}

function rowFrom(row: Plain<RevenueRow>): RevenueRow {
  const { opening, billed, recognised, breakage, refunded, movedIn, movedOut } = row;
  const { attributed, closing, overage, earlier } = row;
  return {
    ...row,
    opening: new Decimal(opening),
    billed: new Decimal(billed),
    recognised: new Decimal(recognised),
    breakage: new Decimal(breakage),
    refunded: new Decimal(refunded),
    movedIn: new Decimal(movedIn),
    movedOut: new Decimal(movedOut),
    attributed: new Decimal(attributed),
    closing: new Decimal(closing),
    overage: new Decimal(overage),
    earlier: {
      recognised: new Decimal(earlier.recognised),
      breakage: new Decimal(earlier.breakage),
      overage: new Decimal(earlier.overage),
    },
    proportional: null,
  };
}
