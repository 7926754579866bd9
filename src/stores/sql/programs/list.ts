import { type SelectQueryBuilder, sql } from "kysely";
import type { ListQuery, Page, Where } from "../../../store/queries.js";
import type { WalletKey } from "../../../store/rows.js";
import { type Cursor, checkKind, readCursor, writeCursor } from "../../../store/intake/cursor.js";
import { partNumber } from "../../../store/intake/intake.js";
import { checkPageSize } from "../../../store/intake/limits.js";
import { takeKey } from "../../../store/intake/take-change.js";
import { walletNumber } from "../columns.js";
import { decodeRow, selectAll, unplaced } from "../rows.js";
import type { Program } from "../statement.js";
import type { Placed } from "../tables/table.js";
import { type Database, TABLES } from "../tables/tables.js";
import { type Context, queryOnce } from "./context.js";
import { listingFilter } from "./list-filters.js";
import { beyond } from "./list-place.js";

/** How the rows of a kind are found and ordered within a wallet. */
const LISTINGS = {
  wallets: { table: TABLES.wallet, order: [] },
  grants: { table: TABLES.grant, order: [["id", "text"]] },
  records: {
    table: TABLES.record,
    order: [
      ["kind", "text"],
      ["id", "text"],
    ],
  },
  receipts: {
    table: TABLES.receipt,
    order: [
      ["recordedAt", "integer"],
      ["receiptNo", "integer"],
    ],
  },
  entries: {
    table: TABLES.entry,
    order: [
      ["recordedAt", "integer"],
      ["seq", "integer"],
    ],
  },
} as const;

export type Listing = (typeof LISTINGS)[ListQuery["kind"]];

/** A page in order of (wallet, key), one row more than asked for telling whether there is a next one. */
export function* list(context: Context, query: ListQuery): Program<Page<object>> {
  checkKind(query.kind);
  checkPageSize(query.limit);
  const after = query.after === undefined ? null : readCursor(query.kind, query.after);
  const listing: Listing = LISTINGS[query.kind];
  const rows = yield* queryOnce(statementOf(context, query, listing, after));
  const items = rows.slice(0, query.limit).map((row) => {
    // Each table of a listing has rows that say where they stand.
    const placed = decodeRow(listing.table as never, row) as Placed<
      Readonly<Record<string, string | number>>
    >;
    return { wallet: { part: placed.part, id: placed.wallet }, row: unplaced(placed) };
  });
  const last = items.at(-1);
  return {
    items: items.map(({ wallet, row }) => ({ ...row, wallet })),
    next:
      last === undefined || rows.length <= query.limit
        ? null
        : writeCursor(query.kind, endOf(listing, last.wallet, last.row)),
  };
}

function endOf(
  { order }: Listing,
  wallet: WalletKey,
  row: Readonly<Record<string, string | number>>,
): Cursor {
  // A row has every field of its order.
  return { wallet: wallet.id, place: order.map(([field]) => row[field] as string | number) };
}

type Rows = SelectQueryBuilder<Database & { row: Database["wallet"] }, "row", object>;

function statementOf(
  { dialect }: Context,
  query: ListQuery,
  { table, order }: Listing,
  after: Cursor | null,
): Rows {
  const direction = query.kind === "entries" && query.order === "desc" ? "desc" : "asc";
  const columns = [["wallet", "integer"], ...order] as const;
  const { part, wallet } = scopeOf(query.where);
  const isOfWallet = after !== null && wallet === walletNumber(after.wallet) && order.length > 0;
  // The listings' tables share their first columns, and what is used beside them is named by their own listing.
  const from = dialect.db.selectFrom(`${dialect.tables[table.name as "wallet"]} as row`) as Rows;
  let rows = from
    .select(selectAll(dialect, table as never, "row"))
    .where("row.part", "=", dialect.int(part))
    .where(listingFilter(dialect, isOfWallet ? withoutImplied(query, after, direction) : query))
    .limit(sql.lit(query.limit + 1));
  if (wallet !== null) rows = rows.where("row.wallet", "=", dialect.int(wallet));
  if (after !== null) {
    const cursor = [walletNumber(after.wallet), ...after.place.map(String)];
    const fixed = isOfWallet ? fixedColumns(query, after) : 0;
    rows = rows.where(beyond(dialect, columns.slice(fixed), cursor.slice(fixed), direction));
  }
  for (const [field] of columns) rows = rows.orderBy(sql.ref(`row.${field}`), direction);
  return rows;
}

/** A comparison that begins with what is fixed anyway is read from the first row of that on, not from the place. */
function fixedColumns(query: ListQuery, { place }: Cursor): number {
  return query.kind === "records" && query.record !== undefined && query.record === place[0] ? 2 : 1;
}

/** Of two bounds on the same side the index is read from the looser one: what the place implies is left out. */
function withoutImplied(query: ListQuery, { place }: Cursor, direction: "asc" | "desc"): ListQuery {
  if (query.kind !== "entries" && query.kind !== "receipts") return query;
  const at = Number(place[0]);
  const { from, to, ...rest } = query;
  const isFromImplied = direction === "asc" && from !== undefined && from <= at;
  const isToImplied = direction === "desc" && to !== undefined && at < to;
  return {
    ...rest,
    ...(from === undefined || isFromImplied ? {} : { from }),
    ...(to === undefined || isToImplied ? {} : { to }),
  };
}

function scopeOf(where: Where): { readonly part: string; readonly wallet: string | null } {
  if (!("wallet" in where)) return { part: String(partNumber(where.part, "where.part")), wallet: null };
  const { part, id } = takeKey(where.wallet);
  return { part: String(part), wallet: walletNumber(id) };
}
