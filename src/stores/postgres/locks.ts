import type { Read } from "../../store/contract.js";
import { takeKey } from "../../store/intake/take-change.js";
import { walletNumber } from "../sql/columns.js";
import { query } from "../sql/programs/context.js";
import type { Program, SqlValue } from "../sql/statement.js";
import { arrayLiteral } from "./arrays.js";
import type { PostgresTables } from "./names.js";

/**
 * Locks the wallets of a transact, in order of their keys, and waits for those who hold them. A wallet that is not
 * there yet gets a row of version 0 first: whoever else is about to make it waits, too.
 */
export function* lockWallets(tables: PostgresTables, reads: readonly Read[]): Program<void> {
  const keys = reads.map(({ key }) => takeKey(key));
  const values: readonly SqlValue[] = [
    arrayLiteral(keys.map(({ part }) => String(part))),
    arrayLiteral(keys.map(({ id }) => walletNumber(id))),
  ];
  const distinct = new Set(keys.map(({ part, id }) => `${part}/${id}`)).size;
  if ((yield* lockThere(tables, values)) === distinct) return;
  yield* query({ text: birthText(tables), values });
  yield* lockThere(tables, values);
}

const ASKED = "unnest($1::text::int2[], $2::text::int8[]) as k (part, wallet)";

function* lockThere(tables: PostgresTables, values: readonly SqlValue[]): Program<number> {
  const rows = yield* query({
    text: `select '1' as one from (
  select x.part, x.wallet from (select distinct part, wallet from ${ASKED}) k
  cross join lateral (select * from ${tables.wallet} x where x.part = k.part and x.wallet = k.wallet offset 0) x
) k join ${tables.wallet} x on x.part = k.part and x.wallet = k.wallet
order by x.part, x.wallet for no key update of x`,
    values,
  });
  return rows.length;
}

function birthText(tables: PostgresTables): string {
  return `insert into ${tables.wallet} (part, wallet, customer_id, currency, scope, version, clock, seq, ledger_hash,
  event_no, receipt_no, balance, held, overdraft, overage, settings)
select distinct part, wallet, '', '', '', 0, 0, 0, ''::bytea, 0, 0, 0, 0, 0, 0, '' from ${ASKED} order by part, wallet
on conflict do nothing`;
}
