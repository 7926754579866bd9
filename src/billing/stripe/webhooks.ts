import type Stripe from "stripe";
import { CreditError, invalidInput } from "../../core/errors.js";
import type { StripeWebhookResult, StripeWebhooks, StripeWebhooksOptions } from "./api.js";
import { idOf } from "./client.js";
import { type WebhookSettings, parseWebhooksOptions } from "./options.js";
import { type StripePayment, Payments } from "./payments.js";

/** What an event is about; its own copy of the object is not trusted further: it may be old, and of another API version. */
type Subject = { readonly intent: string } | { readonly session: string } | null;

/**
 * Takes Stripe's notifications, and tells the engine what they mean. Duplicates and any order are harmless: a notification
 * only says that something changed; how the payment stands now is read from Stripe.
 *
 * @throws CreditError `invalid_input` where an option is wrong or unknown
 * @example
 * ```ts
 * import Stripe from "stripe";
 * import { type PaymentRecorder, stripeWebhooks } from "coffer/billing/stripe";
 *
 * export function notifications(credits: PaymentRecorder) {
 *   const { handle } = stripeWebhooks({
 *     stripe: new Stripe(String(process.env["STRIPE_KEY"])),
 *     secret: String(process.env["STRIPE_WEBHOOK_SECRET"]),
 *     credits,
 *   });
 *   return async (request: Request): Promise<Response> => {
 *     await handle(await request.text(), request.headers.get("stripe-signature"));
 *     return new Response(null, { status: 204 });
 *   };
 * }
 * ```
 */
export function stripeWebhooks(options: StripeWebhooksOptions): StripeWebhooks {
  const settings = parseWebhooksOptions(options);
  const payments = new Payments(settings.stripe, null);
  return {
    handle: async (rawBody, signature) =>
      record(settings, payments, await verified(settings, rawBody, signature)),
  };
}

async function verified(
  { stripe, secrets, toleranceSeconds, now }: WebhookSettings,
  rawBody: string | Uint8Array,
  signature: string | readonly string[] | null | undefined,
): Promise<Stripe.Event> {
  const header = Array.isArray(signature) ? (signature as readonly string[])[0] : signature;
  if (typeof header !== "string" || header === "") throw refused("the header `stripe-signature` is missing");
  if (typeof rawBody !== "string" && !(rawBody instanceof Uint8Array))
    throw refused("the body must be given as it came, a text or bytes: before any parsing");
  const body = typeof rawBody === "string" ? rawBody : Buffer.from(rawBody);
  let last: unknown;
  for (const secret of secrets)
    try {
      return await stripe.webhooks.constructEventAsync(
        body,
        header,
        secret,
        toleranceSeconds,
        undefined,
        now(),
      );
    } catch (error) {
      last = error;
    }
  throw refused(
    "the signature is by none of the secrets, or too old; give the body as it came, and the endpoint's secret",
    last,
  );
}

function refused(why: string, cause?: unknown): CreditError {
  const error = invalidInput(`stripeWebhooks: ${why}.`);
  if (cause !== undefined) error.cause = cause;
  return error;
}

async function record(
  { credits }: WebhookSettings,
  payments: Payments,
  event: Stripe.Event,
): Promise<StripeWebhookResult> {
  const { id: eventId, type } = event;
  const subject = subjectOf(event);
  if (subject === null) return { outcome: "ignored", eventId, type, why: "it tells of no payment" };
  const found = await read(payments, subject);
  if (found === null) return { outcome: "ignored", eventId, type, why: "Stripe knows its payment no more" };
  const { topUpId, payment } = found;
  if (topUpId === null)
    return { outcome: "ignored", eventId, type, why: "its payment is of no top-up of Coffer's" };
  try {
    await credits.recordPayment({ topUpId, payment });
  } catch (error) {
    // Of another app, or another stage of this one, that sells on the same account: it will never be known here.
    if (CreditError.is(error) && (error.code as string) === "top_up_not_found")
      return { outcome: "ignored", eventId, type, why: `this engine knows no top-up ${topUpId}` };
    throw error;
  }
  return { outcome: "recorded", eventId, type, topUpId, payment };
}

async function read(payments: Payments, subject: NonNullable<Subject>): Promise<StripePayment | null> {
  return payments.byId("intent" in subject ? subject.intent : subject.session, unhurried());
}

/** Stripe hangs up by itself where this takes long, and sends the notification again. */
function unhurried(): AbortSignal {
  return new AbortController().signal;
}

function subjectOf(event: Stripe.Event): Subject {
  switch (event.type) {
    case "payment_intent.succeeded":
    case "payment_intent.processing":
    case "payment_intent.payment_failed":
    case "payment_intent.canceled":
    case "payment_intent.requires_action":
      return { intent: event.data.object.id };
    case "checkout.session.completed":
    case "checkout.session.expired":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.async_payment_failed":
      return { session: event.data.object.id };
    case "charge.refunded":
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.closed":
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
      return ofIntent(event.data.object);
    default:
      return null;
  }
}

function ofIntent({ payment_intent: intent }: Pick<Stripe.Charge, "payment_intent">): Subject {
  return intent === null ? null : { intent: idOf(intent) };
}
