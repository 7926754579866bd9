import type { Payment, PaymentRequest } from "../../engine/billing/port.js";
import type { StripeBilling, StripeBillingOptions } from "./api.js";
import { charge, REFUSED } from "./charge.js";
import { refusalOf } from "./failures.js";
import { stripeCustomer } from "./customers.js";
import { findPayment } from "./find.js";
import { invoice } from "./invoice.js";
import { type Settings, parseBillingOptions } from "./options.js";
import { Payments } from "./payments.js";
import { refund } from "./refund.js";
import { giveUp } from "./settle.js";
import { quote } from "./tax.js";
import { within } from "./within.js";

/**
 * The billing port on Stripe, with the app's own Stripe object.
 *
 * Its promises reject with the errors of Stripe's library where nobody knows what happened: no answer, 409, 429, 5xx, or
 * Stripe refuses the app itself. The call may then come again, with the same key.
 *
 * @throws CreditError `invalid_input` where an option is wrong or unknown
 * @example
 * ```ts
 * import Stripe from "stripe";
 * import { stripeBilling } from "coffer/billing/stripe";
 *
 * export const billing = stripeBilling({
 *   stripe: new Stripe(String(process.env["STRIPE_KEY"])),
 *   successUrl: "https://app.example.com/credits?paid",
 *   cancelUrl: "https://app.example.com/credits",
 *   savePaymentMethod: true,
 * });
 * ```
 */
export function stripeBilling(options: StripeBillingOptions): StripeBilling {
  const settings = parseBillingOptions(options);
  const payments = new Payments(settings.stripe, settings.successUrl);
  return {
    quote: async (request) => quote(settings, request),
    charge: async (request) => charge(settings, payments, request),
    payment: async (request) => payment(settings, payments, request),
    cancel: async (request) => cancel(settings, payments, request),
    refund: async (request) => refund(settings.stripe, request),
    invoice: async (request) => invoice(settings, request),
  };
}

async function payment(
  settings: Settings,
  payments: Payments,
  { key, customerId, paymentId, signal }: PaymentRequest,
): Promise<Payment | null> {
  if (paymentId?.startsWith(REFUSED) === true) return { id: paymentId, status: "failed", reason: "refused" };
  const id = paymentId ?? (await find(settings, key, customerId, signal));
  const found = id === null ? null : await payments.byId(id, signal);
  return found?.payment ?? null;
}

/** With the customer's lists, which show at once what the search shows a minute later. */
async function find(
  settings: Settings,
  key: string,
  customerId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const customer = await stripeCustomer(settings, customerId, signal);
  return findPayment(settings.stripe, key, customer, signal);
}

async function cancel(
  settings: Settings,
  payments: Payments,
  request: PaymentRequest,
): Promise<Payment | null> {
  const { stripe } = settings;
  const { signal } = request;
  const before = await payment(settings, payments, request);
  if (before === null || (before.status !== "pending" && before.status !== "requires_action")) return before;
  const { id } = before;
  if (id.startsWith("cs_"))
    try {
      await within(signal, () => stripe.checkout.sessions.expire(id));
    } catch (error) {
      // Paid, or over, meanwhile.
      if (refusalOf(error) === null) throw error;
    }
  else await giveUp(stripe, id, signal, (intent) => payments.intent(intent, signal));
  return (await payments.byId(id, signal))?.payment ?? null;
}
