import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import type { Grant } from "../grant.js";
import { grantOf } from "../movements.js";
import type { AmendGrantRequest } from "../requests.js";
import type { GrantResult } from "../results.js";
import { findUnendedGrant } from "./find-grant.js";

/** Changes terms of a grant, never its credits or its past: one zero entry says so. */
export function amendGrant(draft: Draft, request: AmendGrantRequest): GrantResult {
  const grant = findUnendedGrant(draft, request.grantId);
  const { expiresAt = grant.expiresAt, priority = grant.priority } = request;
  if (request.expiresAt !== undefined) checkExpiry(draft, grant, expiresAt);
  draft.setGrant({
    ...grant,
    expiresAt,
    priority,
    // Another expiry has notices of its own, as far as they lie ahead.
    noticedAt: expiresAt === grant.expiresAt ? grant.noticedAt : draft.now,
    displayName: request.displayName === undefined ? grant.displayName : request.displayName,
    metadata: request.metadata === undefined ? grant.metadata : request.metadata,
  });
  draft.post({ type: "amended", account: "grant", amount: 0n, grantId: grant.id });
  return { kind: "grant", grant: grantOf(draft, grant.id), available: draft.wallet.available };
}

function checkExpiry(draft: Draft, grant: Grant, expiresAt: number | null): void {
  if (expiresAt === null || (expiresAt > draft.now && expiresAt > grant.effectiveAt)) return;
  throw invalidInput(
    "`expiresAt` must be after now and after the grant's `effectiveAt`; to end it now, void it.",
    {
      field: "expiresAt",
    },
  );
}
