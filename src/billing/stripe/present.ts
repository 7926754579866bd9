import type Stripe from "stripe";
import type { Payment, PaymentStatus } from "../../engine/billing/port.js";
import { METADATA } from "./client.js";
import { reasonOf } from "./failures.js";
import { fromStripe } from "./money.js";
import { wantsCustomer } from "./settle.js";

export function ofIntent(intent: Stripe.PaymentIntent): Payment {
  const status = intentStatus(intent);
  const { next_action: action, metadata, currency } = intent;
  const url = action?.redirect_to_url?.url;
  const tax = metadata[METADATA.tax];
  return {
    id: intent.id,
    status,
    ...reasonIn(status, intent),
    ...(tax !== undefined && /^\d{1,15}$/.test(tax) ? { tax: fromStripe(Number(tax), currency) } : {}),
    ...(status === "failed" || status === "canceled" ? {} : { total: fromStripe(intent.amount, currency) }),
    ...(url == null ? {} : { actionUrl: url }),
  };
}

function intentStatus(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case "succeeded":
      return "succeeded";
    case "requires_action":
      return "requires_action";
    case "canceled":
      return failureIn(intent) === null ? "canceled" : "failed";
    case "requires_payment_method":
      return wantsCustomer(intent) ? "requires_action" : "pending";
    default:
      return "pending";
  }
}

export function ofSession(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent | null): Payment {
  const status = sessionStatus(session, intent);
  const { currency, amount_total: total, total_details: details, invoice, url } = session;
  const isDone = session.status === "complete" && currency !== null;
  const invoiceUrl = invoice === null || typeof invoice === "string" ? null : invoice.hosted_invoice_url;
  return {
    id: session.id,
    status,
    ...reasonIn(status, intent),
    ...(isDone && session.automatic_tax.enabled && details !== null
      ? { tax: fromStripe(details.amount_tax, currency) }
      : {}),
    ...(isDone && total !== null ? { total: fromStripe(total, currency) } : {}),
    ...(session.status === "open" && url !== null ? { actionUrl: url } : {}),
    ...(invoiceUrl == null ? {} : { invoiceUrl }),
  };
}

function sessionStatus(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent | null): PaymentStatus {
  if (session.status === "expired") return "canceled";
  if (session.status !== "complete") return "pending";
  if (session.payment_status !== "unpaid") return "succeeded";
  // Paid by a method that takes days: the bank has yet to say, or has said no.
  return intent?.status === "requires_payment_method" || intent?.status === "canceled" ? "failed" : "pending";
}

function failureIn({ last_payment_error: error, metadata }: Stripe.PaymentIntent): string | null {
  return metadata[METADATA.refusal] ?? (error === null ? null : reasonOf(error));
}

function reasonIn(status: PaymentStatus, intent: Stripe.PaymentIntent | null): Pick<Payment, "reason"> {
  const reason = intent === null ? null : failureIn(intent);
  return reason !== null && (status === "failed" || status === "requires_action") ? { reason } : {};
}
