import { type AliasedRawBuilder, sql } from "kysely";
import type { SqlDialect } from "./dialects/dialect.js";
import type { SqlRow, SqlValue } from "./statement.js";
import { type NamedColumn, type Table, columnsOf } from "./tables/table.js";

/** Every column of a table, as texts under their own names; `alias` is the table's in the statement. */
export function selectAll<Row>(
  dialect: SqlDialect,
  table: Table<Row>,
  alias: string,
): AliasedRawBuilder<string, string>[] {
  return columnsOf(table).map(([, name, { kind }]) =>
    dialect.selected(kind, sql.ref(`${alias}.${name}`)).as(name),
  );
}

export function decodeRow<Row>(table: Table<Row>, row: SqlRow): Row {
  const fields: Record<string, unknown> = {};
  for (const [field, name, column] of columnsOf(table)) fields[field] = column.decode(row[name]);
  // One decoded value for each field of the table, whose columns are typed by the row's fields.
  return fields as Row;
}

/** A row's values in the order of the table's columns. */
export function encodeRow<Row>(table: Table<Row>, row: object): SqlValue[] {
  return encodeColumns(columnsOf(table), row);
}

function encodeColumns(columns: readonly NamedColumn[], row: object): SqlValue[] {
  const fields = row as Readonly<Record<string, unknown>>;
  return columns.map(([field, , column]) => column.encode(fields[field]));
}

/** Without what says where it stands. */
export function unplaced<Row extends { readonly part: number; readonly wallet: string }>(
  placed: Row,
): Omit<Row, "part" | "wallet"> {
  const { part: _part, wallet: _wallet, ...row } = placed;
  return row;
}
