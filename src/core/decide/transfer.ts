import type { Draft } from "../draft.js";
import { loseIfEnded } from "../endings.js";
import { grantOf, takeOut } from "../movements.js";
import { addGrant } from "../new-grant.js";
import type { Parcel, TransferInRequest, TransferOutRequest } from "../requests.js";
import type { TransferInResult, TransferOutResult } from "../results.js";
import { settle } from "../settle.js";
import { drawResult } from "../spend.js";
import { drawFreeCredits } from "./adjust.js";

/** Free credits leave in burn order, each parcel with its cost share and the terms of its grant. */
export function transferOut(draft: Draft, { amount }: TransferOutRequest): TransferOutResult {
  const moved = drawFreeCredits(draft, amount).map(({ grantId, amount: part }) => {
    const { category, cost, priority, features, expiresAt, displayName } = grantOf(draft, grantId);
    const entry = takeOut(draft, grantId, part, { type: "transferred_out", departure: "moved" });
    const parcel: Parcel = {
      originGrantId: draft.terms.publicId("gr", grantId),
      amount: part,
      category,
      cost: cost === null ? null : { total: -(entry.money ?? 0n), currency: cost.currency },
      priority,
      features,
      expiresAt,
      displayName,
    };
    return { parcel, draw: drawResult(entry) };
  });
  return {
    kind: "transferOut",
    id: draft.operationId,
    amount,
    draws: moved.map(({ draw }) => draw),
    parcels: moved.map(({ parcel }) => parcel),
    available: draft.wallet.available,
  };
}

/** One new grant per parcel, effective now. */
export function transferIn(draft: Draft, { parcels, source }: TransferInRequest): TransferInResult {
  const ids = parcels.map(
    (parcel) =>
      addGrant(draft, { ...parcel, source, effectiveAt: draft.now, metadata: null }, "transferred_in").id,
  );
  const { operationId } = draft;
  // This wallet's instant may be ahead of the one that gave: what had expired by then does not live on.
  for (const id of ids) loseIfEnded(draft, id);
  settle(draft);
  const grants = ids.map((id) => grantOf(draft, id));
  return { kind: "transferIn", id: operationId, grants, available: draft.wallet.available };
}
