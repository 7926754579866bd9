import type { Read, Snapshot } from "../../../store/contract.js";
import type { EntryRow, WalletHead, WalletKey } from "../../../store/rows.js";
import { takeKey } from "../../../store/intake/take-change.js";
import { walletNumber } from "../columns.js";
import { decodeRow, unplaced } from "../rows.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import type { Context } from "./context.js";
import * as reads from "./wallet-reads.js";

/** Snapshots one after the other, a few statements each. Their rows are of one version within a snapshot of the database. */
export function* loadEach(context: Context, asked: readonly Read[]): Program<readonly Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const read of asked) snapshots.push(yield* loadOne(context, read));
  return snapshots;
}

export function* loadOne(context: Context, read: Read): Program<Snapshot> {
  const key = takeKey(read.key);
  const head = yield* headOf(context, key);
  const version = head?.version ?? 0;
  const unchanged = read.unless === version;
  const isFull = head !== null && !unchanged;
  return {
    key,
    version,
    unchanged,
    head: isFull ? head : null,
    grants: isFull ? yield* reads.openGrants(context, placeOf(key)) : [],
    records: isFull ? yield* reads.openRecords(context, placeOf(key)) : [],
    asked: head === null ? NOTHING : yield* loadAsked(context, key, read),
  };
}

const NOTHING: Snapshot["asked"] = { receipts: [], grants: [], records: [], entries: [], lapsed: [] };

export interface Place extends Readonly<Record<"part" | "wallet", string>> {}

export function placeOf({ part, id }: WalletKey): Place {
  return { part: String(part), wallet: walletNumber(id) };
}

/** A row of version 0 only reserves the place of a wallet that is about to be made. */
function* headOf(context: Context, key: WalletKey): Program<WalletHead | null> {
  const [row] = yield* reads.head(context, placeOf(key));
  const head = row === undefined ? null : unplaced(decodeRow(TABLES.wallet, row));
  return head === null || head.version === 0 ? null : head;
}

function* loadAsked(context: Context, key: WalletKey, read: Read): Program<Snapshot["asked"]> {
  const place = placeOf(key);
  const entries: EntryRow[] = [];
  for (const id of new Set(read.operations)) entries.push(...(yield* reads.operation(context, place, id)));
  return {
    receipts: yield* reads.receipts(context, place, read.receipts ?? []),
    grants: yield* reads.grants(context, place, read.grants ?? []),
    records: yield* reads.records(context, place, read.records ?? []),
    entries,
    lapsed: read.lapsedSince === undefined ? [] : yield* reads.lapsed(context, place, read.lapsedSince),
  };
}
