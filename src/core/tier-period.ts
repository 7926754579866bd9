import { MONTHLY } from "../catalog/plan.js";
import { type Attachment, heldAt } from "./attachments.js";
import { subtractDuration } from "./calendar.js";
import type { DecisionTerms } from "./decision-terms.js";
import type { Draft } from "./draft.js";
import { periodAt, periodStart, type Periods } from "./period.js";

/** A span of time over which tiers count. */
export interface TierPeriod {
  readonly from: number;
  /** Left out itself. */
  readonly until: number;
}

/** The quantity of a feature that such tiers have rated in a period so far. */
export interface TierCount extends TierPeriod {
  readonly feature: string;
  readonly quantity: bigint;
}

/** Of the highest-ranked plan that held, by its subscription's anchor and zone; without a plan the UTC month. */
export function tierPeriodAt(
  attachments: Iterable<Attachment>,
  plans: DecisionTerms["catalog"]["plans"],
  instant: number,
): TierPeriod {
  const [first] = heldAt([...attachments], plans, instant);
  const periods: Periods =
    first === undefined
      ? { every: MONTHLY, anchor: 0, timeZone: "UTC" }
      : {
          every: first.plan.every,
          anchor: first.attachment.anchor ?? first.attachment.from,
          timeZone: first.attachment.timeZone ?? "UTC",
        };
  const period = periodAt(periods, instant);
  return { from: periodStart(periods, period), until: periodStart(periods, period + 1) };
}

export function positionIn(
  counts: readonly TierCount[],
  feature: string,
  { from, until }: TierPeriod,
): bigint {
  for (const count of counts)
    if (count.feature === feature && count.from === from && count.until === until) return count.quantity;
  return 0n;
}

/** With more in one of them, and without those that late use cannot reach any more. */
export function withCounted(
  counts: readonly TierCount[],
  added: TierCount,
  now: number,
  lateWindow: DecisionTerms["currency"]["lateWindow"],
): readonly TierCount[] {
  const oldest = subtractDuration(now, lateWindow);
  const { feature, from, until } = added;
  const quantity = positionIn(counts, feature, added) + added.quantity;
  const others = counts.filter(
    (one) => one.until > oldest && !(one.feature === feature && one.from === from && one.until === until),
  );
  return [...others, { feature, from, until, quantity }];
}

/** Moves the position of a line's feature on, for what comes after. */
export function countTier(
  draft: Draft,
  { feature, quantity }: { readonly feature: string | null; readonly quantity: bigint | null },
  { from, until }: TierPeriod,
): void {
  if (feature === null || quantity === null || quantity === 0n) return;
  const { lateWindow } = draft.terms.currency;
  const added = { feature, quantity, from, until };
  draft.setTierCounts(withCounted(draft.wallet.tierCounts, added, draft.now, lateWindow));
}
