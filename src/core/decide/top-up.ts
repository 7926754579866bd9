import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import { grantOf } from "../movements.js";
import type { TopUpRequest } from "../payment-requests.js";
import type { TopUpResult } from "../results.js";
import type { TopUp } from "../top-up.js";
import { beginTopUp } from "../top-up-steps.js";

/** They come with every look at the wallet. */
const MOST_UNSETTLED = 100;

/** A purchase begins: its grant waits for the money. */
export function topUp(draft: Draft, request: TopUpRequest): TopUpResult {
  if (draft.wallet.topUps.size >= MOST_UNSETTLED && pendingIn(draft) >= MOST_UNSETTLED)
    throw new CreditError(
      "over_limit",
      `${MOST_UNSETTLED} top-ups of this wallet wait for their payment already; cancel some of them, or wait until they are settled.`,
      { limit: MOST_UNSETTLED },
    );
  const { kind: _, ...terms } = request;
  const begun = beginTopUp(draft, {
    ...terms,
    id: draft.terms.newId(draft.now),
    grantId: draft.terms.newId(draft.now),
    by: "customer",
    source: "top_up",
  });
  return topUpResult(draft, begun);
}

function pendingIn({ wallet }: Draft): number {
  return [...wallet.topUps.values()].filter(({ state }) => state === "pending").length;
}

export function findTopUp(draft: Draft, id: string): TopUp {
  const found = draft.topUp(id);
  if (found !== undefined) return found;
  const topUpId = draft.terms.publicId("tu", id);
  throw new CreditError(
    "top_up_not_found",
    `There is no top-up "${topUpId}" in this wallet. Pass the \`id\` that topUp returned.`,
    { topUpId },
  );
}

export function topUpResult(draft: Draft, { id }: Pick<TopUp, "id">): TopUpResult {
  const topUp = findTopUp(draft, id);
  return { kind: "topUp", topUp, grant: grantOf(draft, topUp.grantId), available: draft.wallet.available };
}
