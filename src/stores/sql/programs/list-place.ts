import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../dialects/dialect.js";

type OrderColumn = readonly [field: string, kind: "text" | "integer"];

/** Rows beyond a place in the order of these columns, in a form that each dialect reads from its index. */
export function beyond(
  dialect: SqlDialect,
  columns: readonly OrderColumn[],
  place: readonly string[],
  direction: "asc" | "desc",
): RawBuilder<SqlBool> {
  const refs = columns.map(([field]) => sql.ref(`row.${field}`));
  const values = columns.map(([, kind], index) => {
    const value = place[index] ?? "";
    return kind === "integer" ? dialect.int(value) : sql<string>`${value}`;
  });
  const isBeyond = sql.raw(direction === "asc" ? ">" : "<");
  // MySQL reads no range from a comparison of rows, but from the cases that it stands for.
  if (dialect.name !== "mysql") return sql`(${sql.join(refs)}) ${isBeyond} (${sql.join(values)})`;
  const cases = refs.map((ref, index) => {
    const same = refs.slice(0, index).map((before, at) => sql`${before} = ${values[at]}`);
    return sql`(${sql.join([...same, sql`${ref} ${isBeyond} ${values[index]}`], sql` and `)})`;
  });
  return sql`(${sql.join(cases, sql` or `)})`;
}
