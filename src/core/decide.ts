import { lookAtLevel } from "./auto-top-up.js";
import { adjust } from "./decide/adjust.js";
import { amendGrant } from "./decide/amend-grant.js";
import { capture } from "./decide/capture.js";
import { grant } from "./decide/grant.js";
import { changePlan } from "./decide/plan.js";
import { markGrantPaid } from "./decide/mark-grant-paid.js";
import { publishRates } from "./decide/publish-rates.js";
import { callOffTopUp, recordPayment } from "./decide/record-payment.js";
import { refundGrant } from "./decide/refund-grant.js";
import { recordRefund, refundTopUp } from "./decide/refund-top-up.js";
import { extend, release } from "./decide/release.js";
import { reserve } from "./decide/reserve.js";
import { reverse } from "./decide/reverse.js";
import { endSchedule, schedule } from "./decide/schedule.js";
import { resumeAutoTopUp, setAutoTopUp } from "./decide/set-auto-top-up.js";
import { setBudget } from "./decide/set-budget.js";
import { setPolicy } from "./decide/set-policy.js";
import { setThresholds } from "./decide/set-thresholds.js";
import { topUp } from "./decide/top-up.js";
import { transferIn, transferOut } from "./decide/transfer.js";
import { voidGrant } from "./decide/void-grant.js";
import { withdraw } from "./decide/withdraw.js";
import type { Draft } from "./draft.js";
import { impossible } from "./errors.js";
import type { Request } from "./requests.js";
import type { Result } from "./results.js";
import { tellOperation } from "./tell.js";

export interface Decision {
  readonly result: Result;
  readonly operationId: string;
}

/**
 * Decides a request on a draft that has been advanced to now. What it changes lands in the draft as a whole; a denial is
 * thrown as a `CreditError` and changes nothing.
 */
export function decide(
  draft: Draft,
  request: Request,
  by: { readonly actor: string | null; readonly reason: string | null },
): Decision {
  const mark = draft.mark();
  draft.begin({ actor: by.actor, reason: by.reason, occurredAt: draft.now, cause: null });
  try {
    const result = resultOf(draft, request);
    tellOperation(draft, mark.wallet, mark.entries);
    lookAtLevel(draft);
    return { result, operationId: draft.settledOperationId };
  } catch (error) {
    draft.rollBack(mark);
    throw error;
  }
}

function resultOf(draft: Draft, request: Request): Result {
  switch (request.kind) {
    case "grant":
      return grant(draft, request);
    case "withdraw":
      return withdraw(draft, request);
    case "reserve":
      return reserve(draft, request);
    case "capture":
      return capture(draft, request);
    case "release":
      return release(draft, request);
    case "extend":
      return extend(draft, request);
    case "voidGrant":
      return voidGrant(draft, request);
    case "amendGrant":
      return amendGrant(draft, request);
    case "adjust":
      return adjust(draft, request);
    case "reverse":
      return reverse(draft, request);
    case "refundGrant":
      return refundGrant(draft, request);
    case "setBudget":
      return setBudget(draft, request);
    case "setPolicy":
      return setPolicy(draft, request);
    case "setThresholds":
      return setThresholds(draft, request);
    case "schedule":
      return schedule(draft, request);
    case "endSchedule":
      return endSchedule(draft, request);
    case "plan":
      return changePlan(draft, request);
    case "publishRates":
      return publishRates(draft, request);
    case "topUp":
      return topUp(draft, request);
    case "callOffTopUp":
      return callOffTopUp(draft, request);
    case "recordPayment":
      return recordPayment(draft, request);
    case "refundTopUp":
      return refundTopUp(draft, request);
    case "recordRefund":
      return recordRefund(draft, request);
    case "setAutoTopUp":
      return setAutoTopUp(draft, request);
    case "resumeAutoTopUp":
      return resumeAutoTopUp(draft);
    case "markGrantPaid":
      return markGrantPaid(draft, request);
    case "convert":
    case "subscribe":
    case "changePlan":
    case "addAddOn":
    case "removeAddOn":
    case "pauseSubscription":
    case "resumeSubscription":
    case "cancelSubscription":
      throw impossible(`${request.kind} is decided over several wallets`);
    case "transferOut":
      return transferOut(draft, request);
    case "transferIn":
      return transferIn(draft, request);
  }
}
