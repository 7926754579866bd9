import { CamelCasePlugin, DummyDriver, Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Dialect as KyselyDialect } from "kysely";
import type { ColumnKind } from "../columns.js";
import type { Dialect } from "../statement.js";
import type { Database } from "../tables/tables.js";

/** The names of the tables in a database, typed as the query builder knows them. */
export type TableNames = { readonly [Name in keyof Database]: Name };

/** How a dialect says what the statements need. */
export interface SqlDialect {
  readonly name: Dialect;
  /** Compiles statements; it runs none. */
  readonly db: Kysely<Database>;
  readonly tables: TableNames;
  /** A table's name as it stands in a statement. */
  readonly tableId: (name: keyof Database) => RawBuilder<unknown>;
  /** A number that was given as a text. */
  readonly int: (value: string) => RawBuilder<string>;
  /** A column as a text, whatever it holds. */
  readonly selected: (kind: ColumnKind, ref: RawBuilder<unknown>) => RawBuilder<string>;
  readonly isOpen: (ref: string) => RawBuilder<SqlBool>;
  /** A placeholder for a column of this kind in an insert. */
  readonly inserted: (kind: ColumnKind, value: string) => RawBuilder<string>;
  /** Sums of 64-bit numbers, as a text that `sumOf` reads. */
  readonly sum: (ref: string) => RawBuilder<string>;
  /** Rows (i, low, high), i from 1: the points between bounds, given as a JSON text of [low, high] pairs. */
  readonly points: (bounds: string) => RawBuilder<unknown>;
  /** Wallets `w` of these parts that are due, in an order that is earliest first within a part: found by the index. */
  readonly due: (parts: readonly number[], before: RawBuilder<string>, limit: number) => RawBuilder<unknown>;
}

type Parts = Pick<KyselyDialect, "createAdapter" | "createQueryCompiler" | "createIntrospector">;

export function queryBuilder(parts: Parts): Kysely<Database> {
  return new Kysely<Database>({
    dialect: {
      createAdapter: () => parts.createAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => parts.createIntrospector(db),
      createQueryCompiler: () => parts.createQueryCompiler(),
    },
    plugins: [new CamelCasePlugin()],
  });
}

const NAMES: readonly (keyof Database)[] = [
  "wallet",
  "grant",
  "record",
  "entry",
  "receipt",
  "usage",
  "outbox",
  "event",
  "part",
  "migration",
];

/** Table names behind a prefix: `coffer_wallet`. The builder's types know them without. */
export function prefixed(prefix: string): TableNames {
  return Object.fromEntries(NAMES.map((name) => [name, `${prefix}${name}`])) as TableNames;
}

export function hexOf(ref: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`lower(hex(${ref}))`;
}

/** Where a database reads an index range by range, in the index's order, until it has enough. */
export function dueInRanges(tableId: string): SqlDialect["due"] {
  return (parts, before) =>
    sql`${sql.id(tableId)} as w where w.part in (${sql.join(parts.map((part) => sql.lit(part)))})
      and w.due_at <= ${before} order by w.part, w.due_at`;
}
