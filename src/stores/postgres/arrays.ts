import type { SqlValue } from "../sql/statement.js";

/** An array as PostgreSQL reads it from a text: `{1,NULL,"a \"quoted\" text"}`. */
export function arrayLiteral(values: readonly SqlValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : quoted(value))).join(",")}}`;
}

const PLAIN = /^-?[0-9]+$/;

function quoted(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Rows turned into one array for each column. */
export function columnArrays(rows: readonly (readonly SqlValue[])[], width: number): string[] {
  return Array.from({ length: width }, (_, column) => arrayLiteral(rows.map((row) => row[column] ?? null)));
}
