import { roundRatio } from "../amounts.js";
import { type CreditError, invalidInput } from "../errors.js";
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
  if (credits === 0n) {
    if (givenCost !== null && cost !== null) throw nothingToPay();
    return [];
  }
  const isSameMoney = given.costCurrency === null || given.costCurrency === cost?.currency;
  if (cost !== null && !isSameMoney && givenCost === null)
    throw invalidInput(
      `changePlan: this period was paid in ${given.costCurrency} and the new plan costs ${cost.currency}; monies are never compared. Say in \`cost\` what was paid for the difference, or change without it.`,
      { field: "cost" },
    );
  const moreCost = (cost?.total ?? 0n) - given.cost;
  const share =
    moreCost > 0n ? roundRatio({ numerator: moreCost * left, denominator: length }, "half-up") : 0n;
  const total = cost?.total ?? 0n;
  draft.setSchedule({
    ...schedule,
    given: {
      amount,
      cost: isSameMoney ? maximum(given.cost, total) : total,
      costCurrency: cost?.currency ?? given.costCurrency,
    },
  });
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

function nothingToPay(): CreditError {
  return invalidInput(
    "changePlan: there is no difference to pay for: the new plan gives no more for the rest of the period. Leave `cost` out.",
    { field: "cost" },
  );
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
