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
    const wasPaused = draft.wallet.autoTopUp?.paused !== null;
    const auto = noteOutcome(draft, told, isKnown ? "failed" : "given_up");
    tellAutoFailure(draft, topUp, auto);
    if (auto !== null && !wasPaused) tellPaused(draft, auto);
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

/** A customer who was asked to pay has a week; to confirm what was bought automatically, a day. */
const TO_PAY_WITHIN_MS = { customer: 7 * DAY_MS, auto: DAY_MS } as const;
/** A request is not longer on its way. */
const WATCHED_FOR_MS = 7 * DAY_MS;

/**
 * Its time to be paid is over. What waits for people is then given up at the provider, and a customer is not charged any
 * more; what is on its way by itself, as a direct debit, is left to come.
 */
export function isOverdue({ createdAt, by }: TopUp, now: number): boolean {
  return now - createdAt >= TO_PAY_WITHIN_MS[by];
}

/**
 * May it end because the provider knows nothing of it? The next automatic one begins then, so a request that is on its way
 * must have come: a day is more than any provider takes to know what it was asked.
 */
export function mayBeDropped({ by, createdAt }: TopUp, now: number): boolean {
  return by === "customer" || now - createdAt >= DAY_MS;
}

/** @returns as it is now: it stays pending until the provider says that it can not be paid any more. */
export function callOff(draft: Draft, topUp: TopUp): TopUp {
  const after: TopUp = {
    ...topUp,
    isCalledOff: true,
    payment: { ...topUp.payment, reason: "canceled_by_request" },
    checks: 0,
    checkAt: draft.now + checkAfterMs(0),
  };
  draft.setTopUp(after);
  return after;
}

/** It was called off as unknown, and the provider has it after all: it is to be given up there, too. */
export function reopen(draft: Draft, told: TopUp): TopUp {
  const topUp: TopUp = {
    ...told,
    state: "pending",
    settledAt: null,
    isCalledOff: true,
    checks: 0,
    checkAt: draft.now + checkAfterMs(0),
  };
  draft.setTopUp(topUp);
  draft.setGrant(unpaidGrant(draft, topUp, "pending"));
  return topUp;
}

/** The provider still knows nothing of it. After a week no request is on its way any more. */
export function watchOn(draft: Draft, topUp: TopUp): void {
  if (draft.now - (topUp.settledAt ?? draft.now) >= WATCHED_FOR_MS)
    draft.setTopUp({ ...topUp, checkAt: null });
}

/** Nobody has said what became of it. No age ends it: only the provider knows whether it was paid, or can be. */
export function checkTopUp(draft: Draft, topUp: TopUp): void {
  const checks = topUp.checks + 1;
  const next = { ...topUp, checks, checkAt: draft.now + checkAfterMs(checks) };
  draft.setTopUp(next);
  tellUnsettled(draft, next);
}
