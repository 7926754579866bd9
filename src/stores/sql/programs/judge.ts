import type { Outcome } from "../../../store/contract.js";
import type { WalletKey } from "../../../store/rows.js";
import { nameOf } from "../../../store/intake/take-change.js";
import type { Taken } from "../../../store/intake/taken.js";
import type { Program } from "../statement.js";
import type { Context } from "./context.js";
import { placeOf } from "./snapshots.js";
import * as reads from "./wallet-reads.js";

/** What is known of a wallet's row while it is locked: its version (0: no wallet), or that another holds it. */
export type LockedVersions = ReadonlyMap<string, number | "held">;

/** An outcome, or that a fresh snapshot of the wallet is to be read for it. */
export type Judgement =
  Exclude<Outcome, { readonly status: "conflict" }> | { readonly status: "stale"; readonly key: WalletKey };

/** Judges each change on its own. `committed` means: is to be written now. */
export function* judge(
  context: Context,
  changes: readonly Taken[],
  versions: LockedVersions,
): Program<readonly Judgement[]> {
  const judged: Judgement[] = [];
  for (const change of changes) {
    const version = versions.get(nameOf(change.key)) ?? 0;
    if (version === "held") judged.push({ status: "busy" });
    else if (version !== change.expect) judged.push({ status: "stale", key: change.key });
    else judged.push(yield* byReceipts(context, change));
  }
  return judged;
}

/** The version is as expected and locked: what is read now is the latest there is. */
function* byReceipts(context: Context, { key, expect, unused }: Taken): Program<Judgement> {
  const receipts = expect === 0 ? [] : yield* reads.receipts(context, placeOf(key), unused);
  return receipts.length > 0 ? { status: "duplicate", receipts } : { status: "committed" };
}
