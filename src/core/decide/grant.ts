import type { Draft } from "../draft.js";
import { invalidInput } from "../errors.js";
import { grantOf } from "../movements.js";
import type { Grant } from "../grant.js";
import { type NewGrant, addGrant, checkMoney, newGrant } from "../new-grant.js";
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
  const terms = { ...request, effectiveAt, originGrantId: null };
  const { id } = request.awaitsPayment ? addUnpaid(draft, terms) : addGrant(draft, terms, "granted");
  settle(draft);
  return { kind: "grant", grant: grantOf(draft, id), available: draft.wallet.available };
}

/** It stands in the list of grants, and counts for nothing. */
function addUnpaid(draft: Draft, terms: NewGrant): Grant {
  const { amount, cost } = terms;
  if (cost === null)
    throw invalidInput("`awaitsPayment` is for paid grants: a promotional one costs nothing.", {
      field: "awaitsPayment",
    });
  checkMoney(draft, cost);
  const payment = { ...NOT_PAID_YET, credits: amount, cost };
  const grant = newGrant(draft, { ...terms, amount: 0n, cost: null, payment });
  draft.openGrant(grant);
  return grant;
}

const NOT_PAID_YET = {
  state: "pending",
  topUpId: null,
  paymentId: null,
  invoiceUrl: null,
  receiptUrl: null,
} as const;
