import type { Change, Read, Snapshot, StoreLimits } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import { refuse } from "../../store/intake/intake.js";
import { checkReads } from "../../store/intake/check.js";
import { load } from "./load.js";
import type { Parts } from "./parts.js";
import { nameOf, takeChanges } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import { checkAgainst, write } from "./write.js";

/**
 * Loads, decides and writes within one turn of the event loop: nobody can come between, except `decide` itself by
 * calling the store. The lock turns that into `busy` and `transient`. If it decides on keys that have receipts, it
 * is called once more, with those receipts among the asked ones.
 */
export function transact(
  parts: Parts,
  locked: Set<string>,
  limits: StoreLimits,
  reads: readonly Read[],
  decide: (snapshots: readonly Snapshot[]) => readonly Change[],
): void {
  checkReads(reads, limits);
  const names = new Set(reads.map(({ key }) => nameOf(key)));
  for (const name of names) {
    if (locked.has(name))
      throw new StoreError("transient", `wallet ${name} is locked by a transact under way`);
  }
  const decideOn = (asked: readonly Read[]) => {
    const snapshots = asked.map((read) => load(parts, read));
    return takeChanges(
      parts.pool,
      underLock(locked, names, () => decide(snapshots)),
      limits,
    );
  };
  let changes = decideOn(reads);
  // `decide` takes what is queued at its instant: keys, too, whose receipts the reads did not ask for.
  if (changes.some((change) => usedKeys(parts, change).length > 0)) {
    changes = decideOn(reads.map((read) => askForUsed(parts, read, changes)));
  }
  for (const change of changes) checkDecided(parts, names, change);
  for (const change of changes) write(parts, change);
}

function usedKeys(parts: Parts, change: Taken): readonly string[] {
  const receipts = parts.find(change.key)?.receipts;
  return receipts === undefined ? [] : change.unused.filter((key) => receipts.has(key));
}

function askForUsed(parts: Parts, read: Read, changes: readonly Taken[]): Read {
  const change = changes.find(({ key }) => nameOf(key) === nameOf(read.key));
  return change === undefined
    ? read
    : { ...read, receipts: [...(read.receipts ?? []), ...usedKeys(parts, change)] };
}

function underLock(
  locked: Set<string>,
  names: ReadonlySet<string>,
  decide: () => readonly Change[],
): readonly Change[] {
  for (const name of names) locked.add(name);
  try {
    const changes = decide();
    const given: unknown = changes;
    if (!Array.isArray(given)) refuse("decide must return its changes at once, in an array");
    return changes;
  } finally {
    for (const name of names) locked.delete(name);
  }
}

/** Under lock neither a conflict nor a duplicate can be met by chance: `decide` saw the version and the receipts. */
function checkDecided(parts: Parts, names: ReadonlySet<string>, change: Taken): void {
  const name = nameOf(change.key);
  if (!names.has(name)) refuse(`wallet ${name} is changed but was not read`);
  const wallet = parts.find(change.key);
  const version = wallet?.head.version ?? 0;
  if (version !== change.expect)
    refuse(`wallet ${name} was read at version ${version}, not ${change.expect}`);
  const used = usedKeys(parts, change);
  if (used.length > 0) refuse(`keys of wallet ${name} have receipts: ${JSON.stringify(used)}`);
  checkAgainst(wallet, change);
}
