import { createHash } from "node:crypto";
import type Stripe from "stripe";

/** The app's own `new Stripe(…)`: what of it is used here. */
export type StripeClient = Pick<
  Stripe,
  | "checkout"
  | "customers"
  | "disputes"
  | "invoiceItems"
  | "invoices"
  | "paymentIntents"
  | "refunds"
  | "tax"
  | "webhooks"
>;

/** The keys under which Stripe keeps what Coffer must find again. */
export const METADATA = {
  topUp: "topUpId",
  /** Which way a payment goes: a {@link Flow}. */
  flow: "cofferFlow",
  /** Why a payment was never tried. */
  refusal: "cofferReason",
  /** In Stripe's units. */
  tax: "cofferTax",
  customer: "cofferCustomerId",
  refund: "cofferRefund",
  refundReason: "cofferReason",
  invoice: "cofferInvoice",
  /** Stands on a draft that has all its lines: from then on it is its readers'. */
  complete: "cofferComplete",
  line: "cofferLine",
} as const;

/** `intent`: a saved payment method was charged; `checkout`: the customer pays on Stripe's page. */
export type Flow = "intent" | "checkout";

const LONGEST_KEY = 255;

/** Within what Stripe takes as an idempotency key and in metadata; a longer one goes by its hash. */
export function keyOf(purpose: string, key: string): string {
  const whole = `${purpose}:${key}`;
  return whole.length <= LONGEST_KEY ? whole : `${purpose}:${createHash("sha256").update(key).digest("hex")}`;
}

/** A clause of Stripe's search language. */
export function hasMetadata(name: string, value: string): string {
  return `metadata["${name}"]:"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

export function idOf(reference: string | { readonly id: string }): string {
  return typeof reference === "string" ? reference : reference.id;
}
