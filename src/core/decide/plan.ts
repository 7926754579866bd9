import type { Attachment } from "../attachments.js";
import { subtractDuration } from "../calendar.js";
import type { RecurringTerms } from "../../catalog/recurring.js";
import type { Draft } from "../draft.js";
import { type CreditError, invalidInput } from "../errors.js";
import { grantOf } from "../movements.js";
import { refill } from "../recurring.js";
import type { PlanBegin, PlanRequest, PlanStep } from "../requests.js";
import type { PlanResult, RefundResult } from "../results.js";
import {
  NOTHING_GIVEN,
  type PlanPart,
  type Schedule,
  firstPeriodOf,
  lastRollAt,
  nextPeriodAfter,
  periodsOf,
} from "../schedule.js";
import { isSameEvery, periodAt } from "../period.js";
import { settle } from "../settle.js";
import { differenceGrant } from "./plan-difference.js";
import { refundGrant } from "./refund-grant.js";
import { voidGrant } from "./void-grant.js";

/** Carries out what a subscription does in this wallet, step by step. */
export function changePlan(draft: Draft, { subscriptionId, steps }: PlanRequest): PlanResult {
  const before = schedulesOf(draft, subscriptionId);
  const made: string[] = [];
  const refunds: RefundResult[] = [];
  for (const step of steps) {
    if (step.do === "leave") refunds.push(...leave(draft, subscriptionId, step.unused));
    else made.push(...take(draft, { subscriptionId, before }, step));
  }
  dropStale(draft, subscriptionId);
  const id = draft.settledOperationId;
  settle(draft);
  const grants = made.map((grantId) => grantOf(draft, grantId));
  return { kind: "plan", id, grants, refunds, available: draft.wallet.available };
}

interface Of {
  readonly subscriptionId: string;
  /** Its schedules before anything was done. */
  readonly before: readonly Schedule[];
}

/** @returns ids of the grants that it made. */
function take(draft: Draft, of: Of, step: Exclude<PlanStep, { do: "leave" }>): readonly string[] {
  switch (step.do) {
    case "forgetPending":
      forgetPending(draft, of.subscriptionId, step.item);
      return [];
    case "stop":
      stop(draft, of.subscriptionId, step);
      return [];
    case "begin":
      return begin(draft, of, step);
    case "pause":
      for (const schedule of schedulesOf(draft, of.subscriptionId))
        draft.setSchedule({ ...schedule, isPaused: true });
      return [];
    case "resume":
      return schedulesOf(draft, of.subscriptionId).flatMap((schedule) => resume(draft, schedule));
  }
}

function schedulesOf(draft: Draft, subscriptionId: string): readonly Schedule[] {
  return [...draft.wallet.schedules.values()].filter(({ plan }) => plan?.subscriptionId === subscriptionId);
}

function attachmentsOf(draft: Draft, subscriptionId: string): readonly Attachment[] {
  return [...draft.wallet.attachments.values()].filter((one) => one.subscriptionId === subscriptionId);
}

function forgetPending(draft: Draft, subscriptionId: string, item: string | null): void {
  for (const schedule of schedulesOf(draft, subscriptionId)) {
    if (item !== null && schedule.plan?.item !== item) continue;
    if (schedule.startsAt > draft.now) draft.setSchedule({ ...schedule, hasEnded: true });
    else if (schedule.until !== null && schedule.until > draft.now)
      draft.setSchedule({ ...schedule, until: null, endsAt: null });
  }
  for (const attachment of attachmentsOf(draft, subscriptionId)) {
    if (item !== null && attachment.item !== item) continue;
    if (attachment.from > draft.now) draft.setAttachment(attachment, false);
    else if (attachment.until !== null && attachment.until > draft.now)
      draft.setAttachment({ ...attachment, until: null }, true);
  }
}

