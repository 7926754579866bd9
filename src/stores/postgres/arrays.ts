import type { SqlValue } from "../sql/statement.js";

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

/** Rows turned into one array for each column. */
export function columnArrays(rows: readonly (readonly SqlValue[])[], width: number): string[] {
  return Array.from({ length: width }, (_, column) => arrayLiteral(rows.map((row) => row[column] ?? null)));
}
