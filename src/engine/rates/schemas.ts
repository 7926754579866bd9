import * as z from "zod";
import { idSchema, instantSchema } from "../../catalog/inputs.js";
import { harmless } from "../request-schemas.js";
import { NoRate, rateJson } from "./rate-json.js";

/** Kept as JSON. */
const rate = z.unknown().transform((value, context): string | null => {
  if (value === null) return null;
  const text = rateJson(value);
  if (!(text instanceof NoRate)) return text;
  context.addIssue(text.problem);
  return z.NEVER;
});

const MOST_FEATURES = 1_000;

const rates = {
  features: z.record(idSchema, rate).refine((all) => {
    const { length } = Object.keys(all);
    return length > 0 && length <= MOST_FEATURES;
  }, `must hold 1 to ${MOST_FEATURES} features`),
  plan: idSchema.optional(),
  customerId: idSchema.optional(),
};

export const publishRates = z.strictObject({ ...rates, ...harmless, effectiveAt: instantSchema.optional() });

export const previewRates = z.strictObject({ ...rates, from: instantSchema, to: instantSchema });

export const publishedRates = z.strictObject({ feature: idSchema.optional() });