function stop(
  draft: Draft,
  subscriptionId: string,
  { item, at, how, rememberedUntil = at }: Extract<PlanStep, { do: "stop" }>,
): void {
  for (const schedule of schedulesOf(draft, subscriptionId)) {
    if (item !== null && schedule.plan?.item !== item) continue;
    const until = schedule.until === null || schedule.until > at ? at : schedule.until;
    const endsAt = how === "ended" ? at : Math.max(rememberedUntil, lastRollAt(schedule, until));
    draft.setSchedule({ ...schedule, until, endsAt, hasEnded: endsAt <= draft.now });
  }
  for (const attachment of attachmentsOf(draft, subscriptionId)) {
    if (item !== null && attachment.item !== item) continue;
    if (attachment.until === null || attachment.until > at)
      draft.setAttachment({ ...attachment, until: at }, true);
  }
}

function begin(draft: Draft, { subscriptionId, before }: Of, step: PlanBegin): readonly string[] {
  const { item, plan, startsAt } = step;
  const { newId } = draft.terms;
  const { anchor, timeZone } = step;
  draft.setAttachment(
    { id: newId(draft.now), subscriptionId, item, plan, from: startsAt, until: null, anchor, timeZone },
    true,
  );
  return step.grants.flatMap(({ id: grant, terms, comesOnce, missing }) => {
    const part = { subscriptionId, item, plan, grant };
    const predecessor = comesOnce ? undefined : predecessorOf(draft, before, part);
    const phase = comesOnce ? { anchor: startsAt, startsAt } : phaseOf(step, terms, predecessor);
    const whole = { ...terms, source: `plan:${plan}`, metadata: null, timeZone: step.timeZone, ...phase };
    const begun: Schedule = {
      ...whole,
      id: newId(draft.now),
      createdAt: draft.now,
      until: null,
      endsAt: null,
      comesOnce,
      hasEnded: false,
      isPaused: false,
      nextPeriod: firstPeriodOf(whole),
      given: NOTHING_GIVEN,
      plan: part,
    };
    if (missing !== undefined) return beginMissing(draft, begun, missing);
    return comesOnce || step.first === "whole" || begun.startsAt > startsAt
      ? beginWhole(draft, begun)
      : beginNext(draft, begun, predecessor, step);
  });
}

/** In periods as long as before the phase stays; longer or shorter ones begin where the bill's period under way ends. */
function phaseOf(
  step: PlanBegin,
  { every }: RecurringTerms,
  predecessor: Schedule | undefined,
): Pick<Schedule, "anchor" | "startsAt"> {
  const { before, beforeEndsAt, startsAt, anchor, first } = step;
  if (before === null) return { anchor, startsAt };
  if (predecessor !== undefined && isSameEvery(predecessor.every, every))
    return { anchor: predecessor.anchor, startsAt };
  const sameAsBill = isSameEvery(before.every, every);
  if (first === "difference" && (predecessor !== undefined || (beforeEndsAt !== null && !sameAsBill)))
    throw differentLengths(step.plan);
  if (sameAsBill) return { anchor: before.anchor, startsAt };
  return { anchor, startsAt: first === "whole" ? startsAt : (beforeEndsAt ?? startsAt) };
}

function differentLengths(plan: string): CreditError {
  return invalidInput(
    `changePlan: the periods of "${plan}" are longer or shorter than those before, so there is no difference between amounts of one period. Use \`proration: "full"\`, which begins a whole period now, or "none", which begins it when this one ends.`,
    { field: "proration" },
  );
}

/** What was given for the period under way is not given again. */
function beginMissing(draft: Draft, begun: Schedule, missing: RecurringTerms | null): readonly string[] {
  const { amount, cost } = begun;
  const given = { amount, cost: cost?.total ?? 0n, costCurrency: cost?.currency ?? null };
  const made =
    missing === null ? null : refill(draft, { ...begun, amount: missing.amount, cost: missing.cost });
  draft.setSchedule({ ...begun, given, nextPeriod: begun.nextPeriod + 1 });
  return made === null ? [] : [made];
}

