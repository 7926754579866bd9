import type { Read, Snapshot } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { WalletKey } from "../../store/rows.js";
import { nameOf } from "../../store/intake/take-change.js";
import type { Context } from "../sql/programs/context.js";
import { placeOf } from "../sql/programs/snapshots.js";
import { type Decide, decideAndWrite } from "../sql/programs/transact.js";
import { receipts } from "../sql/programs/wallet-reads.js";
import { writeChanges } from "../sql/programs/write.js";
import type { Ending } from "../sql/sessions.js";
import type { Program } from "../sql/statement.js";
import { load } from "./load.js";
import { sortedKeys } from "./places.js";
import { type Versions, lockedVersions, reserve, unreserve } from "./wallet-rows.js";

/** In a transaction of the store, at READ COMMITTED: each statement sees what was committed before it. */
export function* transact(
  context: Context,
  reads: readonly Read[],
  decide: Decide,
): Program<Ending<undefined>> {
  const keys = sortedKeys(reads.map(({ key }) => key));
  yield* reserve(context, keys);
  const keep = yield* decideUnderLock(context, reads, decide, null);
  return { result: undefined, keep };
}

/**
 * In a transaction of the app, which may be at REPEATABLE READ: then it sees the moment of its first read, but locks
 * rows as they are now. So the versions that were locked are compared with those that it sees. Where they differ it
 * must begin anew: reading on with locks would show it the latest rows, but lock the gaps between them, too, and so
 * stop what happens to other wallets; and what it then reads without locks would not fit.
 *
 * @returns whether anything was written.
 */
export function* transactInApps(context: Context, reads: readonly Read[], decide: Decide): Program<boolean> {
  const keys = sortedKeys(reads.map(({ key }) => key));
  yield* reserve(context, keys);
  return yield* decideUnderLock(context, reads, decide, yield* lockedVersions(context, keys));
}

function* decideUnderLock(
  context: Context,
  reads: readonly Read[],
  decide: Decide,
  locked: Versions | null,
): Program<boolean> {
  const unborn = new Map<string, WalletKey>();
  const hasWritten = yield* decideAndWrite(context, reads, decide, {
    *load(asked) {
      const snapshots = yield* load(context, asked);
      for (const snapshot of snapshots) {
        if (locked !== null) checkSeen(snapshot, locked);
        if (snapshot.version === 0) unborn.set(nameOf(snapshot.key), snapshot.key);
      }
      return snapshots;
    },
    findReceipts: ({ key }, keys) => receipts(context, placeOf(key), keys),
    *write(changes) {
      yield* writeChanges(context, changes);
      for (const { key } of changes) unborn.delete(nameOf(key));
    },
  });
  yield* unreserve(context, [...unborn.values()]);
  return hasWritten;
}

function checkSeen({ key, version }: Snapshot, locked: Versions): void {
  if ((locked.get(nameOf(key)) ?? 0) === version) return;
  throw new StoreError(
    "transient",
    `Wallet ${nameOf(key)} was changed after this transaction had begun to read. Run the whole transaction again; ` +
      "begun at READ COMMITTED, it sees what is new.",
  );
}
