import type Stripe from "stripe";
import type { PortMoney } from "../../engine/billing/port.js";
import type { StripeClient } from "./client.js";
import { fromStripe } from "./money.js";
import { within } from "./within.js";

/** Inquiries, which take no money, and disputes that were decided for the seller. */
const NOT_TAKEN = new Set<string>([
  "won",
  "prevented",
  "warning_needs_response",
  "warning_under_review",
  "warning_closed",
]);

/** All that was given back of a charge: refunds, and disputes that are open or lost. Never more than was taken. */
export async function moneyBack(
  stripe: StripeClient,
  charge: Stripe.Charge,
  signal: AbortSignal,
): Promise<PortMoney> {
  const disputed = charge.disputed ? await disputedAmount(stripe, charge, signal) : 0;
  return fromStripe(Math.min(charge.amount, charge.amount_refunded + disputed), charge.currency);
}

async function disputedAmount(
  stripe: StripeClient,
  { id, currency, amount }: Stripe.Charge,
  signal: AbortSignal,
): Promise<number> {
  const { data } = await within(signal, () => stripe.disputes.list({ charge: id, limit: 100 }));
  return data
    .filter(({ status }) => !NOT_TAKEN.has(status))
    .reduce((sum, dispute) => sum + (dispute.currency === currency ? dispute.amount : amount), 0);
}
