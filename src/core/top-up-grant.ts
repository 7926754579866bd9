import { addDuration } from "./calendar.js";
import type { Draft } from "./draft.js";
import type { Grant, GrantPayment } from "./grant.js";
import { bringIn, checkRoom, newGrant } from "./new-grant.js";
import type { TopUp } from "./top-up.js";

/** The grant of a purchase that is not paid: it stands in the list of grants, and counts for nothing. */
export function unpaidGrant(draft: Draft, topUp: TopUp, state: "pending" | "canceled"): Grant {
  const grant = newGrant(draft, {
    id: topUp.grantId,
    amount: 0n,
    category: "paid",
    cost: null,
    source: topUp.source,
    priority: topUp.priority,
    effectiveAt: topUp.createdAt,
    expiresAt: null,
    features: null,
    displayName: topUp.displayName,
    metadata: topUp.metadata,
    originGrantId: null,
    payment: paymentOf(topUp, state),
  });
  const created = { ...grant, createdAt: topUp.createdAt };
  return state === "pending" ? created : { ...created, phase: "voided", voidedAt: draft.now };
}

function paymentOf(topUp: TopUp, state: GrantPayment["state"]): GrantPayment {
  const { id, receiptUrl, invoiceUrl } = topUp.payment;
  return {
    state,
    credits: topUp.credits,
    cost: topUp.price,
    topUpId: topUp.id,
    paymentId: id,
    receiptUrl,
    invoiceUrl,
  };
}

/** The credits of a purchase come in: now, whatever became of its grant before. */
export function bringInPaid(draft: Draft, topUp: TopUp): void {
  const { expiresIn } = topUp;
  payUnpaid(draft, {
    ...unpaidGrant(draft, topUp, "pending"),
    effectiveAt: draft.now,
    expiresAt: expiresIn === null ? null : addDuration(draft.now, expiresIn),
    payment: paymentOf(topUp, "paid"),
  });
}

/** @param grant Unpaid, with the terms that hold from now on. */
export function payUnpaid(draft: Draft, grant: Grant): void {
  const { payment } = grant;
  if (payment === null) return;
  const { credits, cost } = payment;
  checkRoom(draft, credits);
  const { recurrence: _, ...terms } = grant;
  const paid = newGrant(draft, { ...terms, amount: credits, cost, payment: { ...payment, state: "paid" } });
  const landed = { ...paid, createdAt: grant.createdAt };
  draft.setGrant(landed);
  bringIn(draft, landed, "granted");
}
