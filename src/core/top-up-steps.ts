import { minimum } from "./amounts.js";
import { pauseForRefund } from "./auto-pause.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./calendar.js";
import type { Draft } from "./draft.js";
import { grantOf, takeOut } from "./movements.js";
import { checkMoney, checkRoom } from "./new-grant.js";
import { tellTopUp, tellTopUpRefunded } from "./tell-top-up.js";
import { NOTHING_TOLD, type TopUp, type TopUpPayment, grossOf } from "./top-up.js";
import { unpaidGrant } from "./top-up-grant.js";

/** What happens to a purchase of credits, step by step. */

export type NewTopUp = Pick<
  TopUp,
  "id" | "grantId" | "by" | "credits" | "price" | "package" | "expiresIn" | "source" | "priority"
> &
  Pick<TopUp, "displayName" | "metadata">;

/** After so long the provider is asked again, and then after so long again; the last holds from there on. */
const CHECK_AFTER_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 12 * HOUR_MS, DAY_MS] as const;

export function beginTopUp(draft: Draft, terms: NewTopUp): TopUp {
  checkMoney(draft, terms.price);
  checkRoom(draft, terms.credits);
  const topUp: TopUp = {
    ...terms,
    isCalledOff: false,
    state: "pending",
    createdAt: draft.now,
    settledAt: null,
    payment: NOTHING_TOLD,
    checkAt: draft.now + checkAfterMs(0),
    checks: 0,
    refunds: [],
    refundedGross: 0n,
    countsToCaps: terms.by === "auto",
  };
  draft.setTopUp(topUp);
  draft.openGrant(unpaidGrant(draft, topUp, "pending"));
  tellTopUp(draft, topUp, "started");
  return topUp;
}

export function checkAfterMs(checks: number): number {
  return CHECK_AFTER_MS[checks] ?? DAY_MS;
}

/** What a provider tells never takes back what it told before. */
export function withTold(before: TopUp, told: Partial<TopUpPayment>): TopUp {
  const { payment } = before;
  const links = {
    receiptUrl: told.receiptUrl ?? payment.receiptUrl,
    invoiceUrl: told.invoiceUrl ?? payment.invoiceUrl,
  };
  if (before.state === "completed")
    return {
      ...before,
      payment: { ...payment, ...links, tax: payment.tax ?? told.tax ?? null, total: highest(before, told) },
    };
  return {
    ...before,
    payment: {
      id: told.id ?? payment.id,
      // Why it ended, it ended.
      reason: (before.state === "pending" ? told.reason : null) ?? payment.reason ?? told.reason ?? null,
      tax: told.tax ?? payment.tax,
      total: told.total ?? payment.total,
      actionUrl: told.actionUrl ?? payment.actionUrl,
      ...links,
    },
  };
}

/** Shares of refunds were reckoned by what was taken: it does not shrink. */
function highest(before: TopUp, { total }: Partial<TopUpPayment>): bigint | null {
  if (total === undefined || total === null) return before.payment.total;
  return total > grossOf(before) ? total : before.payment.total;
}

/**
 * Money went back to the customer: the same share of the credits goes, as far as they are free. Told by the total, so
 * that a repeat takes nothing; rounded down by the total, so that parts take what the whole would.
 *
 * @param gross All that went back so far, tax included.
 */
export function clawBack(draft: Draft, before: TopUp, gross: bigint): TopUp {
  const whole = grossOf(before);
  const told = minimum(gross, whole);
  if (told <= before.refundedGross) return before;
  const due = whole === 0n ? before.credits : (before.credits * told) / whole;
  const grant = grantOf(draft, before.grantId);
  const free = grant.phase === "live" || grant.phase === "scheduled" ? grant.remaining : 0n;
  // What went back by other ways than this purchase counts, too: a refund of its grant, above all.
  const wanted = due - grant.refunded;
  const credits = wanted < free ? wanted : free;
  const entry =
    credits <= 0n ? null : takeOut(draft, grant.id, credits, { type: "refunded", departure: "refunded" });
  const money = -(entry?.money ?? 0n);
  const after: TopUp = { ...before, refundedGross: told };
  draft.setTopUp(after);
  const missing = due - grantOf(draft, before.grantId).refunded;
  tellTopUpRefunded(draft, after, {
    money,
    credits: credits > 0n ? credits : 0n,
    uncovered: missing > 0n ? missing : 0n,
  });
  pauseForRefund(draft);
  return after;
}
