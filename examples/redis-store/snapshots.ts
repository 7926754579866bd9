import type { EntryRow, GrantRow, Read, ReceiptRow, RecordRow, Snapshot, WalletHead } from "coffer/store";
import { member } from "./keys.js";
import { decode } from "./rows.js";

/** A read as `load.lua` takes it. Lua takes an empty list for an empty table either way. */
export function askFor(read: Read): object {
  const { id } = read.key;
  return {
    wallet: id,
    unless: read.unless === undefined ? undefined : String(read.unless),
    receipts: unique(read.receipts),
    grants: unique(read.grants),
    records: unique(read.records?.map((record) => member(record.kind, record.id))),
    operations: unique(read.operations).flatMap((operation) => placeOfOperation(id, operation)),
    lapsedSince: read.lapsedSince === undefined ? undefined : member(id, read.lapsedSince),
  };
}

function unique(names: readonly string[] = []): readonly string[] {
  return [...new Set(names)];
}

/** `t-s`: its first entry stands at (recordedAt t, seq s). */
function placeOfOperation(wallet: string, operation: string): readonly object[] {
  const [, recordedAt, seq] = /^(-?\d+)-(\d+)$/.exec(operation) ?? [];
  const isPlace = Number.isSafeInteger(Number(recordedAt)) && Number.isSafeInteger(Number(seq));
  if (recordedAt === undefined || seq === undefined || !isPlace) return [];
  return [{ id: operation, member: member(wallet, Number(recordedAt), Number(seq)) }];
}

/** What `load.lua` answers to one read: texts, and lists of them. */
type Answer = readonly [
  version: string,
  unchanged: number,
  head: string,
  grants: readonly string[],
  records: readonly string[],
  receipts: readonly string[],
  askedGrants: readonly string[],
  askedRecords: readonly string[],
  entries: readonly string[],
  lapsed: readonly string[],
];

export function snapshotFrom({ key, lapsedSince }: Read, answer: unknown): Snapshot {
  const [version, unchanged, head, grants, records, ...asked] = answer as Answer;
  const [receipts, askedGrants, askedRecords, entries, lapsed] = asked;
  return {
    key: { ...key },
    version: Number(version),
    unchanged: unchanged === 1,
    head: head === "" ? null : (decode(head) as WalletHead),
    grants: grants.map(decode) as GrantRow[],
    records: records.map(decode) as RecordRow[],
    asked: {
      receipts: receipts.map(decode) as ReceiptRow[],
      grants: askedGrants.map(decode) as GrantRow[],
      records: askedRecords.map(decode) as RecordRow[],
      entries: entries.map(decode) as EntryRow[],
      lapsed: stillLapsed(lapsed.map(decode) as GrantRow[], lapsedSince ?? 0),
    },
  };
}

/** The index remembers where grants stood: one that was opened again, or lapsed twice, is told by its row. */
function stillLapsed(rows: readonly GrantRow[], since: number): readonly GrantRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].filter(
    ({ open, expired, closedAt }) => !open && expired > 0n && closedAt !== null && closedAt >= since,
  );
}
