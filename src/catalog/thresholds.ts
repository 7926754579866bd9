import * as z from "zod";
import { type DecimalParts, formatScaled } from "../core/amounts.js";
import type { Duration } from "../core/calendar.js";
import { invalidInput } from "../core/errors.js";
import type { Thresholds } from "../core/thresholds.js";
import { decimalSchema, durationSchema, scaledAmount } from "./inputs.js";

/** One use may cross all of them at once, and each is a row. */
const MOST_USAGE_THRESHOLDS = 5;
const MOST_LEADS = 10;

export const thresholdsSchema = z.strictObject({
  usageLow: z.array(decimalSchema).max(MOST_USAGE_THRESHOLDS).optional(),
  balanceLow: decimalSchema.optional(),
  expiringLead: z.array(durationSchema).max(MOST_LEADS).optional(),
});

type ParsedThresholds = z.output<typeof thresholdsSchema>;

/** @param field Goes before the names of fields in errors: "thresholds" or "currencies.tokens.thresholds". */
export function compileThresholds(
  { usageLow = [], balanceLow, expiringLead = [] }: ParsedThresholds,
  scale: number,
  field: string,
): Thresholds {
  const percentages = usageLow.map((percent, index) => percentOf(percent, `${field}.usageLow.${index}`));
  return {
    usageLow: withoutTwins(percentages).sort(ascending),
    balanceLow: balanceLow === undefined ? null : scaledAmount(balanceLow, scale, `${field}.balanceLow`),
    expiringLead,
  };
}

/** More places than these say nothing of a percentage. */
const MOST_PLACES = 6;

function percentOf(percent: DecimalParts, field: string): DecimalParts {
  const { digits, places } = percent;
  if (digits > 0n && digits <= 100n * 10n ** BigInt(places) && places <= MOST_PLACES) return percent;
  throw invalidInput(
    `\`${field}\` is ${formatScaled(digits, places)}; it is a percentage that is used of a grant: above 0, at most 100, with at most ${MOST_PLACES} decimal places.`,
    { field },
  );
}

function withoutTwins(percentages: readonly DecimalParts[]): DecimalParts[] {
  return [...new Map(percentages.map((one) => [formatScaled(one.digits, one.places), one])).values()];
}

function ascending(a: DecimalParts, b: DecimalParts): number {
  const left = a.digits * 10n ** BigInt(b.places);
  const right = b.digits * 10n ** BigInt(a.places);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Each lead time once, whoever asks for it. */
export function leadsOfAll(all: readonly Thresholds[]): readonly Duration[] {
  const leads = all.flatMap(({ expiringLead }) => expiringLead);
  return [...new Map(leads.map((lead) => [JSON.stringify(lead), lead])).values()];
}
