import type { Draft } from "./draft.js";
import { tellPaused } from "./tell-top-up.js";
import type { AutoTopUp } from "./top-up.js";

/** It buys nothing until somebody resumes it, or sets it anew. */
export function pause(draft: Draft, auto: AutoTopUp, why: NonNullable<AutoTopUp["paused"]>): void {
  const paused = { ...auto, paused: why, retryAt: null };
  draft.setAutoTopUp(paused);
  tellPaused(draft, paused);
}

/** Money of a purchase goes back: what that takes off the level is not to be bought again at once. */
export function pauseForRefund(draft: Draft): void {
  const auto = draft.wallet.autoTopUp;
  if (auto !== null && auto.paused === null) pause(draft, auto, "refunded");
}
