import { sql } from "kysely";
import type { CreditStore } from "../../../store/contract.js";
import type { WalletKey } from "../../../store/rows.js";
import { integer, partNumber } from "../../../store/intake/intake.js";
import { checkRowCount } from "../../../store/intake/limits.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import { type Context, queryOnce } from "./context.js";

export type DueQuery = Parameters<CreditStore["due"]>[0];

/** Wallets with `dueAt ≤ before`, earliest first within a part. */
export function* due(context: Context, query: DueQuery): Program<readonly WalletKey[]> {
  checkRowCount(query.limit);
  const before = String(integer(query.before, "before"));
  const found: WalletKey[] = [];
  for (const part of new Set(query.parts.map((number) => partNumber(number, "parts")))) {
    const left = query.limit - found.length;
    if (left === 0) break;
    found.push(...(yield* dueInPart(context, part, before, left)));
  }
  return found;
}

function* dueInPart(
  { dialect }: Context,
  part: number,
  before: string,
  limit: number,
): Program<readonly WalletKey[]> {
  const { wallet } = TABLES.wallet.columns;
  const rows = yield* queryOnce(
    dialect.db
      .selectFrom(`${dialect.tables.wallet} as w`)
      .select(dialect.selected(wallet.kind, sql.ref("w.wallet")).as("wallet"))
      .where("w.part", "=", dialect.int(String(part)))
      .where("w.dueAt", "<=", dialect.int(before))
      .orderBy("w.dueAt")
      .orderBy("w.wallet")
      .limit(sql.lit(limit)),
  );
  return rows.map((row) => ({ part, id: wallet.decode(row["wallet"]) }));
}
