import type { Column, ColumnKind } from "../columns.js";
import type { Dialect } from "../statement.js";
import { type Index, type Table, columnName, columnsOf } from "../tables/table.js";

/** Where tables are made, and what a dialect calls the types of their columns. */
export interface SchemaTarget {
  readonly dialect: Dialect;
  /** A table's name, quoted, with its schema or prefix. */
  readonly tableId: (name: string) => string;
  /** An index' name, unquoted. */
  readonly indexName: (name: string) => string;
  readonly types: Readonly<Record<ColumnKind, string>>;
}

/** The statements that make a table, in order. */
export function createTable<Row>(target: SchemaTarget, table: Table<Row>): readonly string[] {
  const lines = columnsOf(table).map(([, name, column]) => columnLine(target, name, column));
  const key = table.key.map((field) => quote(target.dialect, columnName(field, table.columns[field])));
  lines.push(`primary key (${key.join(", ")})`);
  if (target.dialect === "mysql") lines.push(...table.indexes.map((index) => inlineIndex(target, index)));
  const create = `create table if not exists ${target.tableId(table.name)} (\n  ${lines.join(",\n  ")}\n)${endOf(target, table)}`;
  return [create, ...indexesOf(target, table), ...commentsOf(target, table)];
}

function columnLine(target: SchemaTarget, name: string, column: Column<unknown>): string {
  const nullability = column.isNullable ? "" : " not null";
  const comment = target.dialect === "mysql" ? ` comment ${literal(column.means)}` : "";
  return `${quote(target.dialect, name)} ${target.types[column.kind]}${nullability}${comment}`;
}

function inlineIndex({ dialect, indexName }: SchemaTarget, { name, columns }: Index): string {
  return `index ${quote(dialect, indexName(name))} (${columns.map((column) => quote(dialect, column)).join(", ")})`;
}

function endOf<Row>({ dialect }: SchemaTarget, table: Table<Row>): string {
  switch (dialect) {
    case "mysql":
      return ` engine = InnoDB default charset = utf8mb4 comment ${literal(table.means)}`;
    case "postgres":
      // Room for the next version of a row on its page spares the indexes: a wallet changes with every commit.
      return table.name === "wallet" || table.name === "part" ? " with (fillfactor = 70)" : "";
    case "sqlite":
      return table.isSmallRowed ? " strict, without rowid" : " strict";
  }
}

function indexesOf<Row>({ dialect, tableId, indexName }: SchemaTarget, table: Table<Row>): string[] {
  if (dialect === "mysql") return [];
  return table.indexes.map(({ name, columns, where }) => {
    const list = columns.map((column) => quote(dialect, column)).join(", ");
    const only = where === undefined ? "" : ` where ${where}`;
    return `create index if not exists ${quote(dialect, indexName(name))} on ${tableId(table.name)} (${list})${only}`;
  });
}

function commentsOf<Row>({ dialect, tableId }: SchemaTarget, table: Table<Row>): string[] {
  if (dialect !== "postgres") return [];
  const id = tableId(table.name);
  const columns = columnsOf(table).map(
    ([, name, { means }]) => `comment on column ${id}.${quote(dialect, name)} is ${literal(means)}`,
  );
  return [`comment on table ${id} is ${literal(table.means)}`, ...columns];
}

export function quote(dialect: Dialect, name: string): string {
  const mark = dialect === "mysql" ? "`" : '"';
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** The texts are ours: they hold no backslash, and quotes are doubled. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
