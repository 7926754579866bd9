import { MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from "kysely";
import { type SqlDialect, dueInRanges, hexOf, prefixed, queryBuilder } from "./dialect.js";

const PREFIX = "coffer_";

export const mysql: SqlDialect = {
  name: "mysql",
  db: queryBuilder({
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: (db) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  }),
  tables: prefixed(PREFIX),
  tableId: (name) => sql.id(`${PREFIX}${name}`),
  // Without the cast a text is compared with a number as a double, which has 53 bits.
  int: (value) => sql<string>`cast(${value} as signed)`,
  selected: (kind, ref) => {
    if (kind === "bytes") return hexOf(ref);
    return kind === "text" || kind.startsWith("key")
      ? sql<string>`${ref}`
      : sql<string>`cast(${ref} as char)`;
  },
  isOpen: (ref) => sql`${sql.ref(ref)} = 1`,
  inserted: (kind, value) => (kind === "bytes" ? sql<string>`unhex(${value})` : sql<string>`${value}`),
  sum: (ref) => sql<string>`cast(sum(${sql.ref(ref)}) as char)`,
  points: (bounds) =>
    sql`json_table(${bounds}, '$[*]' columns (i for ordinality, low bigint path '$[0]', high bigint path '$[1]'))`,
  due: dueInRanges(`${PREFIX}wallet`),
};
