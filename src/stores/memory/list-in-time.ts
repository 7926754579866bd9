import type { ListQuery } from "../../store/queries.js";
import type { EntryRow, ReceiptRow } from "../../store/rows.js";
import type { Stored } from "../../store/intake/byte-pool.js";
import type { Place } from "../../store/intake/cursor.js";
import { byEntryPosition, byReceiptPosition } from "./order.js";
import type { Wallet } from "./wallet.js";

type EntryQuery = Extract<ListQuery, { kind: "entries" }>;
type ReceiptQuery = Extract<ListQuery, { kind: "receipts" }>;

/** The wallet's receipts in [from, to), in order of (recordedAt, receiptNo), after that place. */
export function* receiptRows(
  wallet: Wallet,
  { from = -Infinity, to = Infinity }: ReceiptQuery,
  after: Place | null,
): Generator<Stored<ReceiptRow>, undefined> {
  const end = after === null ? null : { recordedAt: Number(after[0]), receiptNo: Number(after[1]) };
  const isBefore = (row: Stored<ReceiptRow>) =>
    row.recordedAt < from || (end !== null && byReceiptPosition(row, end) <= 0);
  for (const row of wallet.receiptsInTime.from(isBefore)) {
    if (row.recordedAt >= to) return;
    yield row;
  }
}

/** The wallet's entries in [from, to) that match, in the order asked for, after that place. */
export function* entryRows(
  wallet: Wallet,
  query: EntryQuery,
  after: Place | null,
): Generator<Stored<EntryRow>, undefined> {
  const { from = -Infinity, to = Infinity, order = "asc", types, feature } = query;
  const end = after === null ? null : { recordedAt: Number(after[0]), seq: Number(after[1]) };
  const rows = order === "asc" ? ascending(wallet, from, end) : descending(wallet, to, end);
  for (const row of rows) {
    if (order === "asc" ? row.recordedAt >= to : row.recordedAt < from) return;
    const matches =
      (types === undefined || types.includes(row.type)) && (feature === undefined || row.feature === feature);
    if (matches) yield row;
  }
}

type EntryPosition = Pick<EntryRow, "recordedAt" | "seq">;

function ascending(wallet: Wallet, from: number, end: EntryPosition | null) {
  return wallet.entries.from(
    (row) => row.recordedAt < from || (end !== null && byEntryPosition(row, end) <= 0),
  );
}

function descending(wallet: Wallet, to: number, end: EntryPosition | null) {
  return wallet.entries.downFrom(
    (row) => row.recordedAt < to && (end === null || byEntryPosition(row, end) < 0),
  );
}
