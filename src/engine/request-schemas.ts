import * as z from "zod";
import {
  decimalSchema,
  durationSchema,
  idSchema,
  instantSchema,
  moneySchema,
  textSchema,
} from "../catalog/inputs.js";
import { isTimeZone } from "../core/chart-bounds.js";
import { prioritySchema } from "../catalog/recurring.js";
import { policySchema } from "../catalog/schema.js";
import { thresholdsSchema } from "../catalog/thresholds.js";
import { dimensionsSchema, metadataSchema } from "./json-inputs.js";

export const LONGEST_REASON = 1_000;

const notes = {
  actor: idSchema.optional(),
  reason: textSchema(LONGEST_REASON).optional(),
  metadata: metadataSchema.optional(),
};

/** Keys that begin so are the engine's own. */
export const OWN_KEY_PREFIX = "coffer:";

const keySchema = textSchema().refine((key) => !key.startsWith(OWN_KEY_PREFIX), {
  error: `must not begin with "${OWN_KEY_PREFIX}"`,
});
export const keyed = { ...notes, idempotencyKey: keySchema };
export const harmless = { ...notes, idempotencyKey: keySchema.optional() };

export const customer = { customerId: idSchema, scope: idSchema.optional() };
export const wallet = { ...customer, currency: idSchema };
const displayName = textSchema();

export const grantSchema = z.strictObject({
  ...wallet,
  ...keyed,
  amount: decimalSchema,
  category: z.enum(["paid", "promotional"]),
  cost: moneySchema.optional(),
  source: idSchema.optional(),
  priority: prioritySchema.optional(),
  effectiveAt: instantSchema.optional(),
  expiresAt: instantSchema.nullable().optional(),
  features: z.array(idSchema).min(1).optional(),
  displayName: displayName.optional(),
  awaitsPayment: z.boolean().optional(),
});

export const itemSchema = z.strictObject({
  feature: idSchema,
  quantity: decimalSchema,
  dimensions: dimensionsSchema.optional(),
});

/** The three ways to say what is used; just one of them may stand. */
const usage = {
  feature: idSchema.optional(),
  quantity: decimalSchema.optional(),
  dimensions: dimensionsSchema.optional(),
  currency: idSchema.optional(),
  amount: decimalSchema.optional(),
  items: z.array(itemSchema).optional(),
};

export type ParsedUsage = z.output<z.ZodObject<typeof usage>>;

export const withdrawSchema = z.strictObject({
  ...customer,
  ...keyed,
  ...usage,
  occurredAt: instantSchema.optional(),
  partial: z.boolean().optional(),
});

export const reserveSchema = z.strictObject({
  ...customer,
  ...keyed,
  ...usage,
  expiresIn: durationSchema,
});

export const captureSchema = z.strictObject({
  ...keyed,
  reservationId: idSchema,
  quantity: decimalSchema.optional(),
  amount: decimalSchema.optional(),
  items: z.array(itemSchema).optional(),
  final: z.boolean().optional(),
  strict: z.boolean().optional(),
});

export const releaseSchema = z.strictObject({ ...harmless, reservationId: idSchema });

export const extendSchema = z.strictObject({
  ...harmless,
  reservationId: idSchema,
  expiresIn: durationSchema,
});

export const voidGrantSchema = z.strictObject({ ...harmless, grantId: idSchema });

export const amendGrantSchema = z.strictObject({
  ...harmless,
  grantId: idSchema,
  expiresAt: instantSchema.nullable().optional(),
  priority: prioritySchema.optional(),
  displayName: displayName.nullable().optional(),
});

export const adjustSchema = z.strictObject({
  ...wallet,
  ...keyed,
  amount: decimalSchema,
  grantId: idSchema.optional(),
  actor: idSchema,
  reason: textSchema(LONGEST_REASON),
});

export const reverseSchema = z.strictObject({
  ...keyed,
  withdrawalId: idSchema,
  amount: decimalSchema.optional(),
  regrant: z
    .union([z.boolean(), z.strictObject({ expiresAt: instantSchema.nullable().optional() })])
    .optional(),
});

export const refundGrantSchema = z.strictObject({
  ...keyed,
  grantId: idSchema,
  amount: decimalSchema.optional(),
});

/** A bare id means the customer's common wallet. */
const party = z.union([
  idSchema.transform((customerId): z.output<z.ZodObject<typeof customer>> => ({ customerId })),
  z.strictObject(customer),
]);

export const transferSchema = z.strictObject({
  ...keyed,
  from: party,
  to: party,
  currency: idSchema,
  amount: decimalSchema,
});

export const setPolicySchema = z.strictObject({
  ...wallet,
  ...harmless,
  policy: policySchema.nullable(),
});

export const setThresholdsSchema = z.strictObject({
  ...wallet,
  ...harmless,
  thresholds: thresholdsSchema.nullable(),
});

export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, { error: "must be a time zone that the runtime knows, such as Europe/Berlin" });

const consistencySchema = z.union([
  z.literal("strict"),
  z.strictObject({ cached: z.strictObject({ maxStaleMs: z.number().min(0) }) }),
]);

export const balanceSchema = z.strictObject({
  ...wallet,
  at: instantSchema.optional(),
  consistency: consistencySchema.optional(),
});

export const checkSchema = z.strictObject({
  ...customer,
  ...usage,
  occurredAt: instantSchema.optional(),
  consistency: consistencySchema.optional(),
});

export const explainSchema = z.strictObject({
  ...wallet,
  feature: idSchema.optional(),
  dimensions: dimensionsSchema.optional(),
});

const LARGEST_PAGE = 1_000;
export const page = {
  after: z.string().max(1_000).optional(),
  limit: z.int().min(1).max(LARGEST_PAGE).optional(),
};

const grantStatus = z.enum(["pending", "scheduled", "active", "depleted", "expired", "voided"]);

export const grantsSchema = z.strictObject({
  ...wallet,
  ...page,
  status: z.union([grantStatus, z.array(grantStatus)]).optional(),
});

const ENTRY_TYPES = [
  "granted",
  "consumed",
  "expired",
  "voided",
  "adjusted",
  "reversed",
  "refunded",
  "transferred_out",
  "transferred_in",
  "rolled_over",
  "expiry_reversed",
  "overdraft",
  "overdraft_settled",
  "overage",
  "amended",
] as const;

export const ledgerSchema = z.strictObject({
  ...wallet,
  ...page,
  types: z.array(z.enum(ENTRY_TYPES)).optional(),
  feature: idSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  order: z.enum(["asc", "desc"]).optional(),
});

export const usageSchema = z.strictObject({
  ...wallet,
  feature: idSchema.optional(),
  from: instantSchema,
  to: instantSchema,
  every: z.enum(["hour", "day", "week", "month"]),
  timeZone: timeZoneSchema.optional(),
  dimensions: z.record(textSchema(), textSchema().optional()).optional(),
  groupBy: z.union([z.literal("feature"), z.strictObject({ dimension: textSchema() })]).optional(),
});

export const auditSchema = z.strictObject({
  ...customer,
  ...page,
  actor: idSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});

export const walletSchema = z.strictObject(wallet);
