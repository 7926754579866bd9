import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from "kysely";
import { type SqlDialect, prefixed, queryBuilder } from "./dialect.js";

/** Every parameter is a text, whatever the driver makes of the types that the server infers. */
export function postgres(schema: string): SqlDialect {
  return {
    name: "postgres",
    db: queryBuilder({
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    }).withSchema(schema),
    tables: prefixed(""),
    tableId: (name) => sql.id(schema, name),
    int: (value) => sql<string>`${value}::text::int8`,
    selected: (kind, ref) => {
      if (kind === "bytes") return sql<string>`encode(${ref}, 'hex')`;
      if (kind === "flag") return sql<string>`${ref}::int::text`;
      return kind === "text" || kind.startsWith("key") ? sql<string>`${ref}` : sql<string>`${ref}::text`;
    },
    isOpen: (ref) => sql`${sql.ref(ref)}`,
    inserted: (kind, value) => {
      if (kind === "bytes") return sql<string>`decode(${value}::text, 'hex')`;
      if (kind === "flag") return sql<string>`(${value}::text = '1')`;
      return kind === "text" || kind.startsWith("key")
        ? sql<string>`${value}::text`
        : sql<string>`${value}::text::int8`;
    },
    sum: (ref) => sql<string>`sum(${sql.ref(ref)})::text`,
    points: (bounds) =>
      sql`(select ordinality as i, (value ->> 0)::int8 as low, (value ->> 1)::int8 as high from json_array_elements(${bounds}::text::json) with ordinality as p (value, ordinality))`,
    // Servers before 17 sort all that is due, if they are asked for several parts at once: so each is asked for by itself.
    due: (parts, before, limit) =>
      sql`unnest(${`{${parts.join()}}`}::text::int2[]) as p (part) cross join lateral (
        select w.part, w.wallet from ${sql.id(schema, "wallet")} as w where w.part = p.part and w.due_at <= ${before}
        order by w.due_at limit ${sql.lit(limit)}) as w`,
  };
}
