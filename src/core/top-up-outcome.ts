import { noteOutcome } from "./auto-top-up.js";
import { DAY_MS } from "./calendar.js";
import type { Draft } from "./draft.js";
import { tellAutoFailure, tellPaused, tellTopUp, tellUnsettled } from "./tell-top-up.js";
import type { TopUp } from "./top-up.js";
import { bringInPaid, unpaidGrant } from "./top-up-grant.js";
import { checkAfterMs } from "./top-up-steps.js";

/** What becomes of a purchase. */

/** The money is there, for the first time. */
export function completeTopUp(draft: Draft, told: TopUp): TopUp {
  const topUp: TopUp = { ...told, state: "completed", settledAt: draft.now };
  draft.setTopUp(topUp);
  bringInPaid(draft, topUp);
  if (topUp.by === "auto") noteOutcome(draft, topUp, "completed");
  tellTopUp(draft, topUp, "completed");
  return topUp;
}

/** No money comes, as far as anybody knows. */
export function endUnpaid(draft: Draft, told: TopUp, state: "failed" | "canceled"): TopUp {
  const topUp: TopUp = { ...told, state, settledAt: draft.now };
  draft.setTopUp(topUp);
  draft.setGrant(unpaidGrant(draft, topUp, "canceled"));
  tellTopUp(draft, topUp, state);
  if (topUp.by === "auto") {
    const auto = noteOutcome(draft, topUp, "failed");
    tellAutoFailure(draft, topUp, auto);
    if (auto !== null) tellPaused(draft, auto);
  }
  return topUp;
}

/** Nobody pays any more: a customer who was asked has a week, an automatic one a day. */
const GIVEN_UP_AFTER_MS = { customer: 7 * DAY_MS, auto: DAY_MS } as const;

/** Nobody has said what became of it. */
export function checkTopUp(draft: Draft, topUp: TopUp): void {
  // Where the provider never answered the money may have been taken: that is not to be given up.
  const isKnown = topUp.payment.id !== null;
  if (topUp.state === "pending" && isKnown && draft.now - topUp.createdAt >= GIVEN_UP_AFTER_MS[topUp.by]) {
    endUnpaid(draft, { ...topUp, payment: { ...topUp.payment, reason: "not_paid_in_time" } }, "canceled");
    return;
  }
  const checks = topUp.checks + 1;
  const next = { ...topUp, checks, checkAt: draft.now + checkAfterMs(checks) };
  draft.setTopUp(next);
  tellUnsettled(draft, next);
}
