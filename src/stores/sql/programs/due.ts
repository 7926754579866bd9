import { type RawBuilder, sql } from "kysely";
import type { CreditStore } from "../../../store/contract.js";
import type { WalletKey } from "../../../store/rows.js";
import { integer, partNumber } from "../../../store/intake/intake.js";
import { checkRowCount } from "../../../store/intake/limits.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import { type Context, queryOnce } from "./context.js";

export type DueQuery = Parameters<CreditStore["due"]>[0];

/** Wallets with `dueAt ≤ before`, earliest first within a part. */
export function* due({ dialect }: Context, query: DueQuery): Program<readonly WalletKey[]> {
  checkRowCount(query.limit);
  const before = dialect.int(String(integer(query.before, "before")));
  const parts = Array.from(new Set(query.parts.map((number) => partNumber(number, "parts"))));
  if (parts.length === 0) return [];
  const { part, wallet } = TABLES.wallet.columns;
  const found: RawBuilder<unknown> = sql`
    select ${dialect.selected(part.kind, sql.ref("w.part"))} as part,
      ${dialect.selected(wallet.kind, sql.ref("w.wallet"))} as wallet
    from ${dialect.due(parts, before, query.limit)} limit ${sql.lit(query.limit)}`;
  const rows = yield* queryOnce({ compile: () => found.compile(dialect.db) });
  return rows.map((row) => ({ part: part.decode(row["part"]), id: wallet.decode(row["wallet"]) }));
}
