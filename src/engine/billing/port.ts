/**
 * The billing port: what Coffer needs of a payment provider, and nothing more. An app implements it for its provider, or
 * takes the one of `coffer/billing/stripe`.
 *
 * Three laws:
 * - **Keys.** Every call that moves money bears a `key`. The same key must never move money twice, however often and from
 *   however many processes it is called: hand it to the provider as its idempotency key. A repeat answers what is true now.
 * - **Answers.** A promise that rejects means: nobody knows. The call comes again, with the same key. What is known to have
 *   failed is answered (`status: "failed"`), never thrown.
 * - **Notifications.** What the provider tells later goes to `credits.recordPayment`, in any order and as often as it
 *   comes.
 */
export interface BillingProvider {
  /** Tax and total for a purchase, before it is made. Left out: no tax. */
  quote?(request: QuoteRequest): Promise<Quote>;
  /** Takes the money, or asks the customer for it. */
  charge(request: ChargeRequest): Promise<Payment>;
  /**
   * What became of a payment; null where the provider knows of none. Left out: `charge` is called again with its key, and
   * `cancel` is asked about purchases that are called off. Give one of them: without both a customer who is long gone may be
   * charged, since there is no other way to ask.
   */
  payment?(request: PaymentRequest): Promise<Payment | null>;
  /**
   * Gives a payment up that is not paid yet, so that nobody pays it later; null where the provider knows of none. Answers what is true after that: it may have been
   * paid meanwhile, or be on its way and not to be stopped. Left out: it stays as it is, and a purchase that nobody pays
   * stays pending until its payment is over.
   */
  cancel?(request: PaymentRequest): Promise<Payment | null>;
  /** Gives money back. */
  refund(request: RefundRequest): Promise<RefundAnswer>;
  /** Sends a bill. */
  invoice(request: InvoiceRequest): Promise<InvoiceAnswer>;
}

/** Money in major units, as a plain decimal text: `{ amount: "85.00", currency: "USD" }`. */
export interface PortMoney {
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

export interface QuoteRequest {
  readonly customerId: string;
  readonly subtotal: PortMoney;
  /** Fires when the caller's time is over. */
  readonly signal: AbortSignal;
}

export interface Quote {
  readonly tax: PortMoney;
  /** `subtotal` and `tax`. */
  readonly total: PortMoney;
}

export interface ChargeRequest {
  /** Of this payment: the id of the top-up. At most 255 bytes of ASCII for ids of usual length. */
  readonly key: string;
  readonly customerId: string;
  /** Without tax, which the provider adds. */
  readonly subtotal: PortMoney;
  /** For the customer's statement: "500 AI tokens". */
  readonly description: string;
  /** True where the customer is not there to confirm it: an automatic top-up. */
  readonly offSession: boolean;
  /** To be kept with the payment, and given back in notifications. */
  readonly metadata: { readonly topUpId: string };
  readonly signal: AbortSignal;
}

/**
 * - `pending`: on its way, or the customer has yet to pay (at `actionUrl`, if there is one);
 * - `requires_action`: the customer must confirm it, at `actionUrl`;
 * - `succeeded`: the money is there;
 * - `failed`: declined, and this key will never succeed; `canceled` likewise, because somebody said so.
 */
export type PaymentStatus = "pending" | "requires_action" | "succeeded" | "failed" | "canceled";

export interface Payment {
  /** The provider's own. */
  readonly id: string;
  readonly status: PaymentStatus;
  /** Why it failed, as the provider's code: "card_declined". */
  readonly reason?: string | undefined;
  readonly tax?: PortMoney | undefined;
  /** Taken in all, tax included. Left out: the subtotal. A payment of less than the subtotal and `tax` is refused. */
  readonly total?: PortMoney | undefined;
  /** Where the customer pays or confirms. */
  readonly actionUrl?: string | undefined;
  readonly receiptUrl?: string | undefined;
  readonly invoiceUrl?: string | undefined;
  /** Given back so far in all, tax included: by refunds, and by disputes that were lost or are open. */
  readonly refunded?: PortMoney | undefined;
}

export interface PaymentRequest {
  /** That of the charge. */
  readonly key: string;
  readonly customerId: string;
  /** Null: no answer to the charge was ever seen; it may have been made all the same. */
  readonly paymentId: string | null;
  readonly signal: AbortSignal;
}

export interface RefundRequest {
  readonly key: string;
  readonly paymentId: string;
  /** Tax included. */
  readonly amount: PortMoney;
  readonly reason: string | null;
  readonly signal: AbortSignal;
}

export interface RefundAnswer {
  readonly id: string;
  readonly status: "pending" | "succeeded" | "failed";
  readonly reason?: string | undefined;
}

export interface InvoiceRequest {
  readonly key: string;
  readonly customerId: string;
  readonly currency: string;
  /** Those that are to be paid; their amounts may be negative (what was billed before and taken back). */
  readonly lines: readonly InvoiceRequestLine[];
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly signal: AbortSignal;
}

export interface InvoiceRequestLine {
  /** Unique within the invoice. */
  readonly id: string;
  readonly description: string;
  readonly amount: PortMoney;
}

export interface InvoiceAnswer {
  readonly id: string;
  readonly status: "draft" | "open" | "paid";
  readonly url?: string | undefined;
}
