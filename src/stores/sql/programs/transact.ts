import type { Change, Read, Snapshot } from "../../../store/contract.js";
import { checkWereRead } from "../../../store/intake/check.js";
import type { ReceiptRow } from "../../../store/rows.js";
import { refuse } from "../../../store/intake/intake.js";
import { nameOf, takeChanges } from "../../../store/intake/take-change.js";
import type { Taken } from "../../../store/intake/taken.js";
import type { Program } from "../statement.js";
import type { Context } from "./context.js";

export type Decide = (snapshots: readonly Snapshot[]) => readonly Change[];

/** What a dialect does in a transact. */
export interface TransactSteps {
  readonly load: (reads: readonly Read[]) => Program<readonly Snapshot[]>;
  readonly findReceipts: (change: Taken, keys: readonly string[]) => Program<readonly ReceiptRow[]>;
  readonly write: (changes: readonly Taken[]) => Program<void>;
}

/**
 * Loads, decides and writes, once the wallets are locked. `decide` takes what is queued at its instant: keys, too,
 * whose receipts the reads did not ask for. If any of these is used, it is called once more, with those receipts.
 *
 * @returns whether anything was written.
 */
export function* decideAndWrite(
  context: Context,
  reads: readonly Read[],
  decide: Decide,
  steps: TransactSteps,
): Program<boolean> {
  let asked = reads;
  let changes = takeDecided(context, yield* steps.load(asked), decide);
  const used = yield* usedKeys(asked, changes, steps);
  if (used.size > 0) {
    asked = reads.map((read) => askAlso(read, used.get(nameOf(read.key)) ?? []));
    changes = takeDecided(context, yield* steps.load(asked), decide);
    if ((yield* usedKeys(reads, changes, steps)).size > 0)
      refuse("decide gave keys again that have receipts");
  }
  if (changes.length > 0) yield* steps.write(changes);
  return changes.length > 0;
}

function takeDecided(context: Context, snapshots: readonly Snapshot[], decide: Decide): readonly Taken[] {
  const decided: unknown = decide(snapshots);
  if (!Array.isArray(decided)) refuse("decide must return its changes at once, in an array");
  // Each row of it is checked as it is taken.
  const changes = takeChanges(context.pool, decided as readonly Change[], context.limits);
  checkWereRead(changes, snapshots);
  return changes;
}

/** By wallet. Keys whose receipts were asked for and not found need no second look. */
function* usedKeys(
  reads: readonly Read[],
  changes: readonly Taken[],
  steps: TransactSteps,
): Program<ReadonlyMap<string, readonly string[]>> {
  const known = new Map(reads.map(({ key, receipts }) => [nameOf(key), new Set(receipts)]));
  const used = new Map<string, readonly string[]>();
  for (const change of changes) {
    const unknown = change.unused.filter((key) => known.get(nameOf(change.key))?.has(key) !== true);
    const found = unknown.length === 0 ? [] : yield* steps.findReceipts(change, unknown);
    if (found.length > 0)
      used.set(
        nameOf(change.key),
        found.map(({ key }) => key),
      );
  }
  return used;
}

function askAlso(read: Read, keys: readonly string[]): Read {
  return keys.length === 0 ? read : { ...read, receipts: [...(read.receipts ?? []), ...keys] };
}
