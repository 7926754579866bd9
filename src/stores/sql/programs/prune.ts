import { sql } from "kysely";
import type { PruneQuery } from "../../../store/queries.js";
import { integer, partNumber } from "../../../store/intake/intake.js";
import { checkRowCount } from "../../../store/intake/limits.js";
import { takeKey } from "../../../store/intake/take-change.js";
import { decodeRow, selectAll } from "../rows.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import { type Context, queryOnce } from "./context.js";
import { numberOutbox } from "./events.js";
import { type Place, placeOf } from "./snapshots.js";

/** Deleted by one statement. */
const MOST_AT_ONCE = 500;

/** Deletes old rows, at most `limit`; says how many. Needs a transaction. */
export function* prune(context: Context, asked: PruneQuery): Program<number> {
  const { what, part: number, before, upToPosition = Number.MAX_SAFE_INTEGER, limit } = asked;
  checkRowCount(limit);
  if (typeof what === "object") {
    const upToSeq = String(integer(what.upToSeq, "upToSeq"));
    return yield* pruneEntries(context, placeOf(takeKey(what.entriesOf)), upToSeq, limit);
  }
  const earliestKept = String(integer(before, "before"));
  const part = String(partNumber(number, "part"));
  return what === "events"
    ? yield* pruneEvents(context, part, {
        before: earliestKept,
        upTo: String(integer(upToPosition, "upToPosition")),
        limit,
      })
    : yield* pruneReceipts(context, part, earliestKept, limit);
}

/** The ledger's first rows: up to a number, which is the same as up to that entry's place. */
function* pruneEntries({ dialect }: Context, place: Place, upToSeq: string, limit: number): Program<number> {
  const { seq } = TABLES.entry.columns;
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.entry} as e`)
      .select([
        dialect.selected(seq.kind, sql.ref("e.seq")).as("seq"),
        dialect.selected(seq.kind, sql.ref("e.recordedAt")).as("recordedAt"),
      ])
      .where("e.part", "=", dialect.int(place.part))
      .where("e.wallet", "=", dialect.int(place.wallet))
      .where("e.seq", "<=", dialect.int(upToSeq))
      .orderBy("e.recordedAt")
      .orderBy("e.seq")
      .limit(sql.lit(limit)),
  );
  const last = rows.at(-1);
  if (last === undefined) return 0;
  yield* queryOnce(
    dialect.db
      .deleteFrom(dialect.tables.entry)
      .where("part", "=", dialect.int(place.part))
      .where("wallet", "=", dialect.int(place.wallet))
      .where("recordedAt", "<=", dialect.int(String(last["recorded_at"])))
      .where("seq", "<=", dialect.int(String(last["seq"]))),
  );
  return rows.length;
}

/** Each wallet has its own time, so the events of a part are only nearly in order of `at`. */
function* pruneEvents(
  context: Context,
  part: string,
  { before, upTo, limit }: { readonly before: string; readonly upTo: string; readonly limit: number },
): Program<number> {
  const { dialect } = context;
  yield* numberOutbox(context, part);
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.event} as e`)
      .select(dialect.selected("integer", sql.ref("e.position")).as("position"))
      .where("e.part", "=", dialect.int(part))
      .where("e.at", "<", dialect.int(before))
      .where("e.position", "<=", dialect.int(upTo))
      .orderBy("e.position")
      .limit(sql.lit(limit)),
  );
  const positions = rows.map((row) => String(row["position"]));
  for (let start = 0; start < positions.length; start += MOST_AT_ONCE) {
    const some = positions.slice(start, start + MOST_AT_ONCE).map((position) => dialect.int(position));
    yield* queryOnce(
      dialect.db
        .deleteFrom(dialect.tables.event)
        .where("part", "=", dialect.int(part))
        .where("position", "in", some),
    );
  }
  return rows.length;
}

function* pruneReceipts({ dialect }: Context, part: string, before: string, limit: number): Program<number> {
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.receipt} as r`)
      .select(selectAll(dialect, TABLES.receipt, "r"))
      .where("r.part", "=", dialect.int(part))
      .where("r.recordedAt", "<", dialect.int(before))
      .orderBy("r.wallet")
      .orderBy("r.recordedAt")
      .orderBy("r.receiptNo")
      .limit(sql.lit(limit)),
  );
  const old = rows.map((row) => decodeRow(TABLES.receipt, row));
  for (const wallet of new Set(old.map((receipt) => receipt.wallet))) {
    const keys = old.filter((receipt) => receipt.wallet === wallet).map(({ key }) => key);
    for (let start = 0; start < keys.length; start += MOST_AT_ONCE) {
      yield* queryOnce(
        dialect.db
          .deleteFrom(dialect.tables.receipt)
          .where("part", "=", dialect.int(part))
          .where("wallet", "=", dialect.int(TABLES.receipt.columns.wallet.encode(wallet) ?? ""))
          .where("idempotencyKey", "in", keys.slice(start, start + MOST_AT_ONCE)),
      );
    }
  }
  return old.length;
}
