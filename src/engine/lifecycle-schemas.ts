import * as z from "zod";
import { decimalSchema, durationSchema, idSchema, instantSchema, textSchema } from "../catalog/inputs.js";
import { recurringFields } from "../catalog/recurring.js";
import { LONGEST_REASON, customer, harmless, keyed, timeZoneSchema, wallet } from "./request-schemas.js";

export const scheduleSchema = z.strictObject({
  ...wallet,
  ...keyed,
  ...recurringFields,
  every: durationSchema,
  source: idSchema.optional(),
  anchor: instantSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  startsAt: instantSchema.optional(),
  until: instantSchema.optional(),
});

const ownerFields = { dimension: textSchema(), value: textSchema() };

export const setBudgetSchema = z.strictObject({
  ...wallet,
  ...harmless,
  ...ownerFields,
  feature: idSchema.optional(),
  limit: decimalSchema.nullable(),
  every: durationSchema.optional(),
  anchor: instantSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  parent: z.strictObject(ownerFields).optional(),
});

export const endScheduleSchema = z.strictObject({
  ...harmless,
  scheduleId: idSchema,
  when: z.enum(["now", "periodEnd"]).optional(),
});

const MOST_RECENT_DAYS = 366;

export const forecastSchema = z.strictObject({
  ...wallet,
  until: instantSchema,
  burn: z
    .union([
      z.strictObject({ amount: decimalSchema, per: durationSchema }),
      z.strictObject({ recentDays: z.int().min(1).max(MOST_RECENT_DAYS) }),
    ])
    .optional(),
});

export const runDueSchema = z.strictObject({ until: instantSchema.optional() });

export const startRunnerSchema = z.strictObject({
  every: durationSchema,
  onError: z
    .custom<(error: unknown) => void>((value) => typeof value === "function", { error: "must be a function" })
    .optional(),
});

export const convertSchema = z.strictObject({
  ...customer,
  ...keyed,
  from: idSchema,
  to: idSchema,
  rate: decimalSchema,
  amount: decimalSchema.optional(),
  features: z.record(idSchema, idSchema).optional(),
  actor: idSchema,
  reason: textSchema(LONGEST_REASON),
});
