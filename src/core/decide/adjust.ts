import { type Draw, assign } from "../assign.js";
import type { Draft } from "../draft.js";
import { grantOf, takeOut } from "../movements.js";
import { addGrant } from "../new-grant.js";
import type { AdjustRequest } from "../requests.js";
import type { AdjustmentResult } from "../results.js";
import { settle } from "../settle.js";
import { everyLiveSource } from "../source.js";
import { denial, drawResult } from "../spend.js";
import { findUnendedGrant } from "./find-grant.js";
import { invalidInput } from "../errors.js";

const DEFAULT_PRIORITY = 50;

/** Up: a new promotional grant. Down: free credits, never below zero. */
export function adjust(draft: Draft, request: AdjustRequest): AdjustmentResult {
  return request.amount > 0n ? adjustUp(draft, request) : adjustDown(draft, request);
}

function adjustUp(draft: Draft, { amount, grantId }: AdjustRequest): AdjustmentResult {
  if (grantId !== null)
    throw invalidInput("An adjustment up makes a new grant; leave out `grantId`.", { field: "grantId" });
  const { id } = addGrant(
    draft,
    {
      amount,
      category: "promotional",
      cost: null,
      source: "adjustment",
      priority: DEFAULT_PRIORITY,
      effectiveAt: draft.now,
      expiresAt: null,
      features: null,
      displayName: null,
      metadata: null,
      originGrantId: null,
    },
    "adjusted",
  );
  const operationId = draft.operationId;
  settle(draft);
  const { available } = draft.wallet;
  return { kind: "adjustment", id: operationId, amount, grant: grantOf(draft, id), draws: [], available };
}

function adjustDown(draft: Draft, { amount, grantId }: AdjustRequest): AdjustmentResult {
  const draws = (grantId === null ? drawFreeCredits(draft, -amount) : drawOfOne(draft, grantId, -amount)).map(
    (draw) =>
      drawResult(takeOut(draft, draw.grantId, draw.amount, { type: "adjusted", departure: "adjusted" })),
  );
  const { available } = draft.wallet;
  return { kind: "adjustment", id: draft.operationId, amount, grant: null, draws, available };
}

/** Free live credits under every restriction, in burn order; denied where they do not suffice. */
export function drawFreeCredits(draft: Draft, amount: bigint): readonly Draw[] {
  const { available } = draft.wallet;
  if (available < amount) throw denial(draft, { price: amount, available, shortfall: amount - available });
  return assign(everyLiveSource(draft), [{ feature: null, amount }])[0] ?? [];
}

function drawOfOne(draft: Draft, grantId: string, amount: bigint): readonly Draw[] {
  const { remaining } = findUnendedGrant(draft, grantId);
  if (remaining < amount)
    throw denial(draft, { price: amount, available: remaining, shortfall: amount - remaining });
  return [{ grantId, amount }];
}
