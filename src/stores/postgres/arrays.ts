import { type Column, type ColumnKind, integer, text } from "../sql/columns.js";
import type { SqlValue, Statement } from "../sql/statement.js";
import { binaryArray, binaryValue } from "./binary-arrays.js";
import { arrayType, stored } from "./selected.js";

/** How values of columns travel: those of one column as one parameter, or one by itself. */
export interface ArrayFormat<Parameter> {
  /** The array of parameter `number`, in a statement. */
  readonly given: (kind: ColumnKind, number: number) => string;
  /** An element of it, as the column takes it. */
  readonly stored: (kind: ColumnKind, ref: string) => string;
  readonly array: (column: Column<unknown>, values: readonly unknown[]) => Parameter;
  /** Parameter `number` as one value of a column. */
  readonly givenOne: (kind: ColumnKind, number: number) => string;
  readonly one: (column: Column<unknown>, value: unknown) => Parameter | null;
  readonly bound: (parameters: readonly (Parameter | null)[]) => Pick<Statement, "values" | "binaryValues">;
}

/** As texts, which every driver passes on. The cast to text keeps drivers from arrays of their own. */
export const TEXT_ARRAYS: ArrayFormat<string> = {
  given: (kind, number) => `$${number}::text::${arrayType(kind)}[]`,
  stored,
  array: ({ encode }, values) => arrayLiteral(values.map(encode)),
  givenOne: (kind, number) => stored(kind, `$${number}::text::${arrayType(kind)}`),
  one: ({ encode }, value) => encode(value),
  bound: (values) => ({ values }),
};

/** In the binary format, which costs the server and this process a fraction of it. */
export const BINARY_ARRAYS: ArrayFormat<Uint8Array> = {
  given: (kind, number) => `$${number}::${kind === "bytes" ? "bytea" : arrayType(kind)}[]`,
  stored: (_, ref) => ref,
  array: ({ kind }, values) => binaryArray(kind, values),
  givenOne: (kind, number) => `$${number}::${kind === "bytes" ? "bytea" : arrayType(kind)}`,
  one: ({ kind }, value) => binaryValue(kind, value),
  bound: (binaryValues) => ({ values: [], binaryValues }),
};

/** Columns that are of no table. */
export const INTEGER: Column<unknown> = integer("") as Column<unknown>;
export const TEXT: Column<unknown> = text("") as Column<unknown>;

/** An array as PostgreSQL reads it from a text: `{1,NULL,"a \"quoted\" text"}`. */
export function arrayLiteral(values: readonly SqlValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : quoted(value))).join(",")}}`;
}

const NUMBER = /^-?[0-9]+$/;
/** What JSON escapes as arrays do, and its own writer does in half the time. */
const PRINTABLE = /^[ -~]*$/;
const MARK = /["\\]/g;

function quoted(value: string): string {
  if (NUMBER.test(value)) return value;
  return PRINTABLE.test(value) ? JSON.stringify(value) : `"${value.replace(MARK, "\\$&")}"`;
}