function beginWhole(draft: Draft, begun: Schedule): readonly string[] {
  draft.setSchedule(begun);
  if (begun.startsAt > draft.now) return [];
  const id = refill(draft, begun);
  return id === null ? [] : [id];
}

/** The same grant of the plan before, as it stood when the change was asked for. */
function predecessorOf(
  draft: Draft,
  before: readonly Schedule[],
  { item, grant }: Pick<PlanPart, "item" | "grant">,
): Schedule | undefined {
  return before
    .filter(({ plan }) => plan?.item === item && plan.grant === grant)
    .filter((one) => one.startsAt <= draft.now)
    .sort((a, b) => a.startsAt - b.startsAt || a.createdAt - b.createdAt)
    .at(-1);
}

/** What the period under way was given; nothing where a pause kept it away. */
function givenBy(draft: Draft, predecessor: Schedule | undefined): Schedule["given"] {
  if (predecessor === undefined) return NOTHING_GIVEN;
  return periodAt(periodsOf(predecessor), draft.now) < predecessor.nextPeriod
    ? predecessor.given
    : NOTHING_GIVEN;
}

/** The period under way keeps what it was given, save for the difference; the next one is the first that is whole. */
function beginNext(
  draft: Draft,
  begun: Schedule,
  predecessor: Schedule | undefined,
  step: PlanBegin,
): readonly string[] {
  const next = {
    ...begun,
    given: givenBy(draft, predecessor),
    nextPeriod: nextPeriodAfter(begun, draft.now),
  };
  draft.setSchedule(next);
  return step.first === "difference" ? differenceGrant(draft, next, step.differenceCost) : [];
}

/** The period under way comes now where a pause kept it away. What it kept away before does not come any more. */
function resume(draft: Draft, paused: Schedule): readonly string[] {
  if (!paused.isPaused) return [];
  const current = periodAt(periodsOf(paused), draft.now);
  const schedule = { ...paused, isPaused: false, nextPeriod: Math.max(paused.nextPeriod, current) };
  draft.setSchedule(schedule);
  const isOver = schedule.until !== null && schedule.until <= draft.now;
  if (isOver || schedule.nextPeriod > current || schedule.startsAt > draft.now) return [];
  const id = refill(draft, schedule);
  return id === null ? [] : [id];
}

/** Credits of the plan that nobody used: purchased ones are no part of it. */
function leave(draft: Draft, subscriptionId: string, unused: "void" | "refund"): readonly RefundResult[] {
  const refunds: RefundResult[] = [];
  const grants = [...draft.wallet.openGrants.values()].filter(
    ({ recurrence, phase }) =>
      recurrence?.subscriptionId === subscriptionId && phase !== "expired" && phase !== "voided",
  );
  for (const { id: grantId, cost, remaining } of grants.sort(draft.terms.currency.burnOrder)) {
    if (unused === "refund" && cost !== null && remaining > 0n)
      refunds.push(refundGrant(draft, { kind: "refundGrant", grantId, amount: null }));
    voidGrant(draft, { kind: "voidGrant", grantId });
    if (unused === "refund" && cost !== null) refundWhatIsFreed(draft, grantId);
  }
  return refunds;
}

/** Credits that are held yet, or are given back later, go with their money, too. */
function refundWhatIsFreed(draft: Draft, grantId: string): void {
  const grant = grantOf(draft, grantId);
  if (grant.recurrence === null) return;
  draft.setGrant({ ...grant, recurrence: { ...grant.recurrence, isRefunded: true } });
}

/** Late use is rated by the plans of its instant, within the window; older ones are dropped. */
function dropStale(draft: Draft, subscriptionId: string): void {
  const oldest = subtractDuration(draft.now, draft.terms.currency.lateWindow);
  for (const attachment of attachmentsOf(draft, subscriptionId))
    if (attachment.until !== null && attachment.until <= oldest) draft.setAttachment(attachment, false);
}
