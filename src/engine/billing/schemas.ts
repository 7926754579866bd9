import * as z from "zod";
import {
  decimalSchema,
  durationSchema,
  idSchema,
  moneyCodeSchema,
  moneySchema,
  textSchema,
} from "../../catalog/inputs.js";
import { harmless, keyed, page, wallet } from "../request-schemas.js";

const LONGEST_URL = 2_048;
const MOST_PACKAGES = 1_000;
const MOST_PURCHASES = 1_000_000;
const urlSchema = textSchema(LONGEST_URL);

const purchase = {
  credits: decimalSchema.optional(),
  money: moneySchema.optional(),
  package: idSchema.optional(),
  packages: z.int().min(1).max(MOST_PACKAGES).optional(),
  payIn: moneyCodeSchema.optional(),
};

export type ParsedPurchase = z.output<z.ZodObject<typeof purchase>>;

export const quoteTopUpSchema = z.strictObject({ ...wallet, ...purchase });
export const topUpSchema = z.strictObject({
  ...wallet,
  ...keyed,
  ...purchase,
  displayName: textSchema().optional(),
});

/** Providers may answer more than is needed. */
export const paymentSchema = z.object({
  id: idSchema,
  status: z.enum(["pending", "requires_action", "succeeded", "failed", "canceled"]),
  reason: textSchema().nullish(),
  tax: moneySchema.nullish(),
  total: moneySchema.nullish(),
  actionUrl: urlSchema.nullish(),
  receiptUrl: urlSchema.nullish(),
  invoiceUrl: urlSchema.nullish(),
  refunded: moneySchema.nullish(),
});

const shown = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);

/** What is only shown is left out where it is odd: an answer about money is not lost for it. */
export const paymentAnswerSchema = paymentSchema.extend({
  reason: shown(textSchema()),
  actionUrl: shown(urlSchema),
  receiptUrl: shown(urlSchema),
  invoiceUrl: shown(urlSchema),
});

export type ParsedPayment = z.output<typeof paymentSchema>;

export const refundAnswerSchema = z.object({
  id: idSchema,
  status: z.enum(["pending", "succeeded", "failed"]),
  reason: shown(textSchema()),
});

export const quoteSchema = z.object({ tax: moneySchema, total: moneySchema });

export const recordPaymentSchema = z.strictObject({ ...harmless, topUpId: idSchema, payment: paymentSchema });

export const topUpRefSchema = z.strictObject({ ...harmless, topUpId: idSchema });

export const refundTopUpSchema = z.strictObject({
  ...keyed,
  topUpId: idSchema,
  amount: decimalSchema.optional(),
});

const statusSchema = z.enum(["pending", "completed", "failed", "canceled"]);

export const topUpsSchema = z.strictObject({
  ...wallet,
  ...page,
  status: z.union([statusSchema, z.array(statusSchema).min(1)]).optional(),
});

export const setAutoTopUpSchema = z.strictObject({
  ...wallet,
  ...harmless,
  threshold: decimalSchema,
  target: decimalSchema.optional(),
  packs: z.union([z.strictObject({ of: decimalSchema }), z.strictObject({ package: idSchema })]).optional(),
  caps: z.strictObject({
    count: z.int().min(1).max(MOST_PURCHASES).optional(),
    money: decimalSchema.optional(),
    every: durationSchema,
  }),
  payIn: moneyCodeSchema.optional(),
  expiresIn: durationSchema.optional(),
});

export const walletChangeSchema = z.strictObject({ ...wallet, ...harmless });

export const markGrantPaidSchema = z.strictObject({
  ...harmless,
  grantId: idSchema,
  paymentId: idSchema.optional(),
  invoiceUrl: urlSchema.optional(),
  receiptUrl: urlSchema.optional(),
});
