import { sql } from "kysely";
import type { UsagePoint, UsageQuery } from "../../../store/queries.js";
import { checkBounds } from "../../../store/intake/bounds.js";
import { normalised } from "../../../store/intake/sums.js";
import { takeKey } from "../../../store/intake/take-change.js";
import type { Program } from "../statement.js";
import { type Context, queryOnce } from "./context.js";
import { placeOf } from "./snapshots.js";

/** In order of (index, feature, group). */
export function* usage({ dialect }: Context, query: UsageQuery): Program<readonly UsagePoint[]> {
  checkBounds(query.bounds);
  const { part, wallet } = placeOf(takeKey(query.key));
  const points = query.bounds.slice(0, -1).map((low, index) => [low, query.bounds[index + 1]]);
  if (query.features?.length === 0) return [];
  const among =
    query.features === undefined ? sql`` : sql`and u.feature in (${sql.join([...query.features])})`;
  const counters = sql`
    select p.i as point, u.feature, u.dimensions, ${dialect.sum("u.quantity")} as quantity,
      ${dialect.sum("u.quantity_fraction")} as quantity_fraction, ${dialect.sum("u.amount")} as amount,
      ${dialect.sum("u.uses")} as uses
    from ${dialect.points(JSON.stringify(points))} as p
    inner join ${dialect.tableId("usage")} as u on u.bucket_at >= p.low and u.bucket_at < p.high
    where u.part = ${dialect.int(part)} and u.wallet = ${dialect.int(wallet)} ${among}
    group by p.i, u.feature, u.dimensions order by p.i, u.feature, u.dimensions`;
  const rows = yield* queryOnce({ compile: () => counters.compile(dialect.db) });
  return rows.map((row) => ({
    index: Number(row["point"]) - 1,
    feature: String(row["feature"]),
    group: String(row["dimensions"]),
    ...normalised({
      quantity: sumOf(row["quantity"]),
      quantityFraction: sumOf(row["quantity_fraction"]),
      amount: sumOf(row["amount"]),
      count: Number(sumOf(row["uses"])),
    }),
  }));
}

const HALF = 32n;

/** A sum, or its halves: those above the lower 32 bits, and those below. */
function sumOf(raw: unknown): bigint {
  const [high = "0", low] = String(raw).split(":");
  return low === undefined ? BigInt(high) : (BigInt(high) << HALF) + BigInt(low);
}
