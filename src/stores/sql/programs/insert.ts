import { sql } from "kysely";
import { encodeRow } from "../rows.js";
import type { Program } from "../statement.js";
import { type Table, columnName, columnsOf } from "../tables/table.js";
import { type Context, query } from "./context.js";

/** Rows in one statement at most; fewer go in statements of a power of two, so that there are few to compile. */
const MOST_ROWS = 64;

/** What becomes of a row whose key is there already. Default: the statement fails. */
export type OnConflict =
  /** Its other columns are replaced. */
  | "replace"
  /** What it counts is added. */
  | "add";

/** Writes rows of one table. Each holds every field of the table. */
export function* insertRows<Row>(
  context: Context,
  table: Table<Row>,
  rows: readonly object[],
  onConflict?: OnConflict,
): Program<void> {
  let start = 0;
  while (start < rows.length) {
    const count = chunkOf(rows.length - start);
    const values = rows.slice(start, start + count).flatMap((row) => encodeRow(table, row));
    const name = `insert ${table.name} ${onConflict ?? ""} ${count}`;
    yield* query(
      context.templates.inOrder(name, values, (marks) =>
        insertOf(context, table, marks, onConflict).compile(context.dialect.db),
      ),
    );
    start += count;
  }
}

function chunkOf(rows: number): number {
  let count = 1;
  while (count * 2 <= Math.min(rows, MOST_ROWS)) count *= 2;
  return count;
}

function insertOf<Row>(
  { dialect }: Context,
  table: Table<Row>,
  marks: readonly string[],
  onConflict?: OnConflict,
) {
  const columns = columnsOf(table);
  const names = columns.map(([, name]) => sql.id(name));
  const rows = Array.from({ length: marks.length / columns.length }, (_, row) => {
    const values = columns.map(([, , { kind }], index) =>
      dialect.inserted(kind, marks[row * columns.length + index] ?? ""),
    );
    return sql`(${sql.join(values)})`;
  });
  const insert = sql`insert into ${dialect.tableId(table.name)} (${sql.join(names)}) values ${sql.join(rows)}`;
  return onConflict === undefined
    ? insert
    : sql`${insert} ${conflictClause(dialect.name, table, onConflict)}`;
}

function conflictClause<Row>(dialect: string, table: Table<Row>, onConflict: OnConflict) {
  const keys = new Set<string>(table.key);
  const others = columnsOf(table).filter(([field]) => !keys.has(field));
  const sets = others.map(([, name]) => {
    const given = dialect === "mysql" ? sql`values(${sql.id(name)})` : sql`excluded.${sql.id(name)}`;
    return onConflict === "replace"
      ? sql`${sql.id(name)} = ${given}`
      : sql`${sql.id(name)} = ${sql.id(name)} + ${given}`;
  });
  if (dialect === "mysql") return sql`on duplicate key update ${sql.join(sets)}`;
  const names = table.key.map((field) => sql.id(columnName(field, table.columns[field])));
  return sql`on conflict (${sql.join(names)}) do update set ${sql.join(sets)}`;
}
