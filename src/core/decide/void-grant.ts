import type { Draft } from "../draft.js";
import { grantOf, takeOut } from "../movements.js";
import type { VoidGrantRequest } from "../requests.js";
import type { GrantResult } from "../results.js";
import { findGrant, findUnendedGrant } from "./find-grant.js";

/** Free credits go now, held ones when they are freed. Voiding twice does nothing more. */
export function voidGrant(draft: Draft, request: VoidGrantRequest): GrantResult {
  const { id } = findGrant(draft, request.grantId);
  if (grantOf(draft, id).phase !== "voided") {
    const grant = findUnendedGrant(draft, id);
    draft.setGrant({ ...grant, phase: "voided", voidedAt: draft.now });
    takeOut(draft, id, grant.remaining, { type: "voided", departure: "voided" });
  }
  return { kind: "grant", grant: grantOf(draft, id), available: draft.wallet.available };
}
