export type {
  PaymentRecorder,
  StripeBilling,
  StripeBillingOptions,
  StripeInvoiceOptions,
  StripeWebhookResult,
  StripeWebhooks,
  StripeWebhooksOptions,
} from "./api.js";
export type { StripeClient } from "./client.js";
export { stripeBilling } from "./provider.js";
export { stripeWebhooks } from "./webhooks.js";
