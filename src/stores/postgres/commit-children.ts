import { summed } from "../../store/intake/sums.js";
import type { Taken } from "../../store/intake/taken.js";
import { type NamedColumn, type Table, columnName, columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";

export type OnConflict = "replace" | "add" | null;

/** What is written beside the heads, in order: which rows of a change go into which table. */
export const CHILDREN: readonly {
  readonly table: Table<never>;
  readonly onConflict: OnConflict;
  readonly rows: (change: Taken) => readonly object[];
}[] = [
  { table: TABLES.grant as Table<never>, onConflict: null, rows: ({ opened }) => opened },
  { table: TABLES.grant as Table<never>, onConflict: "replace", rows: ({ moved }) => moved },
  { table: TABLES.record as Table<never>, onConflict: "replace", rows: ({ records }) => records },
  { table: TABLES.entry as Table<never>, onConflict: null, rows: ({ entries }) => entries },
  { table: TABLES.receipt as Table<never>, onConflict: null, rows: ({ receipts }) => receipts },
  { table: TABLES.outbox as Table<never>, onConflict: null, rows: ({ events }) => events },
  { table: TABLES.usage as Table<never>, onConflict: "add", rows: ({ usage }) => summed(usage) },
];

export function conflictClause(table: Table<never>, onConflict: OnConflict): string {
  if (onConflict === null) return "";
  const key = table.key.map((field) => columnName(field, table.columns[field])).join(", ");
  return `\n  on conflict (${key}) do update set ${onConflict === "replace" ? replaced(table) : added(table)}`;
}

export function replaced<Row>(table: Table<Row>): string {
  return others(table)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ");
}

function added<Row>(table: Table<Row>): string {
  return others(table)
    .map((name) => `${name} = t.${name} + excluded.${name}`)
    .join(", ");
}

function others<Row>(table: Table<Row>): readonly string[] {
  const keys = new Set<string>(table.key);
  return columnsOf(table)
    .filter(([field]) => !keys.has(field))
    .map(([, name]) => name);
}

export function unplacedColumns<Row>(table: Table<Row>): readonly NamedColumn[] {
  return columnsOf(table).filter(([field]) => field !== "part" && field !== "wallet");
}
