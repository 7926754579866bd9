import type Stripe from "stripe";
import { CreditError } from "../../core/errors.js";
import type { ChargeRequest, Payment } from "../../engine/billing/port.js";
import { type Flow, METADATA, keyOf } from "./client.js";
import { savedPaymentMethod, stripeCustomer } from "./customers.js";
import { declineOf, reasonOf, refusalOf } from "./failures.js";
import { findPayment } from "./find.js";
import { toStripe } from "./money.js";
import type { Settings } from "./options.js";
import type { Payments } from "./payments.js";
import { unlessRefused } from "./settle.js";
import { calculateTax, untaxable } from "./tax.js";
import { within } from "./within.js";

/** A charge with all that Stripe wants to know of it. */
interface Sale extends ChargeRequest {
  readonly customer: string;
  /** In Stripe's units, without tax. */
  readonly amount: number;
}

/** Ids of payments that Stripe was never asked for, or refused to make. */
export const REFUSED = "refused:";

/** Takes the money of a top-up, once: what Stripe has of it already is found first, and answered as it is now. */
export async function charge(
  settings: Settings,
  payments: Payments,
  request: ChargeRequest,
): Promise<Payment> {
  const { key, signal } = request;
  let amount: number;
  try {
    amount = toStripe(request.subtotal);
  } catch (error) {
    if (!CreditError.is(error, "invalid_input")) throw error;
    return refused(key, "amount_not_payable");
  }
  const customer = await stripeCustomer(settings, request.customerId, signal);
  const sale: Sale = { ...request, customer, amount };
  const found = await findPayment(settings.stripe, request.metadata.topUpId, customer, signal);
  if (found !== null) return current(payments, found, signal);
  try {
    return await current(payments, await start(settings, sale), signal);
  } catch (error) {
    return afterFailure(settings, payments, sale, error);
  }
}

function refused(key: string, reason: string): Payment {
  return { id: `${REFUSED}${key}`, status: "failed", reason };
}

async function current(payments: Payments, id: string, signal: AbortSignal): Promise<Payment> {
  const found = await payments.byId(id, signal);
  if (found === null) throw new Error(`Stripe does not know ${id}, which it has just told of.`);
  return found.payment;
}

/** A decline leaves an intent behind, a refusal may; whatever else it was, nobody knows. */
async function afterFailure(
  { stripe }: Settings,
  payments: Payments,
  { key, metadata, customer, signal }: Sale,
  error: unknown,
): Promise<Payment> {
  const declined = declineOf(error)?.payment_intent;
  if (declined !== undefined) return current(payments, declined.id, signal);
  if (!(error instanceof Refusal)) throw error;
  const { reason } = error;
  const found = await findPayment(stripe, metadata.topUpId, customer, signal);
  if (found === null) return refused(key, reason);
  // It must not wait for another confirmation.
  await unlessRefused(() =>
    within(signal, () => stripe.paymentIntents.update(found, { metadata: { [METADATA.refusal]: reason } })),
  );
  return current(payments, found, signal);
}

/** Stripe would not make it: it is known to have failed. */
class Refusal extends Error {
  constructor(
    readonly reason: string,
    cause: unknown,
  ) {
    super(`Stripe refused to make a payment: ${reason}.`, { cause });
  }
}

async function made(signal: AbortSignal, make: () => PromiseLike<{ readonly id: string }>): Promise<string> {
  try {
    return (await within(signal, make)).id;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    throw new Refusal(reasonOf(refusal), error);
  }
}

/** The id of what was made. */
async function start(settings: Settings, sale: Sale): Promise<string> {
  const isAsked = !sale.offSession && settings.mode === "checkout";
  const method = isAsked ? null : await savedPaymentMethod(settings.stripe, sale.customer, sale.signal);
  if (method !== null) return payBySaved(settings, sale, method);
  return sale.offSession ? refuse(settings, sale, "no_payment_method") : openCheckout(settings, sale);
}

async function payBySaved(settings: Settings, sale: Sale, method: string): Promise<string> {
  const { currency } = sale.subtotal;
  let taxed: Stripe.Tax.Calculation | null = null;
  if (settings.automaticTax)
    try {
      taxed = await calculateTax(settings, { ...sale, currency, idempotencyKey: keyOf("tax", sale.key) });
    } catch (error) {
      const code = untaxable(error);
      if (code === null) throw error;
      return refuse(settings, sale, code);
    }
  return makeIntent(settings, sale, {
    payment_method: method,
    confirm: true,
    return_url: settings.successUrl,
    ...(sale.offSession ? { off_session: true } : {}),
    ...(taxed === null
      ? {}
      : {
          amount: taxed.amount_total,
          metadata: { ...kept(sale, "intent"), [METADATA.tax]: String(taxed.tax_amount_exclusive) },
          ...(taxed.id === null ? {} : { hooks: { inputs: { tax: { calculation: taxed.id } } } }),
        }),
  });
}

/** An intent that is never confirmed: so the refusal stands, whatever the customer adds later. */
async function refuse(settings: Settings, sale: Sale, reason: string): Promise<string> {
  return makeIntent(settings, sale, { metadata: { ...kept(sale, "intent"), [METADATA.refusal]: reason } });
}

async function makeIntent(
  { stripe }: Settings,
  sale: Sale,
  more: Partial<Stripe.PaymentIntentCreateParams>,
): Promise<string> {
  const { key, customer, amount, subtotal, description, signal } = sale;
  return made(signal, () =>
    stripe.paymentIntents.create(
      {
        amount,
        currency: subtotal.currency.toLowerCase(),
        customer,
        description,
        automatic_payment_methods: { enabled: true },
        metadata: kept(sale, "intent"),
        ...more,
      },
      { idempotencyKey: keyOf("charge", key) },
    ),
  );
}

async function openCheckout(settings: Settings, sale: Sale): Promise<string> {
  const { key, signal } = sale;
  return made(signal, () =>
    settings.stripe.checkout.sessions.create(checkoutParams(settings, sale), {
      idempotencyKey: keyOf("charge", key),
    }),
  );
}

function checkoutParams(
  { successUrl, cancelUrl, automaticTax, taxCode, savePaymentMethod, receiptInvoices }: Settings,
  sale: Sale,
): Stripe.Checkout.SessionCreateParams {
  const { customer, amount, subtotal, description } = sale;
  const metadata = kept(sale, "checkout");
  return {
    mode: "payment",
    customer,
    success_url: successUrl,
    cancel_url: cancelUrl,
    // What is paid is what was quoted: not its worth in the customer's own currency.
    adaptive_pricing: { enabled: false },
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: subtotal.currency.toLowerCase(),
          unit_amount: amount,
          product_data: { name: description, ...(taxCode === undefined ? {} : { tax_code: taxCode }) },
          ...(automaticTax ? { tax_behavior: "exclusive" } : {}),
        },
      },
    ],
    metadata,
    payment_intent_data: {
      description,
      metadata,
      ...(savePaymentMethod ? { setup_future_usage: "off_session" } : {}),
    },
    ...(automaticTax ? { automatic_tax: { enabled: true }, customer_update: { address: "auto" } } : {}),
    ...(receiptInvoices ? { invoice_creation: { enabled: true } } : {}),
  };
}

function kept({ metadata }: Sale, flow: Flow): Stripe.MetadataParam {
  return { [METADATA.topUp]: metadata.topUpId, [METADATA.flow]: flow };
}
