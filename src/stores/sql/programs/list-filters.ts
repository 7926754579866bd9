import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { ListQuery } from "../../../store/queries.js";
import { integer } from "../../../store/intake/intake.js";
import type { SqlDialect } from "../dialects/dialect.js";

/** What a listing asks for beside its wallet or part. */
export function listingFilter(dialect: SqlDialect, query: ListQuery): RawBuilder<SqlBool> {
  const filters = [sql<SqlBool>`1 = 1`, ...filtersOf(dialect, query)];
  return sql`(${sql.join(filters, sql` and `)})`;
}

function filtersOf(dialect: SqlDialect, query: ListQuery): RawBuilder<SqlBool>[] {
  switch (query.kind) {
    case "wallets": {
      const isThere = sql<SqlBool>`${sql.ref("row.version")} > 0`;
      return query.customerId === undefined
        ? [isThere]
        : // The middle one is the condition of the index by customer.
          [isThere, sql<SqlBool>`${sql.ref("row.customerId")} >= ''`, equals("customerId", query.customerId)];
    }
    case "grants": {
      if (query.open === undefined) return [];
      const isOpen = dialect.isOpen("row.open");
      return [query.open ? isOpen : sql<SqlBool>`not ${isOpen}`];
    }
    case "records":
      return query.record === undefined ? [] : [equals("kind", query.record)];
    case "receipts":
      // The first is the condition of the index by time.
      return [
        sql<SqlBool>`${sql.ref("row.receiptNo")} >= ${sql.lit(Number.MIN_SAFE_INTEGER)}`,
        ...between(dialect, query),
      ];
    case "entries":
      return [
        ...between(dialect, query),
        ...(query.types === undefined ? [] : [oneOf("type", query.types)]),
        ...(query.feature === undefined ? [] : [equals("feature", query.feature)]),
      ];
  }
}

interface Period {
  readonly from?: number;
  readonly to?: number;
}

function between(dialect: SqlDialect, { from, to }: Period): RawBuilder<SqlBool>[] {
  const at = sql.ref("row.recordedAt");
  return [
    ...(from === undefined ? [] : [sql<SqlBool>`${at} >= ${dialect.int(String(integer(from, "from")))}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`${at} < ${dialect.int(String(integer(to, "to")))}`]),
  ];
}

function equals(field: string, value: string): RawBuilder<SqlBool> {
  return sql`${sql.ref(`row.${field}`)} = ${value}`;
}

function oneOf(field: string, values: readonly string[]): RawBuilder<SqlBool> {
  if (values.length === 0) return sql`1 = 0`;
  return sql`${sql.ref(`row.${field}`)} in (${sql.join([...values])})`;
}
