import { copyOfGrant } from "./copies.js";
import type { Draft } from "./draft.js";
import { grantOf, takeOut } from "./movements.js";
import { rollAfterEnd } from "./recurring.js";

/** Free credits of an expired or voided grant go at once. */
export function loseIfEnded(draft: Draft, grantId: string): void {
  const { phase, remaining, recurrence } = grantOf(draft, grantId);
  if (remaining === 0n || (phase !== "expired" && phase !== "voided")) return;
  if (phase === "expired") rollAfterEnd(draft, grantId);
  const left = grantOf(draft, grantId).remaining;
  const how = recurrence?.isRefunded === true ? "refunded" : phase;
  if (left > 0n) takeOut(draft, grantId, left, { type: how, departure: how });
}

/** Unpins credits: they are free again, or lost where their grant has ended. */
export function freePin(draft: Draft, grantId: string, amount: bigint): void {
  const grant = grantOf(draft, grantId);
  const next = copyOfGrant(grant);
  next.held -= amount;
  next.remaining += amount;
  draft.setGrant(next);
  loseIfEnded(draft, grantId);
}
