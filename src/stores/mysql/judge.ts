import { nameOf } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import type { Context } from "../sql/programs/context.js";
import type { Judgement, LockedVersions } from "../sql/programs/judge.js";
import type { Program } from "../sql/statement.js";
import * as many from "./rows-of-many.js";

/**
 * Judges each change on its own, with one look for the receipts of all. Their wallets' rows are locked, and each
 * statement at READ COMMITTED sees what was committed before it: where the version is as expected, nothing is missed.
 */
export function* judgeAll(
  context: Context,
  changes: readonly Taken[],
  versions: LockedVersions,
): Program<ReadonlyMap<Taken, Judgement>> {
  const fitting = changes.filter(({ key, expect }) => (versions.get(nameOf(key)) ?? 0) === expect);
  const used = yield* many.receipts(
    context,
    fitting.map(({ key, unused, expect }) => ({ key, names: expect === 0 ? [] : unused })),
  );
  const judged = new Map<Taken, Judgement>();
  for (const change of changes) {
    const name = nameOf(change.key);
    const version = versions.get(name) ?? 0;
    const receipts = used.get(name) ?? [];
    if (version === "held") judged.set(change, { status: "busy" });
    else if (version !== change.expect) judged.set(change, { status: "stale", key: change.key });
    else
      judged.set(change, receipts.length > 0 ? { status: "duplicate", receipts } : { status: "committed" });
  }
  return judged;
}
