import type { ColumnKind } from "../sql/columns.js";

/** A column as a text. */
export function selected(kind: ColumnKind, ref: string): string {
  if (kind === "bytes") return `encode(${ref}, 'hex')`;
  if (kind === "flag") return `${ref}::int::text`;
  return kind === "text" || kind.startsWith("key") ? ref : `${ref}::text`;
}

/** The type of the arrays in which a column's values are sent. */
export function arrayType(kind: ColumnKind): string {
  if (kind === "part") return "int2";
  if (kind === "integer") return "int8";
  return kind === "flag" ? "bool" : "text";
}

/** A value of such an array, as the column takes it. */
export function stored(kind: ColumnKind, ref: string): string {
  return kind === "bytes" ? `decode(${ref}, 'hex')` : ref;
}
