import * as z from "zod";
import type { BurnCriterion } from "../core/burn-order.js";
import { recurringFields } from "./recurring.js";
import { thresholdsSchema } from "./thresholds.js";
import { topUpsSchema } from "./top-ups.js";
import { decimalSchema, durationSchema, idSchema, instantSchema, moneySchema, textSchema } from "./inputs.js";

const BURN_CRITERIA: readonly BurnCriterion[] = [
  "priority",
  "earliestExpiry",
  "latestExpiry",
  "restrictedFirst",
  "promotionalFirst",
  "paidFirst",
  "earliestEffective",
  "latestEffective",
  "earliestCreated",
  "latestCreated",
  "lowestBasis",
  "highestBasis",
];

/** Each combination of their values has counters of its own. */
const MAX_CHART_DIMENSIONS = 3;
const MAX_TIERS = 100;
const MAX_MATCH_CASES = 1_000;

const rounded = {
  minimum: decimalSchema.optional(),
  rounding: z.enum(["half-up", "half-even", "up", "down"]).optional(),
};

const flatRateSchema = z.strictObject({
  credits: decimalSchema,
  per: decimalSchema.optional(),
  block: z.boolean().optional(),
  ...rounded,
});

const tieredRateSchema = z.strictObject({
  tiers: z
    .array(
      z.strictObject({
        upTo: decimalSchema.optional(),
        credits: decimalSchema,
        per: decimalSchema.optional(),
      }),
    )
    .min(1)
    .max(MAX_TIERS),
  over: z.enum(["event", "period"]).optional(),
  ...rounded,
});

const simpleRateSchema = z.unknown().transform((rate, context) => {
  const schema = isObjectWith(rate, "tiers") ? tieredRateSchema : flatRateSchema;
  const parsed = schema.safeParse(rate);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    context.addIssue({ code: "custom", message: issue.message, path: issue.path });
  return z.NEVER;
});

const matchedRateSchema = z.strictObject({
  match: z
    .array(
      z.strictObject({
        when: z.record(textSchema(), z.union([z.string(), z.array(z.string()).min(1)])),
        rate: z.unknown(),
      }),
    )
    .min(1)
    .max(MAX_MATCH_CASES),
  fallback: z.unknown().optional(),
});

export type ParsedFlatRate = z.output<typeof flatRateSchema>;
export type ParsedTieredRate = z.output<typeof tieredRateSchema>;

/** Rates nest only through `match`: the compiler of rates walks that itself, with a bound on depth. */
export const rateSchemas = { simple: simpleRateSchema, matched: matchedRateSchema };

export function isObjectWith(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

const consentSchema = z.strictObject({
  by: idSchema,
  at: instantSchema.optional(),
  limit: decimalSchema.optional(),
});

export const policySchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("hard") }),
  z.strictObject({ mode: z.literal("soft"), limit: decimalSchema.optional() }),
  z.strictObject({
    mode: z.literal("overage"),
    price: moneySchema,
    limit: decimalSchema.optional(),
    consent: z.union([z.literal("required"), consentSchema]).optional(),
  }),
]);

export type ParsedPolicy = z.output<typeof policySchema>;

const currencySchema = z.strictObject({
  name: textSchema(),
  symbol: textSchema().optional(),
  unit: z.strictObject({ singular: textSchema(), plural: textSchema().optional() }).optional(),
  scale: z.int().min(0).max(12).optional(),
  policy: policySchema.optional(),
  burnOrder: z.array(z.enum(BURN_CRITERIA)).min(1).optional(),
  lateWindow: durationSchema.optional(),
  chartDimensions: z.array(textSchema()).max(MAX_CHART_DIMENSIONS).optional(),
  thresholds: thresholdsSchema.optional(),
  topUps: topUpsSchema.optional(),
});

const featureSchema = z.strictObject({
  currency: idSchema,
  name: textSchema().optional(),
  rate: z.unknown(),
});

const MAX_PLAN_GRANTS = 50;

const planSchema = z.strictObject({
  name: textSchema(),
  rank: z.int().optional(),
  every: durationSchema.optional(),
  grants: z
    .array(
      z.strictObject({
        ...recurringFields,
        id: idSchema,
        currency: idSchema,
        every: durationSchema.optional(),
      }),
    )
    .max(MAX_PLAN_GRANTS)
    .optional(),
  rates: z.record(idSchema, z.unknown()).optional(),
  policy: z.record(idSchema, policySchema).optional(),
  thresholds: z.record(idSchema, thresholdsSchema).optional(),
});

export type ParsedPlan = z.output<typeof planSchema>;

export const catalogSchema = z.strictObject({
  currencies: z.record(idSchema, currencySchema),
  features: z.record(idSchema, featureSchema).optional(),
  plans: z.record(idSchema, planSchema).optional(),
});

export type ParsedCurrency = z.output<typeof currencySchema>;
