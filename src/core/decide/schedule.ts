import type { Draft } from "../draft.js";
import { CreditError, impossible, invalidInput } from "../errors.js";
import { grantOf } from "../movements.js";
import { checkMoney } from "../new-grant.js";
import { refill } from "../recurring.js";
import type { EndScheduleRequest, ScheduleRequest } from "../requests.js";
import type { ScheduleResult } from "../results.js";
import { NOTHING_GIVEN, type Schedule, firstPeriodOf, nextRefillAt } from "../schedule.js";
import { settle } from "../settle.js";
import { startInstant } from "../start-instant.js";

/** Begins recurring credits. Where the start has come, the period that holds it is granted at once, and whole. */
export function schedule(draft: Draft, { terms, until }: ScheduleRequest): ScheduleResult {
  const startsAt = startInstant(terms.startsAt, draft.now);
  if (until !== null && until <= startsAt)
    throw invalidInput("`until` must be after the start.", { field: "until" });
  checkMoney(draft, terms.cost);
  const whole = { ...terms, startsAt, anchor: terms.anchor ?? startsAt };
  const begun: Schedule = {
    ...whole,
    id: draft.terms.newId(draft.now),
    createdAt: draft.now,
    until,
    endsAt: until,
    hasEnded: false,
    isPaused: false,
    comesOnce: false,
    nextPeriod: firstPeriodOf(whole),
    given: NOTHING_GIVEN,
    plan: null,
  };
  draft.setSchedule(begun);
  const grantId = startsAt > draft.now ? null : refill(draft, begun);
  settle(draft);
  return scheduleResult(draft, begun.id, grantId);
}

/** What was granted stays. Ending twice does nothing more. */
export function endSchedule(draft: Draft, { scheduleId, when }: EndScheduleRequest): ScheduleResult {
  const found = draft.schedule(scheduleId);
  if (found === undefined) {
    const id = draft.terms.publicId("sc", scheduleId);
    throw new CreditError(
      "schedule_not_found",
      `There is no schedule "${id}" in this wallet. Pass the \`id\` that schedule returned.`,
      { scheduleId: id },
    );
  }
  if (found.plan !== null)
    throw invalidInput(
      "This schedule is a part of a subscription: change, pause or cancel that (`subscriptionId` names it).",
      { field: "scheduleId", subscriptionId: found.plan.subscriptionId },
    );
  if (!found.hasEnded) draft.setSchedule(ended(draft, found, when));
  return scheduleResult(draft, scheduleId, null);
}

/** A period ends where the next one's credits would come. */
function ended(draft: Draft, schedule: Schedule, when: "now" | "periodEnd"): Schedule {
  if (when === "now" || schedule.startsAt > draft.now)
    return { ...schedule, until: draft.now, endsAt: draft.now, hasEnded: true };
  const until = nextRefillAt(schedule) ?? schedule.until;
  return { ...schedule, until, endsAt: until };
}

function scheduleResult(draft: Draft, id: string, grantId: string | null): ScheduleResult {
  const schedule = draft.schedule(id);
  if (schedule === undefined) throw impossible(`schedule ${id} is gone`);
  return {
    kind: "schedule",
    schedule,
    at: draft.now,
    grant: grantId === null ? null : grantOf(draft, grantId),
    available: draft.wallet.available,
  };
}
