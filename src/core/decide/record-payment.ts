import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import { minorText } from "../money.js";
import type { CallOffTopUpRequest, RecordPaymentRequest } from "../payment-requests.js";
import type { TopUpResult } from "../results.js";
import { settle } from "../settle.js";
import { tellTopUp } from "../tell-top-up.js";
import { type TopUp, isWatched } from "../top-up.js";
import { callOff, completeTopUp, confirmUnpaid, endUnpaid, reopen } from "../top-up-outcome.js";
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
  if (state !== "completed") return status !== "failed" && status !== "canceled";
  if (status !== "succeeded") return false;
  const topUpId = draft.terms.publicId("tu", id);
  throw invalidInput(
    `Top-up "${topUpId}" is paid already, by payment "${payment.id}": give the money of payment "${other}" back to the customer.`,
    { topUpId, paymentId: payment.id, field: "payment.id" },
  );
}

function outcome(
  draft: Draft,
  before: TopUp,
  told: TopUp,
  { status, told: { id = null } }: RecordPaymentRequest,
): TopUp {
  if (before.state === "completed") return keep(draft, before, told);
  if (status === "succeeded") {
    checkEnough(draft, told);
    return completeTopUp(draft, withoutReason(told));
  }
  const isOver = status === "failed" || status === "canceled";
  const isKnown = id !== null;
  // Silence about a payment that was heard of meanwhile ends nothing.
  if (isOver && !isKnown && before.payment.id !== null) return before;
  if (isWatched(before) && !isOver && isKnown) return reopen(draft, told);
  if (before.state !== "pending")
    return isOver && isKnown && before.countsToCaps ? confirmUnpaid(draft, told) : keep(draft, before, told);
  if (isOver) return endUnpaid(draft, told, status, isKnown);
  const kept = keep(draft, before, told);
  // Told once for each place where the customer is to go.
  if (status === "requires_action" && before.payment.actionUrl !== told.payment.actionUrl)
    tellTopUp(draft, kept, "action_required");
  return kept;
}

/** Credits for less than their price would be revenue that nobody paid. */
function checkEnough(draft: Draft, { id, price, payment }: TopUp): void {
  if (payment.total === null) return;
  const paid = payment.total - (payment.tax ?? 0n);
  if (paid >= price.total) return;
  const text = (minor: bigint) => `${minorText(minor, price.currency)} ${price.currency}`;
  const topUpId = draft.terms.publicId("tu", id);
  throw invalidInput(
    `Payment "${payment.id}" of top-up "${topUpId}" is too little: ${text(paid)} without tax, and the price is ${text(price.total)}. Have the rest paid, or give it back.`,
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
