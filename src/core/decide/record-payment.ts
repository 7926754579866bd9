import type { Draft } from "../draft.js";
import type { RecordPaymentRequest } from "../payment-requests.js";
import type { TopUpResult } from "../results.js";
import { settle } from "../settle.js";
import { tellTopUp } from "../tell-top-up.js";
import type { TopUp } from "../top-up.js";
import { completeTopUp, endUnpaid } from "../top-up-outcome.js";
import { clawBack, withTold } from "../top-up-steps.js";
import { findTopUp, topUpResult } from "./top-up.js";

/**
 * What a provider tells of a payment, in any order and as often as it comes: credits come in once, at the first word that
 * the money is there, whatever was said before; and what went back is taken by the total.
 */
export function recordPayment(draft: Draft, request: RecordPaymentRequest): TopUpResult {
  const before = findTopUp(draft, request.topUpId);
  const told = withTold(before, request.told);
  const after = outcome(draft, before, told, request.status);
  if (request.refundedGross !== null && after.state === "completed")
    clawBack(draft, after, request.refundedGross);
  settle(draft);
  return topUpResult(draft, before);
}

function outcome(draft: Draft, before: TopUp, told: TopUp, status: RecordPaymentRequest["status"]): TopUp {
  if (before.state === "completed") return keep(draft, before, told);
  if (status === "succeeded") return completeTopUp(draft, withoutReason(told));
  if (before.state !== "pending") return keep(draft, before, told);
  if (status === "failed" || status === "canceled") return endUnpaid(draft, told, status);
  const kept = keep(draft, before, told);
  // Told once for each place where the customer is to go.
  if (status === "requires_action" && before.payment.actionUrl !== told.payment.actionUrl)
    tellTopUp(draft, kept, "action_required");
  return kept;
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
