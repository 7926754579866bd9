import type Stripe from "stripe";
import { type StripeClient, METADATA, idOf, keyOf } from "./client.js";
import { declineOf, refusalOf } from "./failures.js";
import { within } from "./within.js";

interface Terms {
  /** Null: nobody can be asked to confirm it from here. */
  readonly returnUrl: string | null;
  readonly signal: AbortSignal;
}

type Reread = (id: string) => Promise<Stripe.PaymentIntent>;

/** The bank wants to hear from the customer. */
export function wantsCustomer({ last_payment_error: error }: Stripe.PaymentIntent): boolean {
  return error?.code === "authentication_required";
}

/**
 * An intent that Coffer confirms by itself stays open at Stripe after a decline: anybody could go on with it, and money
 * would come after "failed" was told. So it is cancelled, and then it is true. Where the bank wants to hear from the
 * customer it is confirmed once more, as if they were there: Stripe then tells the page where they are asked.
 */
export async function settled(
  stripe: StripeClient,
  intent: Stripe.PaymentIntent,
  { returnUrl, signal }: Terms,
  reread: Reread,
): Promise<Stripe.PaymentIntent> {
  if (!isStuck(intent)) return intent;
  if (wantsCustomer(intent)) {
    if (returnUrl === null) return intent;
    const asked = await askCustomer(stripe, intent, { returnUrl, signal }, reread);
    if (!isStuck(asked)) return asked;
  }
  return giveUp(stripe, intent.id, signal, reread);
}

function isStuck({ status, last_payment_error: error, metadata }: Stripe.PaymentIntent): boolean {
  return status === "requires_payment_method" && (error !== null || METADATA.refusal in metadata);
}

async function askCustomer(
  stripe: StripeClient,
  { id, last_payment_error: error }: Stripe.PaymentIntent,
  { returnUrl, signal }: { readonly returnUrl: string; readonly signal: AbortSignal },
  reread: Reread,
): Promise<Stripe.PaymentIntent> {
  const method = error?.payment_method;
  if (method != null)
    await unlessRefused(() =>
      within(signal, () =>
        stripe.paymentIntents.confirm(
          id,
          { payment_method: idOf(method), return_url: returnUrl },
          { idempotencyKey: keyOf("confirm", id) },
        ),
      ),
    );
  return reread(id);
}

/** Cancelling needs no key: once is as good as twice. Where it is refused, the intent has gone on meanwhile. */
export async function giveUp(
  stripe: StripeClient,
  id: string,
  signal: AbortSignal,
  reread: Reread,
): Promise<Stripe.PaymentIntent> {
  await unlessRefused(() =>
    within(signal, () => stripe.paymentIntents.cancel(id, { cancellation_reason: "abandoned" })),
  );
  return reread(id);
}

/** Whatever is refused or declined shows when the object is read again; only what nobody knows is thrown. */
export async function unlessRefused(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (declineOf(error) === null && refusalOf(error) === null) throw error;
  }
}
