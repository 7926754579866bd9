import type { DecimalParts } from "./amounts.js";
import type { BurnKey } from "./burn-order.js";
import type { Duration } from "./calendar.js";
import { type Every, type Periods, addInZone, onePeriodAfter, periodAt, periodStart } from "./period.js";

/** What of a recurring grant lives on when the grant ends. */
export interface Rollover {
  /** Credits of one grant that roll at most; null: all. */
  readonly max: bigint | null;
  /** The share of what remains that rolls, 0 to 1. */
  readonly fraction: DecimalParts;
  /** How often the same credits roll. */
  readonly periods: number;
  /** How long a rollover grant lives; null: one period. */
  readonly keepFor: Duration | null;
  /** Open credits of all live rollover grants of the schedule at most; null: any. */
  readonly total: bigint | null;
}

/** Terms of recurring credits. A schedule keeps its own copy: editing a plan changes no schedule. */
export interface ScheduleTerms {
  readonly amount: bigint;
  readonly category: "paid" | "promotional";
  readonly cost: { readonly total: bigint; readonly currency: string } | null;
  readonly source: string;
  readonly priority: number;
  readonly features: readonly string[] | null;
  readonly displayName: string | null;
  readonly metadata: string | null;
  readonly every: Every;
  /** Gives the phase only: nothing is granted before `startsAt`. */
  readonly anchor: number;
  readonly timeZone: string;
  readonly startsAt: number;
  readonly expires: "nextPeriod" | "never" | Duration;
  readonly rollover: Rollover | null;
}

export interface Schedule extends ScheduleTerms {
  readonly id: string;
  readonly createdAt: number;
  /** The first instant at which it grants nothing any more; null: it goes on. */
  readonly until: number | null;
  /** From when on nothing of its grants rolls over: `until`, but of a plan that was changed the end of what rolls yet. */
  readonly endsAt: number | null;
  /** Whether that instant has passed, or nothing comes of it any more. */
  readonly hasEnded: boolean;
  /** Grants nothing for now. */
  readonly isPaused: boolean;
  /** It grants one period's credits and has ended then: `every` means nothing. */
  readonly comesOnce: boolean;
  /** The period whose credits come next. */
  readonly nextPeriod: number;
  /** The most that was given for the period under way, in credits and money: an upgrade brings the difference only. */
  readonly given: Given;
  /** Null: it stands alone. */
  readonly plan: PlanPart | null;
}

export interface Given {
  readonly amount: bigint;
  readonly cost: bigint;
  /** Null: no money was. */
  readonly costCurrency: string | null;
}

export const NOTHING_GIVEN: Given = { amount: 0n, cost: 0n, costCurrency: null };

/** The part of a subscription that a schedule is. */
export interface PlanPart {
  /** Public id. */
  readonly subscriptionId: string;
  /** "" for the plan itself, else the add-on. */
  readonly item: string;
  readonly plan: string;
  /** The grant's id within the plan. */
  readonly grant: string;
}

/** How a grant came of a schedule. */
export interface Recurrence {
  /** What it is called by its cause, whoever makes it: a schedule's period, and its rollovers. */
  readonly cause: string;
  readonly scheduleId: string;
  /** Public id; null: the schedule stands alone. */
  readonly subscriptionId: string | null;
  /** How often its credits have rolled over. */
  readonly rolls: number;
  /** Since when its credits were alive: late use may draw on a rollover grant where its origin was there already. */
  readonly aliveSince: number;
  /** What rolled when the grant ended, or after; null: nobody has asked yet, as it has not ended, or ended with nothing left. */
  readonly rolled: Rolled | null;
  /** Void, and what comes free of it is refunded: its subscription was cancelled so. */
  readonly isRefunded?: boolean;
}

/** The formula goes over all credits that were ever free after the end, less what rolled before. */
export interface Rolled {
  /** Credits that it went over. */
  readonly of: bigint;
  /** Credits that rolled. */
  readonly amount: bigint;
  /** Rollover grants that were made. */
  readonly grants: number;
  /** When these expire. */
  readonly expiresAt: number;
}

export function periodsOf({ every, anchor, timeZone }: ScheduleTerms): Periods {
  return { every, anchor, timeZone };
}

/** The period that holds the start is granted whole. */
export function firstPeriodOf(terms: ScheduleTerms): number {
  return periodAt(periodsOf(terms), terms.startsAt);
}

/** When the next credits come; null: never. */
export function nextRefillAt(schedule: Schedule): number | null {
  const at = Math.max(periodStart(periodsOf(schedule), schedule.nextPeriod), schedule.startsAt);
  if (
    schedule.hasEnded ||
    schedule.isPaused ||
    Number.isNaN(at) ||
    (schedule.until !== null && at >= schedule.until)
  )
    return null;
  return at;
}

/** The first period that begins after an instant. */
export function nextPeriodAfter(schedule: Schedule, instant: number): number {
  return Math.max(
    periodAt(periodsOf(schedule), Math.max(instant, schedule.startsAt)) + 1,
    schedule.nextPeriod,
  );
}

/**
 * When the last rollover grant of what was granted before `until` has ended; `until` itself where nothing rolls. Amended
 * grants may live longer: of these nothing rolls any more.
 */
export function lastRollAt(schedule: Schedule, until: number): number {
  const { rollover, startsAt } = schedule;
  if (rollover === null || until <= startsAt) return until;
  const periods = periodsOf(schedule);
  const last = periodAt(periods, until - 1);
  let end = refillExpiresAt(schedule, last, Math.max(periodStart(periods, last), startsAt));
  for (let roll = 1; roll <= rollover.periods && end !== null; roll++)
    end = rolloverExpiresAt(schedule, rollover, end);
  return Math.max(until, end ?? until);
}

/** When credits of a period that come at `at` are gone; null: never. */
export function refillExpiresAt(schedule: Schedule, period: number, at: number): number | null {
  const { expires, timeZone } = schedule;
  if (expires === "never") return null;
  const end =
    expires === "nextPeriod"
      ? periodStart(periodsOf(schedule), period + 1)
      : addInZone(at, expires, timeZone);
  return Number.isNaN(end) ? null : end;
}

/** When what rolls at `at` is gone; null: the calendar ends before. */
export function rolloverExpiresAt(schedule: Schedule, { keepFor }: Rollover, at: number): number | null {
  const end =
    keepFor === null ? onePeriodAfter(periodsOf(schedule), at) : addInZone(at, keepFor, schedule.timeZone);
  return Number.isNaN(end) ? null : end;
}

/** min(max, credits × fraction), rounded down. */
export function rollingPart({ max, fraction }: Rollover, credits: bigint): bigint {
  const part = (credits * fraction.digits) / 10n ** BigInt(fraction.places);
  return max === null || part < max ? part : max;
}

export function refillCause(scheduleId: string, period: number): string {
  return `${scheduleId}.${period}`;
}

export function rolloverCause(cause: string, index: number): string {
  return `${cause}r${index}`;
}

/** The place of the next refill among others of the same instant: that of its grant in burn order. */
export function refillKey(schedule: Schedule, at: number): BurnKey {
  const { amount, category, cost, features, priority, nextPeriod } = schedule;
  return {
    id: refillCause(schedule.id, nextPeriod),
    amount,
    category,
    cost,
    features,
    priority,
    effectiveAt: at,
    createdAt: at,
    expiresAt: refillExpiresAt(schedule, nextPeriod, at),
  };
}
