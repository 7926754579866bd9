import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import type { Grant } from "../grant.js";
import { grantOf, takeOut } from "../movements.js";
import type { VoidGrantRequest } from "../requests.js";
import type { GrantResult } from "../results.js";
import { findGrant, findUnendedGrant } from "./find-grant.js";

/** Free credits go now, held ones when they are freed. Voiding twice does nothing more. */
export function voidGrant(draft: Draft, request: VoidGrantRequest): GrantResult {
  const { id, phase } = findGrant(draft, request.grantId);
  if (phase === "pending") cancelUnpaid(draft, grantOf(draft, id));
  else if (phase !== "voided") {
    const grant = findUnendedGrant(draft, id);
    draft.setGrant({ ...grant, phase: "voided", voidedAt: draft.now });
    takeOut(draft, id, grant.remaining, { type: "voided", departure: "voided" });
  }
  return { kind: "grant", grant: grantOf(draft, id), available: draft.wallet.available };
}

/** Nothing had moved, so nothing moves. */
function cancelUnpaid(draft: Draft, grant: Grant): void {
  const { payment } = grant;
  if (payment === null) return;
  if (payment.topUpId !== null)
    throw invalidInput(
      `Grant "${draft.terms.publicId("gr", grant.id)}" waits for a top-up: cancel that (cancelTopUp, "${draft.terms.publicId("tu", payment.topUpId)}").`,
      { field: "grantId" },
    );
  draft.setGrant({
    ...grant,
    phase: "voided",
    voidedAt: draft.now,
    payment: { ...payment, state: "canceled" },
  });
}
