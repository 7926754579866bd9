import { minimum, roundRatio } from "../amounts.js";
import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import { grantOf } from "../movements.js";
import type { RecordRefundRequest, RefundTopUpRequest } from "../payment-requests.js";
import type { TopUpRefundResult, TopUpResult } from "../results.js";
import { type TopUp, grossOf } from "../top-up.js";
import { tellRefundFailed } from "../tell-top-up.js";
import { checkAfterMs } from "../top-up-steps.js";
import { findGrant } from "./find-grant.js";
import { refundGrant } from "./refund-grant.js";
import { findTopUp, topUpResult } from "./top-up.js";

/**
 * Free credits of a purchase go, and their money, with its share of the tax, goes back to the customer: the provider is
 * asked for that once this is stored, and asked again until it answers.
 */
export function refundTopUp(
  draft: Draft,
  { topUpId, amount, reason }: RefundTopUpRequest,
): TopUpRefundResult {
  const before = findTopUp(draft, topUpId);
  if (before.state !== "completed" || before.payment.id === null)
    throw new CreditError(
      "grant_closed",
      `Top-up "${draft.terms.publicId("tu", topUpId)}" is ${before.state}: nothing was paid that could go back.`,
      { topUpId: draft.terms.publicId("tu", topUpId), state: before.state },
    );
  const refundedBefore = findGrant(draft, before.grantId).cost?.refunded ?? 0n;
  const refund = refundGrant(draft, { kind: "refundGrant", grantId: before.grantId, amount });
  const gross = grossOfRefund(before, refundedBefore, refund.money);
  const refundId = String(before.refunds.length + 1);
  const isNothing = gross === 0n;
  const after: TopUp = {
    ...before,
    refunds: [...before.refunds, { id: refundId, gross, reason, state: isNothing ? "sent" : "pending" }],
    refundedGross: before.refundedGross + gross,
    checks: 0,
    checkAt: draft.now + checkAfterMs(0),
  };
  draft.setTopUp(after);
  return {
    kind: "topUpRefund",
    topUp: after,
    refundId,
    amount: refund.amount,
    money: refund.money,
    gross,
    grant: grantOf(draft, before.grantId),
    available: draft.wallet.available,
  };
}

/** The money's share of all that was taken, by the total, so that the parts of a whole are the whole. */
function grossOfRefund(before: TopUp, refundedBefore: bigint, money: bigint): bigint {
  const { total } = before.price;
  if (total === 0n) return 0n;
  const whole = grossOf(before);
  const share = (part: bigint) => roundRatio({ numerator: part * whole, denominator: total }, "half-up");
  const gross = share(refundedBefore + money) - share(refundedBefore);
  const left = whole - before.refundedGross;
  return left < 0n ? 0n : minimum(gross, left);
}

/** What the provider says of money on its way back. A failure is for people to look at: the credits are gone already. */
export function recordRefund(draft: Draft, { topUpId, refundId, status }: RecordRefundRequest): TopUpResult {
  const before = findTopUp(draft, topUpId);
  const known = before.refunds.find(({ id }) => id === refundId);
  if (known?.state === "pending" && status !== "pending") {
    const state = status === "succeeded" ? "sent" : "failed";
    const after: TopUp = {
      ...before,
      refunds: before.refunds.map((one) => (one.id === refundId ? { ...one, state } : one)),
    };
    draft.setTopUp(after);
    if (state === "failed") tellRefundFailed(draft, after, known.gross);
  }
  return topUpResult(draft, before);
}
