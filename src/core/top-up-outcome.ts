import { noteOutcome } from "./auto-top-up.js";
import { DAY_MS } from "./calendar.js";
import type { Draft } from "./draft.js";
import { tellAutoFailure, tellPaused, tellTopUp, tellUnsettled } from "./tell-top-up.js";
import { type TopUp, isWatched } from "./top-up.js";
import { bringInPaid, unpaidGrant } from "./top-up-grant.js";
import { checkAfterMs } from "./top-up-steps.js";

/** What becomes of a purchase. */

/** The money is there, for the first time. */
export function completeTopUp(draft: Draft, told: TopUp): TopUp {
  const isAuto = told.by === "auto";
  const topUp: TopUp = { ...told, state: "completed", settledAt: draft.now, countsToCaps: isAuto };
  draft.setTopUp(topUp);
  bringInPaid(draft, topUp);
  if (isAuto) noteOutcome(draft, told, "completed");
  tellTopUp(draft, topUp, "completed");
  return topUp;
}

/**
 * No money comes, as far as anybody knows.
 *
 * @param isKnown The provider says so; else it was only given up here, and is watched where no answer was ever seen.
 */
export function endUnpaid(draft: Draft, told: TopUp, state: "failed" | "canceled", isKnown: boolean): TopUp {
  const topUp: TopUp = {
    ...told,
    state,
    settledAt: draft.now,
    checks: 0,
    checkAt: draft.now + checkAfterMs(0),
    countsToCaps: told.countsToCaps && !isKnown,
  };
  draft.setTopUp(topUp);
  draft.setGrant(unpaidGrant(draft, topUp, "canceled"));
  tellTopUp(draft, topUp, state);
  if (topUp.by === "auto") {
    const auto = noteOutcome(draft, told, isKnown ? "failed" : "given_up");
    tellAutoFailure(draft, topUp, auto);
    if (auto !== null) tellPaused(draft, auto);
  }
  return topUp;
}

/** The provider says now what was only given up before: it will not be paid. */
export function confirmUnpaid(draft: Draft, told: TopUp): TopUp {
  const topUp: TopUp = { ...told, countsToCaps: false };
  draft.setTopUp(topUp);
  noteOutcome(draft, told, "failed");
  return topUp;
}

/** Nobody pays any more: a customer who was asked has a week, an automatic one a day. */
const GIVEN_UP_AFTER_MS = { customer: 7 * DAY_MS, auto: DAY_MS } as const;
/** A request is not longer on its way. */
const WATCHED_FOR_MS = 7 * DAY_MS;

function isPastItsTime({ createdAt, by }: TopUp, now: number): boolean {
  return now - createdAt >= GIVEN_UP_AFTER_MS[by];
}

/** The customer is long gone: what the provider never heard of is not charged now. An automatic one needs nobody there. */
export function isTooLateToCharge(topUp: TopUp, now: number): boolean {
  return topUp.by === "customer" && isPastItsTime(topUp, now);
}

/** Nobody has said what became of it. */
export function checkTopUp(draft: Draft, topUp: TopUp): void {
  // Where the provider never answered the money may have been taken: that is not to be given up unasked.
  if (topUp.state === "pending" && topUp.payment.id !== null && isPastItsTime(topUp, draft.now)) {
    const payment = { ...topUp.payment, reason: "not_paid_in_time" };
    endUnpaid(draft, { ...topUp, payment }, "canceled", false);
    return;
  }
  const checks = topUp.checks + 1;
  const isLast = isWatched(topUp) && draft.now - (topUp.settledAt ?? draft.now) >= WATCHED_FOR_MS;
  const next = { ...topUp, checks, checkAt: isLast ? null : draft.now + checkAfterMs(checks) };
  draft.setTopUp(next);
  tellUnsettled(draft, next);
}
