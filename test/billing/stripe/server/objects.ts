/** Objects as Stripe's API has them: the library's types say which fields there are. */
import type Stripe from "stripe";

/** The library makes an object of its own of this text. */
export type InvoiceItemOnTheWire = Omit<Stripe.InvoiceItem, "quantity_decimal"> & {
  quantity_decimal: string;
};

export function customerObject(id: string, created: number, metadata: Stripe.Metadata): Stripe.Customer {
  return {
    id,
    object: "customer",
    address: null,
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata,
    name: null,
    phone: null,
    shipping: null,
    tax_exempt: "none",
  };
}

const NOBODY = { address: null, email: null, name: null, phone: null, tax_id: null } as const;

export function paymentMethodObject(
  id: string,
  customer: string | null,
  created: number,
): Stripe.PaymentMethod {
  return {
    id,
    object: "payment_method",
    billing_details: NOBODY,
    created,
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  };
}

export interface IntentTerms {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly customer: string;
  readonly description: string | null;
  readonly metadata: Stripe.Metadata;
}

export function intentObject(terms: IntentTerms): Stripe.PaymentIntent {
  return {
    ...terms,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { enabled: true, allow_redirects: "always" },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: `${terms.id}_secret`,
    confirmation_method: "automatic",
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_group: null,
  };
}

export function chargeObject(id: string, created: number, intent: Stripe.PaymentIntent): Stripe.Charge {
  return {
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: `txn_of_${id}`,
    billing_details: NOBODY,
    calculated_statement_descriptor: null,
    captured: true,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: null,
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: intent.id,
    payment_method: "pm_card",
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: `https://pay.stripe.test/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "succeeded",
    transfer_data: null,
    transfer_group: null,
  };
}

export function refundObject(
  id: string,
  created: number,
  { amount, charge, metadata }: { amount: number; charge: Stripe.Charge; metadata: Stripe.Metadata },
): Stripe.Refund {
  return {
    id,
    object: "refund",
    amount,
    balance_transaction: `txn_of_${id}`,
    charge: charge.id,
    created,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  };
}

/** What sellers write about a dispute is left out: Coffer never looks at it. */
export type DisputeOnTheWire = Omit<Stripe.Dispute, "evidence" | "evidence_details">;

export function disputeObject(
  id: string,
  created: number,
  charge: Stripe.Charge,
  terms: { amount: number; status: Stripe.Dispute.Status },
): DisputeOnTheWire {
  return {
    id,
    object: "dispute",
    ...terms,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: "fraudulent",
  };
}

export interface SessionTerms {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly tax: number;
  readonly isTaxed: boolean;
  readonly metadata: Stripe.Metadata;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export function sessionObject(terms: SessionTerms): Stripe.Checkout.Session {
  const { id, created, customer, currency, subtotal, tax, metadata } = terms;
  return {
    id,
    object: "checkout.session",
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: subtotal,
    amount_total: subtotal + tax,
    automatic_tax: {
      enabled: terms.isTaxed,
      liability: null,
      provider: null,
      status: terms.isTaxed ? "complete" : null,
    },
    billing_address_collection: null,
    cancel_url: terms.cancelUrl,
    client_reference_id: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: created + 86_400,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata,
    mode: "payment",
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: "if_required",
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    payment_status: "unpaid",
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: null,
    subscription: null,
    success_url: terms.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: tax },
    ui_mode: "hosted_page",
    url: `https://checkout.stripe.test/pay/${id}`,
    wallet_options: null,
  };
}

export interface InvoiceTerms {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly currency: string;
  readonly collection: Stripe.Invoice.CollectionMethod;
  readonly isTaxed: boolean;
  readonly metadata: Stripe.Metadata;
}

export function invoiceObject(terms: InvoiceTerms): Stripe.Invoice {
  const { id, created, customer, currency, metadata } = terms;
  return {
    id,
    object: "invoice",
    account_country: "US",
    account_name: null,
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: {
      disabled_reason: null,
      enabled: terms.isTaxed,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: terms.collection,
    created,
    currency,
    custom_fields: null,
    customer,
    customer_account: null,
    customer_address: null,
    customer_email: null,
    customer_name: null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: "none",
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: "list", data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata,
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: created,
    period_start: created,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}

export function invoiceItemObject(terms: {
  id: string;
  date: number;
  customer: string;
  invoice: string;
  amount: number;
  currency: string;
  description: string;
  period: Stripe.InvoiceItem.Period;
  metadata: Stripe.Metadata;
}): InvoiceItemOnTheWire {
  return {
    ...terms,
    object: "invoiceitem",
    customer_account: null,
    discountable: true,
    discounts: [],
    livemode: false,
    parent: null,
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: "1",
    tax_rates: [],
    test_clock: null,
  };
}

export function calculationObject(
  id: string,
  taxDate: number,
  terms: { customer: string; currency: string; amount: number; tax: number },
): Stripe.Tax.Calculation {
  return {
    id,
    object: "tax.calculation",
    amount_total: terms.amount + terms.tax,
    currency: terms.currency,
    customer: terms.customer,
    customer_details: {
      address: null,
      address_source: "billing",
      ip_address: null,
      tax_ids: [],
      taxability_override: "none",
    },
    expires_at: taxDate + 90 * 86_400,
    livemode: false,
    ship_from_details: null,
    shipping_cost: null,
    tax_amount_exclusive: terms.tax,
    tax_amount_inclusive: 0,
    tax_breakdown: [],
    tax_date: taxDate,
  };
}
