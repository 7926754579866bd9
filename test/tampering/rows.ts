/** Stored rows of the ledger as texts, whatever stores them: bytes as hex digits, numbers as digits. */
import type { EntryRow } from "coffer/store";
import { entryFromRow, entryRows } from "../../src/engine/entry-rows.js";
import { decodeRow } from "../../src/stores/sql/rows.js";
import type { ColumnKind } from "../../src/stores/sql/columns.js";
import { columnsOf } from "../../src/stores/sql/tables/table.js";
import { TABLES } from "../../src/stores/sql/tables/tables.js";

export type Row = Readonly<Record<string, string | null>>;

export interface Column {
  readonly name: string;
  readonly field: string;
  readonly kind: ColumnKind;
}

/** Every column of the entries' table. */
export const COLUMNS: readonly Column[] = columnsOf(TABLES.entry).map(([field, name, { kind }]) => ({
  field,
  name,
  kind,
}));

/** In the order in which a ledger is read. */
export function ledgerOf(rows: readonly Row[], wallet: string): readonly Row[] {
  const place = ({ recorded_at, seq }: Row) => [Number(recorded_at), Number(seq)] as const;
  return rows
    .filter((row) => row["wallet"] === wallet)
    .sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
}

/** The rows with a hash of their own making: each covers what it says and the one before. */
export function rehashed(rows: readonly Row[], before: string): readonly Row[] {
  const stored: readonly EntryRow[] = rows.map((row) => decodeRow(TABLES.entry, row));
  const hashed = entryRows(stored.map(entryFromRow), Buffer.from(before, "hex"));
  return rows.map((row, index) => ({
    ...row,
    hash: Buffer.from(hashed[index]?.hash ?? []).toString("hex"),
    detail: hashed[index]?.detail ?? null,
  }));
}
