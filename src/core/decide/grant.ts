import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import { grantOf } from "../movements.js";
import { addGrant } from "../new-grant.js";
import type { GrantRequest } from "../requests.js";
import type { GrantResult } from "../results.js";
import { settle } from "../settle.js";

export function grant(draft: Draft, request: GrantRequest): GrantResult {
  const effectiveAt = request.effectiveAt ?? draft.now;
  const { expiresAt } = request;
  if (expiresAt !== null && expiresAt <= effectiveAt)
    throw invalidInput("`expiresAt` must be after `effectiveAt`.", { field: "expiresAt" });
  if (expiresAt !== null && expiresAt <= draft.now)
    throw invalidInput("`expiresAt` must be in the future.", { field: "expiresAt" });
  const { id } = addGrant(draft, { ...request, effectiveAt, originGrantId: null }, "granted");
  settle(draft);
  return { kind: "grant", grant: grantOf(draft, id), available: draft.wallet.available };
}
