import { formatScaled } from "./amounts.js";
import type { Draft } from "./draft.js";
import type { MoneyFacts, TopUpFacts } from "./events.js";
import { minorPlaces } from "./money.js";
import { totalFacts } from "./tell.js";
import type { AutoTopUp, Minor, TopUp } from "./top-up.js";

/** Purchases are told by the steps themselves: they are no movements of credits. */

/** Those of an automatic top-up are told as its own. What failed of it is told beside what comes next. */
export function tellTopUp(
  draft: Draft,
  topUp: TopUp,
  step: "started" | "completed" | "failed" | "canceled" | "action_required",
): void {
  const told = { topUp: topUpFacts(draft, topUp), totals: totalFacts(draft) };
  if (topUp.by === "customer" || step === "action_required") draft.emit(`credits.top_up.${step}`, told);
  else if (step === "started" || step === "completed") draft.emit(`credits.auto_top_up.${step}`, told);
}

/** @param auto What it does now; null: it was taken off. */
export function tellAutoFailure(draft: Draft, topUp: TopUp, auto: AutoTopUp | null): void {
  draft.emit("credits.auto_top_up.failed", {
    topUp: topUpFacts(draft, topUp),
    totals: totalFacts(draft),
    failures: auto?.failures ?? 1,
    retryAt: auto?.retryAt ?? null,
  });
}

export function tellUnsettled(draft: Draft, topUp: TopUp): void {
  draft.emit("credits.top_up.unsettled", {
    topUp: topUpFacts(draft, topUp),
    totals: totalFacts(draft),
    checks: topUp.checks,
  });
}

export function tellTopUpRefunded(
  draft: Draft,
  topUp: TopUp,
  {
    money,
    credits,
    uncovered,
  }: { readonly money: bigint; readonly credits: bigint; readonly uncovered: bigint },
): void {
  draft.emit("credits.top_up.refunded", {
    topUp: topUpFacts(draft, topUp),
    totals: totalFacts(draft),
    money: moneyFacts({ total: money, currency: topUp.price.currency }),
    taken: text(draft, credits),
    uncovered: text(draft, uncovered),
  });
}

/** The customer is owed money that the provider does not give back. */
export function tellRefundFailed(draft: Draft, topUp: TopUp, gross: bigint): void {
  draft.emit("credits.top_up.refund_failed", {
    topUp: topUpFacts(draft, topUp),
    totals: totalFacts(draft),
    money: moneyFacts({ total: gross, currency: topUp.price.currency }),
  });
}

export function tellCapped(draft: Draft, cap: "count" | "money", resetsAt: number): void {
  draft.emit("credits.auto_top_up.capped", { cap, resetsAt, totals: totalFacts(draft) });
}

export function tellPaused(draft: Draft, { paused, failures }: AutoTopUp): void {
  if (paused === null || paused === "removed") return;
  draft.emit("credits.auto_top_up.paused", { why: paused, failures, totals: totalFacts(draft) });
}

export function tellResumed(draft: Draft): void {
  draft.emit("credits.auto_top_up.resumed", { totals: totalFacts(draft) });
}

function topUpFacts(draft: Draft, topUp: TopUp): TopUpFacts {
  const { payment } = topUp;
  return {
    topUpId: draft.terms.publicId("tu", topUp.id),
    by: topUp.by,
    state: topUp.state,
    credits: text(draft, topUp.credits),
    price: moneyFacts(topUp.price),
    package: topUp.package,
    grantId: draft.terms.publicId("gr", topUp.grantId),
    paymentId: payment.id,
    reason: payment.reason,
    actionUrl: payment.actionUrl,
    receiptUrl: payment.receiptUrl,
    invoiceUrl: payment.invoiceUrl,
  };
}

function moneyFacts({ total, currency }: Minor): MoneyFacts {
  return { amount: formatScaled(total, minorPlaces(currency)), currency };
}

function text({ terms }: Draft, amount: bigint): string {
  return formatScaled(amount, terms.currency.scale);
}
