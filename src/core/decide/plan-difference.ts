import { roundRatio } from "../amounts.js";
import type { Draft } from "../draft.js";
import { addGrant } from "../new-grant.js";
import { periodAt, periodStart } from "../period.js";
import { NOTHING_ROLLS } from "../recurring.js";
import { type Schedule, periodsOf } from "../schedule.js";

/**
 * For the rest of the period under way, what it was given less than the new plan gives: (new − highest given) × time left ÷
 * period, credits rounded down and money half-up. Nothing where it was given as much.
 *
 * @returns the id of the grant that it made.
 */
export function differenceGrant(
  draft: Draft,
  schedule: Schedule,
  givenCost: { readonly total: bigint; readonly currency: string } | null,
): readonly string[] {
  const { given, amount, cost } = schedule;
  const periods = periodsOf(schedule);
  const period = periodAt(periods, draft.now);
  const start = periodStart(periods, period);
  const end = periodStart(periods, period + 1);
  const more = amount - given.amount;
  const left = BigInt(end - draft.now);
  const length = BigInt(end - start);
  const credits = more > 0n ? (more * left) / length : 0n;
  if (credits === 0n) return [];
  const moreCost = (cost?.total ?? 0n) - given.cost;
  const share =
    moreCost > 0n ? roundRatio({ numerator: moreCost * left, denominator: length }, "half-up") : 0n;
  draft.setSchedule({ ...schedule, given: { amount, cost: maximum(given.cost, cost?.total ?? 0n) } });
  const { category, source, priority, features, displayName, metadata, plan } = schedule;
  const grant = addGrant(
    draft,
    {
      amount: credits,
      category,
      cost: cost === null ? null : (givenCost ?? { total: share, currency: cost.currency }),
      source,
      priority,
      effectiveAt: draft.now,
      expiresAt: end,
      features,
      displayName,
      metadata,
      originGrantId: null,
      recurrence: {
        cause: schedule.id,
        scheduleId: schedule.id,
        subscriptionId: plan?.subscriptionId ?? null,
        rolls: 0,
        aliveSince: draft.now,
        rolled: NOTHING_ROLLS,
      },
    },
    "granted",
  );
  return [grant.id];
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
