import * as z from "zod";
import { parseInput, reading } from "../../catalog/parse-input.js";
import type { StripeBillingOptions, StripeInvoiceOptions, StripeWebhooksOptions } from "./api.js";
import type { StripeClient } from "./client.js";

export interface Settings {
  readonly stripe: StripeClient;
  readonly customerOf: StripeBillingOptions["customerOf"];
  readonly mode: NonNullable<StripeBillingOptions["mode"]>;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly automaticTax: boolean;
  readonly taxCode: string | undefined;
  readonly savePaymentMethod: boolean;
  readonly receiptInvoices: boolean;
  readonly invoices: {
    readonly [Name in keyof StripeInvoiceOptions]-?: NonNullable<StripeInvoiceOptions[Name]>;
  };
}

export interface WebhookSettings {
  readonly stripe: StripeClient;
  readonly secrets: readonly string[];
  readonly credits: StripeWebhooksOptions["credits"];
  readonly toleranceSeconds: number;
  readonly now: () => number;
}

const LONGEST_TOLERANCE_MS = 86_400_000;
const DEFAULT_TOLERANCE_MS = 5 * 60_000;
const DEFAULT_DAYS_UNTIL_DUE = 30;

function functionSchema<Given>(): z.ZodType<Given> {
  return z.custom<Given>((value) => typeof value === "function", { error: "must be a function" });
}

function objectWith<Given>(names: readonly string[], what: string): z.ZodType<Given> {
  return z.custom<Given>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      names.every((name) => name in value && (value as Readonly<Record<string, unknown>>)[name] != null),
    { error: `must be ${what}` },
  );
}

const stripeSchema = objectWith<StripeClient>(
  ["checkout", "customers", "invoices", "paymentIntents", "refunds", "webhooks"],
  "a Stripe object of the library `stripe`: new Stripe(key)",
);

const urlSchema = z
  .string()
  .refine((url) => /^https?:\/\//.test(url), { error: "must be a whole url, with https:" });

const billingSchema = z.strictObject({
  stripe: stripeSchema,
  customerOf: functionSchema<NonNullable<StripeBillingOptions["customerOf"]>>().optional(),
  mode: z.enum(["checkout", "savedPaymentMethod"]).optional(),
  successUrl: urlSchema,
  cancelUrl: urlSchema,
  automaticTax: z.boolean().optional(),
  taxCode: z.string().min(1).optional(),
  savePaymentMethod: z.boolean().optional(),
  receiptInvoices: z.boolean().optional(),
  invoices: z
    .strictObject({
      finalize: z.boolean().optional(),
      collection: z.enum(["send_invoice", "charge_automatically"]).optional(),
      daysUntilDue: z.int().min(0).max(365).optional(),
    })
    .optional(),
});

export function parseBillingOptions(options: unknown): Settings {
  return reading("stripeBilling", () => {
    const given = parseInput(billingSchema, options, "stripeBilling");
    return {
      ...given,
      customerOf: given.customerOf,
      mode: given.mode ?? "checkout",
      automaticTax: given.automaticTax ?? false,
      taxCode: given.taxCode,
      savePaymentMethod: given.savePaymentMethod ?? false,
      receiptInvoices: given.receiptInvoices ?? false,
      invoices: {
        finalize: given.invoices?.finalize ?? true,
        collection: given.invoices?.collection ?? "send_invoice",
        daysUntilDue: given.invoices?.daysUntilDue ?? DEFAULT_DAYS_UNTIL_DUE,
      },
    };
  });
}

const secretSchema = z
  .string()
  .regex(/^\S+$/, { error: "must be the signing secret of the endpoint, whsec_…, without spaces" });

const webhooksSchema = z.strictObject({
  stripe: stripeSchema,
  secret: z.union([secretSchema, z.array(secretSchema).min(1)]),
  credits: objectWith<StripeWebhooksOptions["credits"]>(["recordPayment"], "an engine with `recordPayment`"),
  toleranceMs: z.int().min(1_000).max(LONGEST_TOLERANCE_MS).optional(),
  now: functionSchema<() => number>().optional(),
});

export function parseWebhooksOptions(options: unknown): WebhookSettings {
  return reading("stripeWebhooks", () => {
    const given = parseInput(webhooksSchema, options, "stripeWebhooks");
    return {
      stripe: given.stripe,
      secrets: typeof given.secret === "string" ? [given.secret] : given.secret,
      credits: given.credits,
      toleranceSeconds: Math.floor((given.toleranceMs ?? DEFAULT_TOLERANCE_MS) / 1_000),
      now: given.now ?? Date.now,
    };
  });
}
