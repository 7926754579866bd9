import type { Change, Outcome, StoreLimits } from "../../store/contract.js";
import { findReceipts, load } from "./load.js";
import type { Parts } from "./parts.js";
import { nameOf, takeChanges } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import { checkAgainst, write } from "./write.js";

/**
 * Judges every change, then writes those that won: a change that breaks the contract is met before anything is
 * written. As each names another wallet, no writing can alter the judgement of another.
 *
 * @param locked The wallets on which a transact is just deciding, by `nameOf`.
 */
export function commit(
  parts: Parts,
  locked: ReadonlySet<string>,
  limits: StoreLimits,
  changes: readonly Change[],
): readonly Outcome[] {
  const taken = takeChanges(parts.pool, changes, limits);
  const judged = taken.map((change) => ({ change, outcome: judge(parts, locked, change) }));
  for (const { change, outcome } of judged) {
    if (outcome.status === "committed") write(parts, change);
  }
  return judged.map(({ outcome }) => outcome);
}

function judge(parts: Parts, locked: ReadonlySet<string>, change: Taken): Outcome {
  if (locked.size > 0 && locked.has(nameOf(change.key))) return { status: "busy" };
  const wallet = parts.find(change.key);
  if ((wallet?.head.version ?? 0) !== change.expect) {
    return { status: "conflict", fresh: load(parts, { key: change.key, receipts: change.unused }) };
  }
  if (wallet !== undefined && change.unused.some((key) => wallet.receipts.has(key))) {
    return { status: "duplicate", receipts: findReceipts(wallet, change.unused) };
  }
  checkAgainst(wallet, change);
  return { status: "committed" };
}
