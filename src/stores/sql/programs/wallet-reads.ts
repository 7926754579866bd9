import { sql } from "kysely";
import type { EntryRow, GrantRow, ReceiptRow, RecordRow } from "../../../store/rows.js";
import { decodeRow, selectAll, unplaced } from "../rows.js";
import type { Program, SqlRow } from "../statement.js";
import type { Placed, Table } from "../tables/table.js";
import { TABLES } from "../tables/tables.js";
import { type Context, query } from "./context.js";
import type { Place } from "./snapshots.js";

/** The rows of one wallet, each kind by a statement that is compiled once. */

export function* head({ templates, dialect }: Context, place: Place): Program<readonly SqlRow[]> {
  return yield* query(
    templates.statement("head", { ...place }, ({ part, wallet }) =>
      dialect.db
        .selectFrom(`${dialect.tables.wallet} as w`)
        .select(selectAll(dialect, TABLES.wallet, "w"))
        .where("w.part", "=", dialect.int(part))
        .where("w.wallet", "=", dialect.int(wallet)),
    ),
  );
}

export function* openGrants({ templates, dialect }: Context, place: Place): Program<GrantRow[]> {
  const rows = yield* query(
    templates.statement("open grants", { ...place }, ({ part, wallet }) =>
      dialect.db
        .selectFrom(`${dialect.tables.grant} as g`)
        .select(selectAll(dialect, TABLES.grant, "g"))
        .where("g.part", "=", dialect.int(part))
        .where("g.wallet", "=", dialect.int(wallet))
        .where(dialect.isOpen("g.open"))
        .orderBy("g.id"),
    ),
  );
  return rowsOf(TABLES.grant, rows);
}

export function* openRecords({ templates, dialect }: Context, place: Place): Program<RecordRow[]> {
  const rows = yield* query(
    templates.statement("open records", { ...place }, ({ part, wallet }) =>
      dialect.db
        .selectFrom(`${dialect.tables.record} as r`)
        .select(selectAll(dialect, TABLES.record, "r"))
        .where("r.part", "=", dialect.int(part))
        .where("r.wallet", "=", dialect.int(wallet))
        .where(dialect.isOpen("r.open"))
        .orderBy("r.kind")
        .orderBy("r.id"),
    ),
  );
  return rowsOf(TABLES.record, rows);
}

export function* receipts(
  { templates, dialect }: Context,
  place: Place,
  keys: readonly string[],
): Program<ReceiptRow[]> {
  const found: ReceiptRow[] = [];
  for (const some of inChunks([...new Set(keys)])) {
    const rows = yield* query(
      templates.statement("receipts", { ...place, keys: some }, ({ part, wallet, keys }) =>
        dialect.db
          .selectFrom(`${dialect.tables.receipt} as r`)
          .select(selectAll(dialect, TABLES.receipt, "r"))
          .where("r.part", "=", dialect.int(part))
          .where("r.wallet", "=", dialect.int(wallet))
          .where("r.idempotencyKey", "in", [...keys]),
      ),
    );
    found.push(...rowsOf(TABLES.receipt, rows));
  }
  return found;
}

export function* grants(
  { templates, dialect }: Context,
  place: Place,
  ids: readonly string[],
): Program<GrantRow[]> {
  const found: GrantRow[] = [];
  for (const some of inChunks([...new Set(ids)])) {
    const rows = yield* query(
      templates.statement("grants", { ...place, ids: some }, ({ part, wallet, ids }) =>
        dialect.db
          .selectFrom(`${dialect.tables.grant} as g`)
          .select(selectAll(dialect, TABLES.grant, "g"))
          .where("g.part", "=", dialect.int(part))
          .where("g.wallet", "=", dialect.int(wallet))
          .where("g.id", "in", [...ids]),
      ),
    );
    found.push(...rowsOf(TABLES.grant, rows));
  }
  return found;
}

export function* records(
  { templates, dialect }: Context,
  place: Place,
  asked: readonly { readonly kind: string; readonly id: string }[],
): Program<RecordRow[]> {
  const found: RecordRow[] = [];
  for (const kind of new Set(asked.map((record) => record.kind))) {
    const ids = asked.filter((record) => record.kind === kind).map(({ id }) => id);
    for (const some of inChunks([...new Set(ids)])) {
      const rows = yield* query(
        templates.statement("records", { ...place, kind, ids: some }, (marks) =>
          dialect.db
            .selectFrom(`${dialect.tables.record} as r`)
            .select(selectAll(dialect, TABLES.record, "r"))
            .where("r.part", "=", dialect.int(marks.part))
            .where("r.wallet", "=", dialect.int(marks.wallet))
            .where("r.kind", "=", marks.kind)
            .where("r.id", "in", [...marks.ids]),
        ),
      );
      found.push(...rowsOf(TABLES.record, rows));
    }
  }
  return found;
}

/** An operation's id says where its first entry stands; the others follow it without a gap. */
export function* operation({ templates, dialect }: Context, place: Place, id: string): Program<EntryRow[]> {
  const first = firstEntryOf(id);
  if (first === null) return [];
  const rows = yield* query(
    templates.statement("operation", { ...place, ...first, id }, (marks) =>
      dialect.db
        .selectFrom(`${dialect.tables.entry} as e`)
        .select(selectAll(dialect, TABLES.entry, "e"))
        .where("e.part", "=", dialect.int(marks.part))
        .where("e.wallet", "=", dialect.int(marks.wallet))
        .where("e.recordedAt", "=", dialect.int(marks.recordedAt))
        .where("e.seq", ">=", dialect.int(marks.seq))
        .where("e.operationId", "=", marks.id)
        .orderBy("e.seq"),
    ),
  );
  return rowsOf(TABLES.entry, rows);
}

export function firstEntryOf(
  operationId: string,
): { readonly recordedAt: string; readonly seq: string } | null {
  const [, recordedAt, seq] = /^(-?\d{1,16})-(\d{1,16})$/.exec(operationId) ?? [];
  return recordedAt === undefined || seq === undefined ? null : { recordedAt, seq };
}

export function* lapsed(
  { templates, dialect }: Context,
  place: Place,
  lapsedSince: number,
): Program<GrantRow[]> {
  const rows = yield* query(
    templates.statement("lapsed", { ...place, since: String(lapsedSince) }, ({ part, wallet, since }) =>
      dialect.db
        .selectFrom(`${dialect.tables.grant} as g`)
        .select(selectAll(dialect, TABLES.grant, "g"))
        .where("g.part", "=", dialect.int(part))
        .where("g.wallet", "=", dialect.int(wallet))
        .where("g.closedAt", ">=", dialect.int(since))
        .where(sql<boolean>`g.expired > 0`)
        .where(sql<boolean>`not ${dialect.isOpen("g.open")}`)
        .orderBy("g.closedAt")
        .orderBy("g.id"),
    ),
  );
  return rowsOf(TABLES.grant, rows);
}

const MOST_AT_ONCE = 256;

function* inChunks(list: readonly string[]): Generator<readonly string[], undefined> {
  for (let start = 0; start < list.length; start += MOST_AT_ONCE) {
    yield list.slice(start, start + MOST_AT_ONCE);
  }
}

function rowsOf<Row extends object>(
  table: Table<Placed<Row>>,
  rows: readonly SqlRow[],
): Omit<Placed<Row>, "part" | "wallet">[] {
  return rows.map((row) => unplaced(decodeRow(table, row)));
}
