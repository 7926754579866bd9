import { sql } from "kysely";
import type { CreditStore } from "../../../store/contract.js";
import type { EventPage } from "../../../store/queries.js";
import { integer, partNumber } from "../../../store/intake/intake.js";
import { checkRowCount } from "../../../store/intake/limits.js";
import { walletNumber } from "../columns.js";
import { decodeRow, selectAll, unplaced } from "../rows.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import { type Context, query, queryOnce } from "./context.js";
import { insertRows } from "./insert.js";

export type EventQuery = Parameters<CreditStore["events"]>[0];

/** Moved at once, and so held in memory. */
const MOST_MOVED = 1_000;

/** The part's events after a position, those of the outbox numbered first. Needs a transaction. */
export function* events(context: Context, asked: EventQuery): Program<EventPage> {
  checkRowCount(asked.limit);
  const after = String(integer(asked.after, "after"));
  const part = String(partNumber(asked.part, "part"));
  yield* numberOutbox(context, part);
  const { dialect } = context;
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.event} as e`)
      .select(selectAll(dialect, TABLES.event, "e"))
      .where("e.part", "=", dialect.int(part))
      .where("e.position", ">", dialect.int(after))
      .orderBy("e.position")
      .limit(sql.lit(asked.limit)),
  );
  const items = rows.map((row) => {
    const event = decodeRow(TABLES.event, row);
    return { ...unplaced(event), wallet: { part: event.part, id: event.wallet } };
  });
  return { items, next: items.at(-1)?.position ?? asked.after };
}

/**
 * Gives each event of a part's outbox its position. The part's row is locked, so that positions are given by one at a
 * time: an event that is committed later gets a later one, whoever has seen a position has seen all below it.
 */
export function* numberOutbox(context: Context, part: string): Program<void> {
  if (!(yield* hasOutbox(context, part))) return;
  let position = yield* lockPart(context, part);
  for (;;) {
    const rows = yield* outboxRows(context, part);
    const last = rows.at(-1);
    if (last === undefined) return;
    const numbered = rows.map((row) => ({ ...row, position: (position += 1) }));
    yield* insertRows(context, TABLES.event, numbered);
    yield* deleteOutbox(context, part, rows);
    yield* movePart(context, part, position);
    if (rows.length < MOST_MOVED) return;
  }
}

function* hasOutbox({ dialect }: Context, part: string): Program<boolean> {
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.outbox} as o`)
      .select(sql<string>`1`.as("one"))
      .where("o.part", "=", dialect.int(part))
      .limit(sql.lit(1)),
  );
  return rows.length > 0;
}

function* lockPart({ dialect }: Context, part: string): Program<number> {
  const row = dialect.db
    .selectFrom(`${dialect.tables.part} as p`)
    .select(dialect.selected("integer", sql.ref("p.position")).as("position"))
    .where("p.part", "=", dialect.int(part));
  const [found] = yield* queryOnce(dialect.name === "sqlite" ? row : row.forUpdate());
  return Number(found?.["position"] ?? 0);
}

type OutboxRow = ReturnType<typeof decodeOutbox>;

function decodeOutbox(row: Parameters<typeof decodeRow>[1]) {
  return decodeRow(TABLES.outbox, row);
}

function* outboxRows({ dialect }: Context, part: string): Program<readonly OutboxRow[]> {
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.outbox} as o`)
      .select(selectAll(dialect, TABLES.outbox, "o"))
      .where("o.part", "=", dialect.int(part))
      .orderBy("o.wallet")
      .orderBy("o.eventNo")
      .limit(sql.lit(MOST_MOVED)),
  );
  return rows.map(decodeOutbox);
}

/** In one statement. */
const MOST_DELETED = 256;

/**
 * Each by its key: MySQL locks the row behind the end of a range, too, which may be the next event of the wallet, in
 * a transaction that has not ended.
 */
function* deleteOutbox(
  { templates, dialect }: Context,
  part: string,
  rows: readonly OutboxRow[],
): Program<void> {
  for (const [wallet, events] of byWallet(rows)) {
    for (let start = 0; start < events.length; start += MOST_DELETED) {
      const numbers = events.slice(start, start + MOST_DELETED).map(({ eventNo }) => String(eventNo));
      yield* query(
        templates.statement("delete outbox", { part, wallet: walletNumber(wallet), numbers }, (marks) =>
          dialect.db
            .deleteFrom(dialect.tables.outbox)
            .where("part", "=", dialect.int(marks.part))
            .where("wallet", "=", dialect.int(marks.wallet))
            .where("eventNo", "in", marks.numbers.map(dialect.int)),
        ),
      );
    }
  }
}

function byWallet(rows: readonly OutboxRow[]): ReadonlyMap<string, readonly OutboxRow[]> {
  const wallets = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const some = wallets.get(row.wallet);
    if (some === undefined) wallets.set(row.wallet, [row]);
    else some.push(row);
  }
  return wallets;
}

function* movePart({ dialect }: Context, part: string, position: number): Program<void> {
  yield* queryOnce(
    dialect.db
      .updateTable(dialect.tables.part)
      .set({ position: dialect.int(String(position)) })
      .where("part", "=", dialect.int(part)),
  );
}
