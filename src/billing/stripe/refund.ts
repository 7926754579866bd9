import type Stripe from "stripe";
import { CreditError } from "../../core/errors.js";
import type { RefundAnswer, RefundRequest } from "../../engine/billing/port.js";
import { type StripeClient, METADATA, idOf, keyOf } from "./client.js";
import { reasonOf, refusalOf } from "./failures.js";
import { toStripe } from "./money.js";
import { within } from "./within.js";

const LONGEST_REASON = 500;

/** Gives money back, once per key: the refunds of the payment say whether it was done already. */
export async function refund(stripe: StripeClient, request: RefundRequest): Promise<RefundAnswer> {
  const { key, signal, paymentId } = request;
  let amount: number;
  try {
    amount = toStripe(request.amount);
  } catch (error) {
    if (!CreditError.is(error, "invalid_input")) throw error;
    return { id: key, status: "failed", reason: "amount_not_payable" };
  }
  const intent = await intentOf(stripe, paymentId, signal);
  if (intent === null) return { id: key, status: "failed", reason: "not_paid" };
  const found = await findRefund(stripe, intent, key, signal);
  if (found !== null) return answerOf(found);
  try {
    const made = await within(signal, () =>
      stripe.refunds.create(paramsOf(request, intent, amount), { idempotencyKey: keyOf("refund", key) }),
    );
    // Stripe repeats its first answer to a key; this is how it stands now.
    return answerOf(await within(signal, () => stripe.refunds.retrieve(made.id)));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { id: key, status: "failed", reason: reasonOf(refusal) };
  }
}

function paramsOf({ key, reason }: RefundRequest, intent: string, amount: number): Stripe.RefundCreateParams {
  return {
    payment_intent: intent,
    amount,
    metadata: {
      [METADATA.refund]: keyOf("refund", key),
      ...(reason === null ? {} : { [METADATA.refundReason]: reason.slice(0, LONGEST_REASON) }),
    },
  };
}

async function intentOf(
  stripe: StripeClient,
  paymentId: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (paymentId.startsWith("pi_")) return paymentId;
  if (!paymentId.startsWith("cs_")) return null;
  const { payment_intent: intent } = await within(signal, () => stripe.checkout.sessions.retrieve(paymentId));
  return intent === null ? null : idOf(intent);
}

async function findRefund(
  stripe: StripeClient,
  intent: string,
  key: string,
  signal: AbortSignal,
): Promise<Stripe.Refund | null> {
  const wanted = keyOf("refund", key);
  let after: string | undefined;
  do {
    const page = await within(signal, () =>
      stripe.refunds.list({
        payment_intent: intent,
        limit: 100,
        ...(after === undefined ? {} : { starting_after: after }),
      }),
    );
    const found = page.data.find(({ metadata }) => metadata?.[METADATA.refund] === wanted);
    if (found !== undefined) return found;
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
  return null;
}

function answerOf({ id, status, failure_reason: reason }: Stripe.Refund): RefundAnswer {
  if (status === "succeeded") return { id, status };
  if (status === "failed" || status === "canceled") return { id, status: "failed", reason: reason ?? status };
  return { id, status: "pending" };
}
