import { type RawBuilder, sql } from "kysely";
import type { GrantRow, ReceiptRow, RecordRow, WalletHead, WalletKey } from "../../store/rows.js";
import { nameOf } from "../../store/intake/take-change.js";
import { mysql } from "../sql/dialects/mysql.js";
import { type Context, query } from "../sql/programs/context.js";
import { decodeRow, selectAll, unplaced } from "../sql/rows.js";
import type { Program } from "../sql/statement.js";
import type { Placed, Table } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { namedPlacesTable, placesJson, placesTable } from "./places.js";

/** Rows of many wallets, each kind by one statement. By `nameOf` of their wallets. */

export function* heads(
  context: Context,
  keys: readonly WalletKey[],
): Program<ReadonlyMap<string, readonly WalletHead[]>> {
  const rows = yield* join(context, TABLES.wallet, "primary", placesOf(keys), sql``);
  return groupedBy(rows);
}

export function* openGrants(
  context: Context,
  keys: readonly WalletKey[],
): Program<ReadonlyMap<string, readonly GrantRow[]>> {
  const rows = yield* join(context, TABLES.grant, "grant_open", placesOf(keys), sql`and r.open = 1`);
  return groupedBy(rows);
}

export function* openRecords(
  context: Context,
  keys: readonly WalletKey[],
): Program<ReadonlyMap<string, readonly RecordRow[]>> {
  const rows = yield* join(context, TABLES.record, "record_open", placesOf(keys), sql`and r.open = 1`);
  return groupedBy(rows);
}

export interface NamedReceipts {
  readonly key: WalletKey;
  readonly names: readonly string[];
}

/** The receipts of those keys that have one, each once. */
export function* receipts(
  context: Context,
  asked: readonly NamedReceipts[],
): Program<ReadonlyMap<string, readonly ReceiptRow[]>> {
  const places = new Map(
    asked.flatMap(({ key, names }) => names.map((name) => [`${nameOf(key)}/${name}`, { key, name }])),
  );
  const isNamed = sql`and r.idempotency_key = k.name`;
  return groupedBy(
    yield* join(context, TABLES.receipt, "primary", [...places.values()], isNamed, namedPlacesTable),
  );
}

type Places = Parameters<typeof placesJson>[0];

function placesOf(keys: readonly WalletKey[]): Places {
  return keys.map((key) => ({ key }));
}

/** The index is named because the server knows nothing of what a JSON text holds. */
function* join<Row>(
  { templates }: Context,
  table: Table<Placed<Row>>,
  index: string,
  places: Places,
  condition: RawBuilder<unknown>,
  placesOfJson: (json: string) => RawBuilder<unknown> = placesTable,
): Program<readonly Placed<Row>[]> {
  if (places.length === 0) return [];
  const rows = yield* query(
    templates.statement(`many ${table.name}`, { places: placesJson(places) }, (marks) => ({
      compile: () =>
        sql`select straight_join ${sql.join(selectAll(mysql, table, "r"))} from ${placesOfJson(marks.places)}
          inner join ${mysql.tableId(table.name)} as r force index (${sql.id(index)})
          on r.part = k.part and r.wallet = k.wallet ${condition}`.compile(mysql.db),
    })),
  );
  return rows.map((row) => decodeRow(table, row));
}

function groupedBy<Row>(
  rows: readonly Placed<Row>[],
): ReadonlyMap<string, readonly Omit<Placed<Row>, "part" | "wallet">[]> {
  const groups = new Map<string, Omit<Placed<Row>, "part" | "wallet">[]>();
  for (const row of rows) {
    const name = nameOf({ part: row.part, id: row.wallet });
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [unplaced(row)]);
    else group.push(unplaced(row));
  }
  return groups;
}
