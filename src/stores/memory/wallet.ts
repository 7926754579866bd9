import type { Stored } from "../../store/intake/byte-pool.js";
import type { EntryRow, GrantRow, ReceiptRow, RecordRow, WalletHead, WalletKey } from "../../store/rows.js";
import { Counters } from "./counters.js";
import { byEntryPosition, byReceiptPosition, compareText } from "./order.js";
import { Shelf } from "./shelf.js";
import { SortedList } from "./sorted-list.js";

/** A closed grant that lost credits to expiry: late use pays from these. */
interface Lapsed {
  readonly closedAt: number;
  readonly id: string;
}

/** All that is kept of one wallet, its events apart: those stand in the order of their part. */
export interface Wallet {
  readonly key: WalletKey;
  head: Stored<WalletHead>;
  readonly grants: Shelf<GrantRow>;
  readonly lapsed: SortedList<Lapsed>;
  /** A shelf for each kind, in order of kind. */
  records: ReadonlyMap<string, Shelf<RecordRow>>;
  readonly entries: SortedList<Stored<EntryRow>>;
  readonly receipts: Map<string, Stored<ReceiptRow>>;
  readonly receiptsInTime: SortedList<Stored<ReceiptRow>>;
  readonly usage: Counters;
  /** The greatest number that an event ever had: events may be pruned, their numbers never come back. */
  lastEventNo: number;
}

export function newWallet(key: WalletKey, head: Stored<WalletHead>): Wallet {
  return {
    key,
    head,
    grants: new Shelf(),
    lapsed: new SortedList(byLapse),
    records: new Map(),
    entries: new SortedList<Stored<EntryRow>>(byEntryPosition),
    receipts: new Map(),
    receiptsInTime: new SortedList<Stored<ReceiptRow>>(byReceiptPosition),
    usage: new Counters(),
    lastEventNo: 0,
  };
}

export function putGrant(wallet: Wallet, grant: GrantRow): void {
  const before = wallet.grants.get(grant.id);
  const left = before === undefined ? null : lapseOf(before);
  const entered = lapseOf(grant);
  if (left !== null) wallet.lapsed.delete(left);
  if (entered !== null) wallet.lapsed.add(entered);
  wallet.grants.put(grant);
}

export function putRecord(wallet: Wallet, record: RecordRow): void {
  const shelf = wallet.records.get(record.kind) ?? new Shelf<RecordRow>();
  shelf.put(record);
  if (wallet.records.has(record.kind)) return;
  const kinds = [...wallet.records, [record.kind, shelf] as const];
  wallet.records = new Map(kinds.toSorted(([a], [b]) => compareText(a, b)));
}

/** In order of (kind, id), after that kind and id. */
export function* recordsInOrder(
  wallet: Wallet,
  open: boolean | undefined,
  after?: { readonly kind: string; readonly id: string },
): Generator<RecordRow, undefined> {
  for (const [kind, shelf] of wallet.records) {
    const order = after === undefined ? 1 : compareText(kind, after.kind);
    if (order >= 0) yield* shelf.rows(open, order === 0 ? after?.id : undefined);
  }
}

function lapseOf(grant: GrantRow): Lapsed | null {
  if (grant.open || grant.closedAt === null || grant.expired <= 0n) return null;
  return { closedAt: grant.closedAt, id: grant.id };
}

function byLapse(a: Lapsed, b: Lapsed): number {
  return a.closedAt - b.closedAt || compareText(a.id, b.id);
}
