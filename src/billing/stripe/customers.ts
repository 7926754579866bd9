import type Stripe from "stripe";
import { type StripeClient, METADATA, hasMetadata, idOf, keyOf } from "./client.js";
import type { Settings } from "./options.js";
import { within } from "./within.js";

/** Stripe's id of a customer; made at the first call where the app does not say which one it is. */
export async function stripeCustomer(
  { stripe, customerOf }: Settings,
  customerId: string,
  signal: AbortSignal,
): Promise<string> {
  if (customerOf !== undefined) return within(signal, async () => customerOf(customerId));
  const known = await within(signal, () =>
    stripe.customers.search({ query: hasMetadata(METADATA.customer, customerId), limit: 100 }),
  );
  const [oldest] = [...known.data].sort(byAge);
  if (oldest !== undefined) return oldest.id;
  // A search shows what is older than a few minutes, the key what is younger than a day.
  const created = await within(signal, () =>
    stripe.customers.create(
      { metadata: { [METADATA.customer]: customerId } },
      { idempotencyKey: keyOf("customer", customerId) },
    ),
  );
  return created.id;
}

function byAge(a: Stripe.Customer, b: Stripe.Customer): number {
  return a.created - b.created || (a.id < b.id ? -1 : 1);
}

/** What is charged where the customer is not asked: the default for invoices, else what was saved last. */
export async function savedPaymentMethod(
  stripe: StripeClient,
  customer: string,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await within(signal, () => stripe.customers.retrieve(customer));
  if (found.deleted === true) return null;
  const standard = found.invoice_settings.default_payment_method;
  if (standard !== null) return idOf(standard);
  const saved = await within(signal, () => stripe.customers.listPaymentMethods(customer, { limit: 1 }));
  return saved.data[0]?.id ?? null;
}
