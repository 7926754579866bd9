import { periodNow } from "../auto-period.js";
import type { Draft } from "../draft.js";
import { CreditError, impossible } from "../errors.js";
import type { SetAutoTopUpRequest } from "../payment-requests.js";
import type { AutoTopUpResult } from "../results.js";
import { tellResumed } from "../tell-top-up.js";
import type { AutoTopUp } from "../top-up.js";

/**
 * Sets what a wallet buys by itself. What is under way stays under way, and what was bought in the period goes on counting
 * whatever the new periods are: setting it again opens no new way to buy.
 */
export function setAutoTopUp(draft: Draft, { terms }: SetAutoTopUpRequest): AutoTopUpResult {
  const before = draft.wallet.autoTopUp;
  if (terms === null) {
    // It stays, so that what is under way, and what was bought in the period, counts should it be set again.
    if (before !== null) draft.setAutoTopUp({ ...before, paused: "removed", retryAt: null });
    return { kind: "autoTopUp", autoTopUp: null, at: draft.now };
  }
  const goesOn =
    before !== null &&
    before.caps.every.unit === terms.caps.every.unit &&
    before.caps.every.count === terms.caps.every.count;
  const anchor = goesOn ? before.anchor : draft.now;
  const bought = before === null ? NOTHING_BOUGHT : periodNow(before, draft.now);
  const period = goesOn ? bought : { ...bought, startsAt: draft.now };
  // What is under way goes along with what was bought in its period.
  const countsIn =
    before?.countsIn === bought.startsAt ? period.startsAt : (before?.countsIn ?? period.startsAt);
  const after: AutoTopUp = {
    ...terms,
    id: before?.id ?? draft.terms.newId(draft.now),
    anchor,
    inFlight: before?.inFlight ?? null,
    countsIn,
    begun: before?.begun ?? 0,
    failures: 0,
    retryAt: null,
    paused: null,
    period: { ...period, isCapped: false },
  };
  draft.setAutoTopUp(after);
  return { kind: "autoTopUp", autoTopUp: after, at: draft.now };
}

const NOTHING_BOUGHT: AutoTopUp["period"] = {
  startsAt: Number.MIN_SAFE_INTEGER,
  count: 0,
  money: {},
  isCapped: false,
};

/** After too many failures: the level is looked at again, now. */
export function resumeAutoTopUp(draft: Draft): AutoTopUpResult {
  const before = draft.wallet.autoTopUp;
  if (before === null || before.paused === "removed")
    throw new CreditError(
      "invalid_input",
      "resumeAutoTopUp: this wallet has no automatic top-up; set one with setAutoTopUp.",
    );
  if (before.paused !== null || before.retryAt !== null) {
    draft.setAutoTopUp({ ...before, failures: 0, retryAt: null, paused: null });
    tellResumed(draft);
  }
  const { autoTopUp } = draft.wallet;
  if (autoTopUp === null) throw impossible("the automatic top-up is gone");
  return { kind: "autoTopUp", autoTopUp, at: draft.now };
}
