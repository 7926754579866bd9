import { minimum } from "./amounts.js";
import type { Draft } from "./draft.js";
import type { Grant } from "./grant.js";
import { grantOf, takeOut } from "./movements.js";
import { addGrant, hasRoomFor } from "./new-grant.js";
import {
  type Recurrence,
  type Rolled,
  type Rollover,
  type Schedule,
  refillExpiresAt,
  refillCause,
  rollingPart,
  rolloverExpiresAt,
  rolloverCause,
} from "./schedule.js";

/**
 * Grants the credits of a schedule's next period, which is due now, and moves on to the one after.
 *
 * @returns the id of the grant; null where the period has no length (a zone left it out) or the wallet no room.
 */
export function refill(draft: Draft, schedule: Schedule): string | null {
  const period = schedule.nextPeriod;
  const { total = 0n, currency: costCurrency = null } = schedule.cost ?? {};
  const given = { amount: schedule.amount, cost: total, costCurrency };
  draft.setSchedule({ ...schedule, given, nextPeriod: period + 1, hasEnded: schedule.comesOnce });
  const expiresAt = refillExpiresAt(schedule, period, draft.now);
  if (expiresAt !== null && expiresAt <= draft.now) return null;
  if (schedule.amount === 0n || !hasRoomFor(draft, schedule.amount)) return null;
  const { amount, category, cost, source, priority, features, displayName, metadata } = schedule;
  const cause = refillCause(schedule.id, period);
  const id = draft.terms.causedId(draft.now, cause);
  const recurrence: Recurrence = {
    cause,
    scheduleId: schedule.id,
    subscriptionId: schedule.plan?.subscriptionId ?? null,
    rolls: 0,
    aliveSince: draft.now,
    rolled: schedule.rollover === null ? NOTHING_ROLLS : null,
  };
  const terms = { id, amount, category, cost, source, priority, features, displayName, metadata };
  addGrant(
    draft,
    { ...terms, effectiveAt: draft.now, expiresAt, originGrantId: null, recurrence },
    "granted",
  );
  return id;
}

/** A grant of which nothing rolls counts as asked already. */
export const NOTHING_ROLLS: Rolled = { of: 0n, amount: 0n, grants: 0, expiresAt: Number.MIN_SAFE_INTEGER };

/** At the end of a grant: the part that its schedule lets live on moves to a rollover grant. What stays expires next. */
export function rollOver(draft: Draft, grantId: string): void {
  const grant = grantOf(draft, grantId);
  const { recurrence } = grant;
  if (recurrence === null) return;
  const schedule = draft.wallet.schedules.get(recurrence.scheduleId);
  const rollover = schedule?.rollover ?? null;
  const expiresAt =
    schedule === undefined || rollover === null || recurrence.rolls >= rollover.periods
      ? null
      : rolloverExpiresAt(schedule, rollover, draft.now);
  if (schedule === undefined || rollover === null || expiresAt === null) {
    draft.setGrant({ ...grant, recurrence: { ...recurrence, rolled: NOTHING_ROLLS } });
    return;
  }
  rollMore(draft, { grantId, recurrence, rolled: nothingRolled(expiresAt), rollover, schedule });
}

/** Credits that come free after their grant's end roll as if they had been there at the end. */
export function rollAfterEnd(draft: Draft, grantId: string): void {
  const { recurrence, expiresAt } = grantOf(draft, grantId);
  if (recurrence === null || expiresAt === null) return;
  const schedule = draft.wallet.schedules.get(recurrence.scheduleId);
  const rollover = schedule?.rollover ?? null;
  if (schedule === undefined || rollover === null || recurrence.rolls >= rollover.periods) return;
  // Nothing was asked at the end of a grant that had nothing left.
  const rolled = recurrence.rolled ?? nothingRolled(rolloverExpiresAt(schedule, rollover, expiresAt));
  if (rolled.expiresAt <= draft.now) return;
  rollMore(draft, { grantId, recurrence, rolled, rollover, schedule });
}

function nothingRolled(expiresAt: number | null): Rolled {
  return { ...NOTHING_ROLLS, expiresAt: expiresAt ?? NOTHING_ROLLS.expiresAt };
}

interface Rolling {
  readonly grantId: string;
  readonly recurrence: Recurrence;
  readonly rolled: Rolled;
  readonly rollover: Rollover;
  readonly schedule: Schedule;
}

function rollMore(draft: Draft, rolling: Rolling): void {
  const { grantId, recurrence, rolled, rollover } = rolling;
  const free = grantOf(draft, grantId).remaining;
  const of = rolled.of + free;
  const amount = minimum(free, rollingPart(rollover, of) - rolled.amount);
  const after: Rolled = {
    ...rolled,
    of,
    amount: rolled.amount + (amount > 0n ? amount : 0n),
    grants: rolled.grants + (amount > 0n ? 1 : 0),
  };
  draft.setGrant({ ...grantOf(draft, grantId), recurrence: { ...recurrence, rolled: after } });
  if (amount <= 0n) return;
  moveOver(draft, rolling, amount);
  trim(draft, rolling);
}

function moveOver(draft: Draft, { grantId, recurrence, rolled, rollover }: Rolling, amount: bigint): void {
  const { category, cost, source, priority, features, displayName, metadata } = grantOf(draft, grantId);
  const entry = takeOut(draft, grantId, amount, { type: "rolled_over", departure: "moved" });
  const rolls = recurrence.rolls + 1;
  const cause = rolloverCause(recurrence.cause, rolled.grants);
  addGrant(
    draft,
    {
      id: draft.terms.causedId(draft.now, cause),
      amount,
      category,
      cost: cost === null ? null : { total: -(entry.money ?? 0n), currency: cost.currency },
      source,
      priority,
      effectiveAt: draft.now,
      expiresAt: rolled.expiresAt,
      features,
      displayName,
      metadata,
      originGrantId: draft.terms.publicId("gr", grantId),
      recurrence: { ...recurrence, cause, rolls, rolled: rolls < rollover.periods ? null : NOTHING_ROLLS },
    },
    "rolled_over",
  );
}

/** More than `total` may not live on of one schedule: the free credits of the oldest go first. */
function trim(draft: Draft, { rollover, schedule }: Rolling): void {
  if (rollover.total === null) return;
  const live = rolloverGrantsOf(draft, schedule.id);
  let excess = -rollover.total;
  for (const grant of live) excess += grant.remaining + grant.held;
  for (const { id, remaining } of live) {
    if (excess <= 0n) return;
    const amount = minimum(excess, remaining);
    if (amount === 0n) continue;
    takeOut(draft, id, amount, { type: "expired", departure: "expired", mayComeBack: false });
    excess -= amount;
  }
}

/** Oldest first. */
function rolloverGrantsOf(draft: Draft, scheduleId: string): readonly Grant[] {
  const grants = [...draft.wallet.openGrants.values()].filter(
    ({ recurrence, phase }) =>
      recurrence?.scheduleId === scheduleId && recurrence.rolls > 0 && phase === "live",
  );
  return grants.sort((a, b) => a.createdAt - b.createdAt || draft.terms.currency.burnOrder(a, b));
}
