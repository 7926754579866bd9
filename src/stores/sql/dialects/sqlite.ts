import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import { type SqlDialect, dueInRanges, hexOf, prefixed, queryBuilder } from "./dialect.js";

const PREFIX = "coffer_";

export const sqlite: SqlDialect = {
  name: "sqlite",
  db: queryBuilder({
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }),
  tables: prefixed(PREFIX),
  tableId: (name) => sql.id(`${PREFIX}${name}`),
  int: (value) => sql<string>`cast(${value} as integer)`,
  selected: (kind, ref) => {
    if (kind === "bytes") return hexOf(ref);
    return kind === "text" || kind.startsWith("key")
      ? sql<string>`${ref}`
      : sql<string>`cast(${ref} as text)`;
  },
  isOpen: (ref) => sql`${sql.ref(ref)} = 1`,
  inserted: (kind, value) => (kind === "bytes" ? sql<string>`unhex(${value})` : sql<string>`${value}`),
  // Its own sums end at 64 bits: halves cannot.
  sum: (ref) => sql<string>`sum(${sql.ref(ref)} >> 32) || ':' || sum(${sql.ref(ref)} & 4294967295)`,
  points: (bounds) =>
    sql`(select key + 1 as i, json_extract(value, '$[0]') as low, json_extract(value, '$[1]') as high from json_each(${bounds}))`,
  due: dueInRanges(`${PREFIX}wallet`),
};
