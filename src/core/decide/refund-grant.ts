import { pauseForRefund } from "../auto-pause.js";
import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import { grantOf, takeOut } from "../movements.js";
import type { RefundGrantRequest } from "../requests.js";
import type { RefundResult } from "../results.js";
import { denial } from "../spend.js";
import { findUnendedGrant } from "./find-grant.js";

/** Free credits of a paid grant go back for their deferred money. */
export function refundGrant(draft: Draft, request: RefundGrantRequest): RefundResult {
  const grant = findUnendedGrant(draft, request.grantId);
  if (grant.cost === null)
    throw invalidInput(
      `Grant "${draft.terms.publicId("gr", grant.id)}" is promotional: it cost nothing, so there is nothing to refund. Void it.`,
      {
        field: "grantId",
      },
    );
  const available = grant.remaining;
  const amount = request.amount ?? available;
  if (amount > available || amount === 0n)
    throw denial(draft, { price: amount, available, shortfall: amount - available });
  const entry = takeOut(draft, grant.id, amount, { type: "refunded", departure: "refunded" });
  pauseForRefund(draft);
  return {
    kind: "refund",
    id: draft.operationId,
    amount,
    money: -(entry.money ?? 0n),
    moneyCurrency: grant.cost.currency,
    grant: grantOf(draft, grant.id),
    available: draft.wallet.available,
  };
}
