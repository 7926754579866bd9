import type { Column } from "../columns.js";

export type TableName =
  "wallet" | "grant" | "record" | "entry" | "receipt" | "outbox" | "event" | "usage" | "part" | "migration";

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  /** Only rows that matter stand in it, where the dialect has such indexes. */
  readonly where?: string;
}

/** A table and what it holds: the source of its DDL, of its statements, and of its page in the docs. */
export interface Table<Row> {
  readonly name: TableName;
  readonly means: string;
  /** By the row's own field names; in SQL the names are `snake_case`. */
  readonly columns: { readonly [Name in keyof Row]-?: Column<Row[Name]> };
  /** Fields. */
  readonly key: readonly (keyof Row & string)[];
  readonly indexes: readonly Index[];
  /** Its rows are small and read in order of the key: they may stand in the key's own tree. */
  readonly isSmallRowed?: boolean;
}

/** A row beside the wallet that it belongs to. */
export type Placed<Row> = { readonly part: number; readonly wallet: string } & Row;

/** The name of a field's column. */
export function columnName(field: string, { name }: { readonly name?: string }): string {
  return name ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export type NamedColumn = readonly [field: string, name: string, column: Column<unknown>];

const named = new WeakMap<object, readonly NamedColumn[]>();

/** A table's columns in order. */
export function columnsOf<Row>(table: Table<Row>): readonly NamedColumn[] {
  const known = named.get(table);
  if (known !== undefined) return known;
  // Fields of one row have columns of different values; who encodes a field takes its value from the row.
  const columns = Object.entries(table.columns as Readonly<Record<string, Column<unknown>>>);
  const made = columns.map(([field, column]): NamedColumn => [field, columnName(field, column), column]);
  named.set(table, made);
  return made;
}
