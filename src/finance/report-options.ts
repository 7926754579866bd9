import * as z from "zod";
import { decimalSchema } from "../catalog/inputs.js";
import type { DecimalParts } from "../core/amounts.js";
import { addDuration, startOfUtcMonth } from "../core/calendar.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { RevenueGroup } from "./api.js";
import { checkSpan, parseOptions, span } from "./options.js";

const GROUPS = [
  "month",
  "customer",
  "feature",
  "plan",
  "currency",
  "source",
  "creditCurrency",
] as const satisfies readonly RevenueGroup[];

export const reportFields = {
  groupBy: z.array(z.enum(GROUPS)).optional(),
  breakageRate: decimalSchema.optional(),
};
const reportSchema = z.strictObject({ ...span, ...reportFields });

export interface ReportOptions {
  readonly from: number;
  readonly to: number;
  readonly groupBy: readonly RevenueGroup[];
  /** Starts of the report's months and its end; without months its start and end. */
  readonly bounds: readonly number[];
  readonly breakageRate: DecimalParts | null;
}

export function parseReport(given: unknown, verb: string): ReportOptions {
  const { from, to, groupBy = [], breakageRate } = parseOptions(reportSchema, given, verb);
  checkSpan({ from, to }, verb);
  return reportOptions({ from, to, groupBy, breakageRate }, verb);
}

export function reportOptions(
  {
    from,
    to,
    groupBy,
    breakageRate,
  }: {
    readonly from: number;
    readonly to: number;
    readonly groupBy: readonly RevenueGroup[];
    readonly breakageRate?: DecimalParts | undefined;
  },
  verb: string,
): ReportOptions {
  if (new Set(groupBy).size < groupBy.length)
    throw invalidInput(`${verb}: \`groupBy\` names a group twice.`, { field: "groupBy" });
  const bounds = groupBy.includes("month") ? monthBounds(from, to, verb) : [from, to];
  return { from, to, groupBy, bounds, breakageRate: rateOf(breakageRate, verb) };
}

const MOST_MONTHS = 1_200;

function monthBounds(from: number, to: number, verb: string): readonly number[] {
  const bounds = [from];
  for (let month = nextMonth(from); month < to; month = nextMonth(month)) {
    bounds.push(month);
    if (bounds.length > MOST_MONTHS)
      throw new CreditError(
        "over_limit",
        `${verb}: by months a report spans ${MOST_MONTHS} of them at most. Ask for a shorter span.`,
        { limit: MOST_MONTHS },
      );
  }
  return [...bounds, to];
}

export function nextMonth(instant: number): number {
  return addDuration(startOfUtcMonth(instant), { months: 1 });
}

/** A share that is never used; of everything there would be nothing to recognise it by. */
export function rateOf(rate: DecimalParts | undefined, verb: string): DecimalParts | null {
  if (rate === undefined) return null;
  if (rate.digits >= 0n && rate.digits < 10n ** BigInt(rate.places)) return rate;
  throw invalidInput(`${verb}: \`breakageRate\` must be a share from 0 to below 1, as "0.1".`, {
    field: "breakageRate",
  });
}
