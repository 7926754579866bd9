import { MAX_AMOUNT, sum } from "../amounts.js";
import { withinBudgets } from "../budget.js";
import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import { type RatedLine, occasionAt, rateEvent } from "../lines.js";
import { occurredAtWithinWindow } from "../occurred-at.js";
import type { WithdrawRequest } from "../requests.js";
import type { WithdrawalResult } from "../results.js";
import { settle } from "../settle.js";
import { lateSource, liveSource } from "../source.js";
import { countTier } from "../tier-period.js";
import { type Unpaid, countUsage, planSpending, spend, withdrawalResult } from "../spend.js";

export function withdraw(draft: Draft, request: WithdrawRequest): WithdrawalResult {
  const occurredAt = occurredAtWithinWindow(draft, request.occurredAt);
  const lines = rateLines(draft, request.lines, occurredAt);
  const source = occurredAt < draft.now ? lateSource(draft, occurredAt) : liveSource(draft);
  const unpaid = lines.map(wholly);
  const allowed = withinBudgets(draft, unpaid, occurredAt);
  const plans = planSpending(draft, source, unpaid, request.partial ? "partial" : "whole", allowed);
  const draws = spend(draft, plans, occurredAt, null);
  countUsage(draft, plans, occurredAt);
  for (const line of lines) if (line.tierPeriod !== undefined) countTier(draft, line, line.tierPeriod);
  const result = withdrawalResult(draft, plans, draws, null);
  settle(draft);
  result.available = draft.wallet.available;
  return result;
}

/** Lines of one event with their prices; the sum must be one that a wallet can keep. */
export function rateLines(
  draft: Draft,
  requests: WithdrawRequest["lines"],
  occurredAt: number,
): readonly RatedLine[] {
  const lines = rateEvent(draft.terms, requests, occasionAt(draft.wallet, draft.terms, occurredAt));
  if (sum(lines.map((line) => line.price)) > MAX_AMOUNT)
    throw new CreditError(
      "over_limit",
      "The lines of this event cost more in all than a wallet can keep. Split the event.",
    );
  return lines;
}

export function wholly(line: RatedLine): Unpaid {
  return { line, pinned: [], promised: { amount: 0n, price: null }, amount: line.price };
}
