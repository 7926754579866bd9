import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import { grantOf } from "../movements.js";
import type { MarkGrantPaidRequest } from "../payment-requests.js";
import type { GrantResult } from "../results.js";
import { settle } from "../settle.js";
import { payUnpaid } from "../top-up-grant.js";
import { findGrant } from "./find-grant.js";

/** The credits of a grant that waited come in, once. */
export function markGrantPaid(draft: Draft, request: MarkGrantPaidRequest): GrantResult {
  const grant = findGrant(draft, request.grantId);
  const { payment, expiresAt } = grant;
  const grantId = draft.terms.publicId("gr", grant.id);
  if (payment === null)
    throw invalidInput(`Grant "${grantId}" waits for no payment: it was made without \`awaitsPayment\`.`, {
      field: "grantId",
    });
  if (payment.topUpId !== null)
    throw invalidInput(
      `Grant "${grantId}" is paid by top-up "${draft.terms.publicId("tu", payment.topUpId)}": record its payment.`,
      { field: "grantId" },
    );
  if (payment.state === "canceled")
    throw new CreditError(
      "grant_closed",
      `Grant "${grantId}" was canceled before it was paid; make a new grant.`,
      { grantId, status: "voided" },
    );
  if (payment.state === "pending") {
    if (expiresAt !== null && expiresAt <= draft.now)
      throw new CreditError(
        "grant_closed",
        `Grant "${grantId}" expired before it was paid: give the money back, or make a new grant.`,
        { grantId, status: "expired" },
      );
    const { paymentId, invoiceUrl, receiptUrl } = request;
    payUnpaid(draft, {
      ...grant,
      effectiveAt: Math.max(grant.effectiveAt, draft.now),
      payment: { ...payment, paymentId, invoiceUrl, receiptUrl },
    });
    settle(draft);
  }
  return { kind: "grant", grant: grantOf(draft, grant.id), available: draft.wallet.available };
}
