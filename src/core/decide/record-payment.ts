import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import { minorText } from "../money.js";
import type { CallOffTopUpRequest, RecordPaymentRequest } from "../payment-requests.js";
import type { TopUpResult } from "../results.js";
import { settle } from "../settle.js";
import { tellTopUp } from "../tell-top-up.js";
import { type TopUp, isUnheardOf, isWatched } from "../top-up.js";
import { callOff, completeTopUp, confirmUnpaid, endUnpaid, reopen, watchOn } from "../top-up-outcome.js";
import { clawBack, withTold } from "../top-up-steps.js";
import { findTopUp, topUpResult } from "./top-up.js";

/**
 * What a provider tells of a payment, in any order and as often as it comes: credits come in once, at the first word that
 * the money is there, whatever was said before; and what went back is taken by the total.
 */
export function recordPayment(draft: Draft, request: RecordPaymentRequest): TopUpResult {
  const before = findTopUp(draft, request.topUpId);
  if (isOfThisPayment(draft, before, request)) {
    const after = outcome(draft, before, withTold(before, request.told), request);
    if (request.refundedGross !== null && after.state === "completed")
      clawBack(draft, after, request.refundedGross);
    settle(draft);
  }
  return topUpResult(draft, before);
}

/** Nobody is to pay it any more. What is over stays as it is. */
export function callOffTopUp(draft: Draft, { topUpId }: CallOffTopUpRequest): TopUpResult {
  const before = findTopUp(draft, topUpId);
  if (before.state === "pending" && !before.isCalledOff) callOff(draft, before);
  return topUpResult(draft, before);
}

/** What became of another payment than that which is known says nothing, unless it is the one that was made. */
function isOfThisPayment(
  draft: Draft,
  { id, state, payment }: TopUp,
  { told, status }: RecordPaymentRequest,
): boolean {
  const { id: other = null } = told;
  if (other === null || payment.id === null || other === payment.id) return true;
  if (status !== "succeeded") return false;
  if (state !== "completed") return true;
  const topUpId = draft.terms.publicId("tu", id);
  throw invalidInput(
    `Top-up "${topUpId}" is paid already, by payment "${payment.id}": give the money of payment "${other}" back to the customer.`,
    { topUpId, paymentId: payment.id, field: "payment.id" },
  );
}

function outcome(draft: Draft, before: TopUp, told: TopUp, request: RecordPaymentRequest): TopUp {
  const {
    status,
    told: { id = null },
  } = request;
  if (before.state === "completed") return keep(draft, before, told);
  if (status === "succeeded") return paid(draft, before, told, request);
  const isOver = status === "failed" || status === "canceled";
  if (id === null) return isOver ? dropped(draft, before, told, status) : before;
  if (isUnheardOf(before) && !isOver) return reopen(draft, told);
  if (before.state !== "pending")
    return isOver && before.countsToCaps ? confirmUnpaid(draft, told) : keep(draft, before, told);
  if (isOver) return endUnpaid(draft, told, status, true);
  const kept = keep(draft, before, told);
  // Told once for each place where the customer is to go.
  if (status === "requires_action" && before.payment.actionUrl !== told.payment.actionUrl)
    tellTopUp(draft, kept, "action_required");
  return kept;
}

/** The provider knows of no payment. Where one was heard of meanwhile that says nothing. */
function dropped(draft: Draft, before: TopUp, told: TopUp, status: "failed" | "canceled"): TopUp {
  if (before.payment.id !== null) return before;
  if (before.state === "pending") return endUnpaid(draft, told, status, false);
  if (isWatched(before)) watchOn(draft, before);
  return before;
}

/**
 * Credits for less than their price would be revenue that nobody paid: it is refused, until all of it went back.
 *
 * @throws CreditError `invalid_input`
 */
function paid(draft: Draft, before: TopUp, told: TopUp, { refundedGross }: RecordPaymentRequest): TopUp {
  const { id, price, payment } = told;
  const { total } = payment;
  const net = total === null ? price.total : total - (payment.tax ?? 0n);
  if (net >= price.total) return completeTopUp(draft, withoutReason(told));
  if (total !== null && refundedGross !== null && refundedGross >= total) {
    const ended = { ...told, payment: { ...payment, reason: "too_little_paid" } };
    return before.state === "pending" ? endUnpaid(draft, ended, "failed", true) : keep(draft, before, told);
  }
  const text = (minor: bigint) => `${minorText(minor, price.currency)} ${price.currency}`;
  const topUpId = draft.terms.publicId("tu", id);
  throw invalidInput(
    `Payment "${payment.id}" of top-up "${topUpId}" is too little: ${text(net)} without tax, and the price is ${text(price.total)}. Have the rest paid, or give all of it back.`,
    { topUpId, field: "payment.total" },
  );
}

/** A payment that came after all has no reason to have failed. */
function withoutReason(topUp: TopUp): TopUp {
  return { ...topUp, payment: { ...topUp.payment, reason: null } };
}

function keep(draft: Draft, before: TopUp, told: TopUp): TopUp {
  if (JSON.stringify(texts(before)) === JSON.stringify(texts(told))) return before;
  draft.setTopUp(told);
  return told;
}

function texts({ payment }: TopUp): readonly (string | null)[] {
  return Object.values(payment).map((value) => (value === null ? null : String(value)));
}
