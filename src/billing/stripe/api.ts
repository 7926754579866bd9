import type {
  BillingProvider,
  Payment,
  PaymentRequest,
  Quote,
  QuoteRequest,
} from "../../engine/billing/port.js";
import type { StripeClient } from "./client.js";

export interface StripeInvoiceOptions {
  /** Finalised, so that it is sent or charged; false: left as a draft, for a person to look at. Default true. */
  readonly finalize?: boolean | undefined;
  /** Stripe mails it, or charges the customer's default payment method. Default `send_invoice`. */
  readonly collection?: "send_invoice" | "charge_automatically" | undefined;
  /** Of an invoice that is sent; 0 to 365, default 30. */
  readonly daysUntilDue?: number | undefined;
}

export interface StripeBillingOptions {
  /** The app's `new Stripe(key)`. */
  readonly stripe: StripeClient;
  /**
   * Stripe's id (`cus_…`) of a customer. Left out: a customer with the metadata `cofferCustomerId`, which is made where
   * there is none.
   */
  readonly customerOf?: ((customerId: string) => string | Promise<string>) | undefined;
  /**
   * How a customer who is there pays: on Stripe's page (`checkout`, the default), or by the payment method that they have
   * saved (`savedPaymentMethod`), and on Stripe's page only where there is none.
   */
  readonly mode?: "checkout" | "savedPaymentMethod" | undefined;
  /** Where Stripe sends customers who have paid, or have confirmed a payment. */
  readonly successUrl: string;
  /** Where Stripe sends customers who go back without paying. */
  readonly cancelUrl: string;
  /** Tax is worked out by Stripe Tax, and added. Default false. */
  readonly automaticTax?: boolean | undefined;
  /** Stripe's tax code (`txcd_…`) of the credits; default: the account's. */
  readonly taxCode?: string | undefined;
  /** Keeps the payment method of a customer who pays on Stripe's page, for automatic top-ups. Default false. */
  readonly savePaymentMethod?: boolean | undefined;
  /** Stripe makes a paid invoice for what was paid on its page; the payment bears its url. Default false. */
  readonly receiptInvoices?: boolean | undefined;
  readonly invoices?: StripeInvoiceOptions | undefined;
}

/** A {@link BillingProvider} with all that the port knows. */
export interface StripeBilling extends BillingProvider {
  /** Without `automaticTax` there is none. */
  quote(request: QuoteRequest): Promise<Quote>;
  payment(request: PaymentRequest): Promise<Payment | null>;
  /** Gives up what is not paid yet, and answers what is true after that. */
  cancel(request: PaymentRequest): Promise<Payment | null>;
}

/** Of an engine, what notifications need. */
export interface PaymentRecorder {
  recordPayment(request: { readonly topUpId: string; readonly payment: Payment }): Promise<unknown>;
}

export interface StripeWebhooksOptions {
  /** The app's `new Stripe(key)`. */
  readonly stripe: StripeClient;
  /** The endpoint's signing secret, `whsec_…`; several while it is changed. */
  readonly secret: string | readonly string[];
  readonly credits: PaymentRecorder;
  /** How old a signature may be, in milliseconds; at least 1,000, default 5 minutes. */
  readonly toleranceMs?: number | undefined;
  /** UTC milliseconds; default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}

/** What was done with a notification. `ignored`: it was none of Coffer's business, and `why` says so. */
export type StripeWebhookResult =
  | {
      readonly outcome: "recorded";
      readonly eventId: string;
      readonly type: string;
      readonly topUpId: string;
      readonly payment: Payment;
    }
  | { readonly outcome: "ignored"; readonly eventId: string; readonly type: string; readonly why: string };

export interface StripeWebhooks {
  /**
   * Takes one notification. Answer Stripe with a 2xx once it resolves, whatever the outcome; with 400 where it throws
   * `invalid_input`; with 500 where it throws anything else, and Stripe sends it again.
   *
   * @param rawBody as it came, byte for byte: before any parsing
   * @param signature the header `stripe-signature`
   * @throws CreditError `invalid_input` where the signature is missing, by another secret, or too old
   */
  handle(
    rawBody: string | Uint8Array,
    signature: string | readonly string[] | null | undefined,
  ): Promise<StripeWebhookResult>;
}
