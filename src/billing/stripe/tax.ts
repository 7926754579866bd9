import type Stripe from "stripe";
import { invalidInput } from "../../core/errors.js";
import type { Quote, QuoteRequest } from "../../engine/billing/port.js";
import { stripeCustomer } from "./customers.js";
import { refusalOf } from "./failures.js";
import { fromStripe, toStripe } from "./money.js";
import type { Settings } from "./options.js";
import { within } from "./within.js";

interface Taxable {
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
  readonly signal: AbortSignal;
  /** Null: a repeat may be worked out anew. */
  readonly idempotencyKey: string | null;
}

/** @throws what Stripe's library throws; code `customer_tax_location_invalid` where it does not know where the customer is */
export async function calculateTax(
  { stripe, taxCode }: Settings,
  { customer, amount, currency, signal, idempotencyKey }: Taxable,
): Promise<Stripe.Tax.Calculation> {
  const item: Stripe.Tax.CalculationCreateParams.LineItem = {
    amount,
    reference: "top-up",
    tax_behavior: "exclusive",
    ...(taxCode === undefined ? {} : { tax_code: taxCode }),
  };
  return within(signal, () =>
    stripe.tax.calculations.create(
      { customer, currency: currency.toLowerCase(), line_items: [item] },
      idempotencyKey === null ? {} : { idempotencyKey },
    ),
  );
}

/** The reason, where Stripe cannot tell the tax because of what it does not know of the customer. */
export function untaxable(error: unknown): string | null {
  const refusal = refusalOf(error);
  return refusal?.code?.startsWith("customer_tax_") === true ? refusal.code : null;
}

export async function quote(
  settings: Settings,
  { customerId, subtotal, signal }: QuoteRequest,
): Promise<Quote> {
  const { currency } = subtotal;
  const amount = toStripe(subtotal);
  if (!settings.automaticTax) return { tax: fromStripe(0, currency), total: fromStripe(amount, currency) };
  const customer = await stripeCustomer(settings, customerId, signal);
  try {
    const taxable = { customer, amount, currency, signal, idempotencyKey: null };
    const { tax_amount_exclusive: tax, amount_total: total } = await calculateTax(settings, taxable);
    return { tax: fromStripe(tax, currency), total: fromStripe(total, currency) };
  } catch (error) {
    const code = untaxable(error);
    if (code === null) throw error;
    throw invalidInput(
      `Stripe cannot tell the tax for customer "${customerId}" (${code}): give ${customer} an address in Stripe.`,
      { customerId, reason: code },
    );
  }
}
