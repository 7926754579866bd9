import type Stripe from "stripe";
import { type StripeClient, METADATA, hasMetadata } from "./client.js";
import { flowOf } from "./payments.js";
import { within } from "./within.js";

const NEWEST = { limit: 100 } as const;

/**
 * The payment of a top-up, if Stripe has one: its id. Lists show the newest at once; the search shows whatever is older
 * than a few minutes.
 */
export async function findPayment(
  stripe: StripeClient,
  topUpId: string,
  customer: string,
  signal: AbortSignal,
): Promise<string | null> {
  const query = hasMetadata(METADATA.topUp, topUpId);
  const [searched, intents, sessions] = await Promise.all([
    within(signal, () => stripe.paymentIntents.search({ query, ...NEWEST })),
    within(signal, () => stripe.paymentIntents.list({ customer, ...NEWEST })),
    within(signal, () => stripe.checkout.sessions.list({ customer, ...NEWEST })),
  ]);
  const isOfTopUp = ({ metadata }: { readonly metadata: Stripe.Metadata | null }): boolean =>
    metadata?.[METADATA.topUp] === topUpId;
  const all = [...searched.data, ...intents.data]
    .filter(isOfTopUp)
    .filter((intent) => flowOf(intent) !== null);
  const paid = all.find(({ status }) => status === "succeeded");
  const session = sessions.data.filter(isOfTopUp).sort(byHope)[0];
  return paid?.id ?? session?.id ?? all[0]?.id ?? null;
}

/** Complete, then open, then expired ones. */
function byHope(a: Stripe.Checkout.Session, b: Stripe.Checkout.Session): number {
  return hopeOf(b) - hopeOf(a);
}

function hopeOf({ status }: Stripe.Checkout.Session): number {
  return status === "complete" ? 2 : status === "open" ? 1 : 0;
}
