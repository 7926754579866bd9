import type { Read, Snapshot } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { EntryRow, ReceiptRow, WalletHead, WalletKey } from "../../store/rows.js";
import { nameOf, takeKey } from "../../store/intake/take-change.js";
import type { Context } from "../sql/programs/context.js";
import { loadEach, placeOf } from "../sql/programs/snapshots.js";
import * as reads from "../sql/programs/wallet-reads.js";
import type { Program } from "../sql/statement.js";
import { sortedKeys } from "./places.js";
import * as many from "./rows-of-many.js";
import { readVersions } from "./wallet-rows.js";

/** Snapshots in the order of the reads. Their rows are of one version where the transaction sees one moment. */
export function* load(context: Context, asked: readonly Read[]): Program<readonly Snapshot[]> {
  return asked.length < 2 ? yield* loadEach(context, asked) : yield* loadMany(context, asked);
}

/** The rows that most loads want come by one statement for all wallets. */
function* loadMany(context: Context, asked: readonly Read[]): Program<readonly Snapshot[]> {
  const versioned = yield* many.heads(context, sortedKeys(asked.map(({ key }) => key)));
  const headOf = (key: WalletKey): WalletHead | null => {
    const [head] = versioned.get(nameOf(key)) ?? [];
    // A row of version 0 only reserves the place of a wallet that is about to be made.
    return head === undefined || head.version === 0 ? null : head;
  };
  const isFull = ({ key, unless }: Read) => headOf(key) !== null && headOf(key)?.version !== unless;
  const full = sortedKeys(asked.filter(isFull).map(({ key }) => key));
  const grants = yield* many.openGrants(context, full);
  const records = yield* many.openRecords(context, full);
  const there = asked.filter(({ key }) => headOf(key) !== null);
  const receipts = yield* many.receipts(
    context,
    there.map(({ key, receipts = [] }) => ({ key, names: receipts })),
  );
  const snapshots: Snapshot[] = [];
  for (const read of asked) {
    const key = takeKey(read.key);
    const head = headOf(key);
    const version = head?.version ?? 0;
    snapshots.push({
      key,
      version,
      unchanged: read.unless === version,
      head: isFull(read) ? head : null,
      grants: isFull(read) ? (grants.get(nameOf(key)) ?? []) : [],
      records: isFull(read) ? (records.get(nameOf(key)) ?? []) : [],
      asked:
        head === null
          ? { receipts: [], grants: [], records: [], entries: [], lapsed: [] }
          : yield* loadAsked(context, read, receipts.get(nameOf(key)) ?? []),
    });
  }
  return snapshots;
}

function* loadAsked(
  context: Context,
  read: Read,
  receipts: readonly ReceiptRow[],
): Program<Snapshot["asked"]> {
  const place = placeOf(takeKey(read.key));
  const keys = new Set(read.receipts);
  const entries: EntryRow[] = [];
  for (const id of new Set(read.operations)) entries.push(...(yield* reads.operation(context, place, id)));
  return {
    // Another read of the same wallet may have asked for others.
    receipts: receipts.filter(({ key }) => keys.has(key)),
    grants: yield* reads.grants(context, place, read.grants ?? []),
    records: yield* reads.records(context, place, read.records ?? []),
    entries,
    lapsed: read.lapsedSince === undefined ? [] : yield* reads.lapsed(context, place, read.lapsedSince),
  };
}

const TRIES = 8;

/**
 * The same in a transaction of the app: at READ COMMITTED each of its statements sees another moment. Versions that
 * are the same before and after say that nothing came between.
 */
export function* loadSteady(context: Context, asked: readonly Read[]): Program<readonly Snapshot[]> {
  const keys = sortedKeys(asked.map(({ key }) => key));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const snapshots = yield* load(context, asked);
    const after = yield* readVersions(context, keys);
    if (snapshots.every(({ key, version }) => (after.get(nameOf(key)) ?? 0) === version)) return snapshots;
  }
  throw new StoreError("transient", "The wallets changed faster than they could be read. Try again.");
}
