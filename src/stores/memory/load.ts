import type { Read, Snapshot } from "../../store/contract.js";
import type { EntryRow, ReceiptRow, RecordRow, WalletHead } from "../../store/rows.js";
import type { Stored } from "../../store/intake/byte-pool.js";
import type { Parts } from "./parts.js";
import { byEntryPosition } from "./order.js";
import { takeKey } from "../../store/intake/take-change.js";
import { recordsInOrder } from "./wallet.js";
import type { Wallet } from "./wallet.js";

/** One wallet as it is now, in rows that only the caller holds. */
export function load(parts: Parts, read: Read): Snapshot {
  const wallet = parts.find(read.key);
  const version = wallet?.head.version ?? 0;
  const unchanged = read.unless === version;
  const full = unchanged ? undefined : wallet;
  return {
    key: takeKey(read.key),
    version,
    unchanged,
    head: full === undefined ? null : copyHead(full.head),
    grants: full === undefined ? [] : copyAll(full.grants.rows(true)),
    records: full === undefined ? [] : copyAll(recordsInOrder(full, true)),
    asked: wallet === undefined ? nothing() : findAsked(wallet, read),
  };
}

export function copyHead(head: Stored<WalletHead>): WalletHead {
  return { ...head, ledgerHash: head.ledgerHash.copy() };
}

export function copyEntry(entry: Stored<EntryRow>): EntryRow {
  return { ...entry, hash: entry.hash.copy() };
}

export function copyReceipt(receipt: Stored<ReceiptRow>): ReceiptRow {
  return { ...receipt, requestHash: receipt.requestHash.copy() };
}

/** The receipts of those keys that have one, each once. */
export function findReceipts(wallet: Wallet, keys: readonly string[]): ReceiptRow[] {
  return each(keys, (key) => wallet.receipts.get(key)).map(copyReceipt);
}

function nothing(): Snapshot["asked"] {
  return { receipts: [], grants: [], records: [], entries: [], lapsed: [] };
}

function findAsked(wallet: Wallet, read: Read): Snapshot["asked"] {
  return {
    receipts: read.receipts === undefined ? [] : findReceipts(wallet, read.receipts),
    grants: read.grants === undefined ? [] : copyAll(each(read.grants, (id) => wallet.grants.get(id))),
    records: read.records === undefined ? [] : copyAll(findRecords(wallet, read.records)),
    entries: read.operations === undefined ? [] : findEntries(wallet, read.operations),
    lapsed: read.lapsedSince === undefined ? [] : findLapsed(wallet, read.lapsedSince),
  };
}

function findRecords(wallet: Wallet, asked: NonNullable<Read["records"]>): Set<RecordRow> {
  const found = asked.map(({ kind, id }) => wallet.records.get(kind)?.get(id));
  return new Set(found.filter((record) => record !== undefined));
}

function findEntries(wallet: Wallet, operations: readonly string[]): EntryRow[] {
  return [...new Set(operations)].flatMap((id) => findOperation(wallet, id)).map(copyEntry);
}

/** An operation's id says where its first entry stands; the others follow it without a gap. */
function findOperation(wallet: Wallet, operationId: string): Stored<EntryRow>[] {
  const place = /^(-?\d+)-(\d+)$/.exec(operationId);
  if (place === null) return [];
  const first = { recordedAt: Number(place[1]), seq: Number(place[2]) };
  const found: Stored<EntryRow>[] = [];
  for (const entry of wallet.entries.from((entry) => byEntryPosition(entry, first) < 0)) {
    if (entry.operationId !== operationId) break;
    found.push(entry);
  }
  return found;
}

function findLapsed(wallet: Wallet, since: number) {
  const ids = Array.from(
    wallet.lapsed.from(({ closedAt }) => closedAt < since),
    ({ id }) => id,
  );
  return copyAll(each(ids, (id) => wallet.grants.get(id)));
}

function each<Row>(names: readonly string[], find: (name: string) => Row | undefined): Row[] {
  const differing = names.length > 1 ? [...new Set(names)] : names;
  return differing.map(find).filter((row) => row !== undefined);
}

function copyAll<Row extends object>(rows: Iterable<Row>): Row[] {
  return Array.from(rows, (row) => ({ ...row }));
}
