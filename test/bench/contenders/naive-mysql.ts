import { mysqlStore } from "coffer/mysql";
import { type Pool, type PoolConnection, type RowDataPacket, createPool } from "mysql2/promise";
import type { Contender } from "../measure/compare.js";
import { type Round, drive } from "../measure/drive.js";
import { bestPool } from "./best-pool.js";
import { CREDITS_AT_FIRST, TOKENS_PER_CALL, UNITS_PER_CALL, keyMaker, turns } from "./catalog.js";
import { type Load, engineOn, fund } from "./coffer.js";
import { type GrantLeft, type Head, type Place, decideNaively } from "./naive-decision.js";

/** Parameters travel as texts, exact to the last digit; so that the key's index serves them, they are cast. */
const HERE = "part = cast(? as signed) and wallet = cast(? as signed)";

const SQL = {
  lock: `select seq, receipt_no, balance, ledger_hash from coffer_wallet where ${HERE} for update`,
  receipt: `select request_hash, result from coffer_receipt where ${HERE} and idempotency_key = ?`,
  grants: `select id, remaining from coffer_grant where ${HERE} and open
    order by priority, expires_at is null, expires_at, created_at, id limit 10`,
  grant: `update coffer_grant set remaining = remaining - ?, consumed = consumed + ? where ${HERE} and id = ?`,
  entry: `insert into coffer_entry (part, wallet, recorded_at, seq, type, account, amount, balance_after, grant_id,
    operation_id, feature, occurred_at, detail, hash)
    values (?, ?, ?, ?, 'consumed', 'grant', ?, ?, ?, ?, 'chat', ?, ?, ?)`,
  remember: `insert into coffer_receipt (part, wallet, receipt_no, idempotency_key, operation_id, kind, request_hash,
    request, result, recorded_at) values (?, ?, ?, ?, ?, 'withdraw', ?, ?, ?, ?)`,
  usage: `insert into coffer_usage (part, wallet, bucket_at, feature, dimensions, quantity, quantity_fraction, amount, uses)
    values (?, ?, ?, 'chat', '', ?, 0, ?, 1)
    on duplicate key update quantity = quantity + values(quantity), amount = amount + values(amount), uses = uses + 1`,
  head: `update coffer_wallet set version = version + 1, clock = ?, seq = ?, receipt_no = ?, balance = ?, ledger_hash = ?
    where ${HERE}`,
} as const;

type Value = string | number | bigint | Buffer;

/** What a careful team writes by hand, on the same tables, in prepared statements. */
async function withdraw(connection: PoolConnection, place: Place, key: string): Promise<void> {
  const here = [place.part, place.wallet];
  const run = async (name: keyof typeof SQL, values: readonly Value[]): Promise<unknown[]> => {
    const exact = values.map((value) => (Buffer.isBuffer(value) ? value : String(value)));
    const [rows] = await connection.execute<RowDataPacket[]>(SQL[name], exact);
    return rows;
  };
  await connection.beginTransaction();
  try {
    const [head] = (await run("lock", here)) as Head[];
    const used = await run("receipt", [...here, key]);
    const [grant] = (await run("grants", here)) as GrantLeft[];
    const decided = decideNaively(place, { head, grant, isUsed: used.length > 0 });
    const { grantId, now, seq, balance, operationId, hash, receiptNo } = decided;
    await run("grant", [UNITS_PER_CALL, UNITS_PER_CALL, ...here, grantId]);
    await run("entry", [
      ...here,
      now,
      seq,
      -UNITS_PER_CALL,
      balance,
      grantId,
      operationId,
      now,
      decided.detail,
      hash,
    ]);
    const { requestHash, request, result } = decided;
    await run("remember", [...here, receiptNo, key, operationId, requestHash, request, result, now]);
    await run("usage", [...here, decided.bucketAt, TOKENS_PER_CALL, UNITS_PER_CALL]);
    await run("head", [now, seq, receiptNo, balance, hash, ...here]);
    await connection.commit();
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

const POOL_SIZES = [4, 8, 16, 32] as const;

/** In a database of its own, with the pool that serves it best. */
export async function naiveMysql(
  uri: string,
  load: Load,
): Promise<Contender & { readonly end: () => Promise<void> }> {
  const open = (connectionLimit: number) =>
    createPool({ uri, connectionLimit, bigNumberStrings: true, supportBigNumbers: true });
  const first = open(4);
  const store = mysqlStore({ pool: first });
  await store.migrate();
  await fund(engineOn(store), load.customers);
  const [places] = await first.query<(Place & RowDataPacket)[]>(
    "select customer_id as customerId, cast(part as char) as part, cast(wallet as char) as wallet from coffer_wallet where version > 0",
  );
  await first.end();
  const place = turns(places);
  const key = keyMaker("request");
  let made = 0;
  const play = async (pool: Pool, ms: number): Promise<Round> => {
    const round = await drive(load.callers, ms, async () => {
      const connection = await pool.getConnection();
      try {
        await withdraw(connection, place(), key());
      } finally {
        connection.release();
      }
    });
    made += round.operations;
    return round;
  };
  const { pool, max } = await bestPool(POOL_SIZES, open, play);
  return {
    name: `mysql2 transaction, pool of ${max}`,
    round: () => play(pool, load.ms),
    check: () => checkSums(pool, places.length, made),
    end: () => pool.end(),
  };
}

async function checkSums(pool: Pool, customers: number, made: number): Promise<void> {
  const [[sums]] = await pool.query<({ credits: string; entries: string } & RowDataPacket)[]>(
    `select cast((select sum(balance) from coffer_wallet) as char) as credits,
      cast((select count(*) from coffer_entry where type = 'consumed') as char) as entries`,
  );
  const expected = BigInt(customers) * BigInt(CREDITS_AT_FIRST) * 1_000_000n - BigInt(made) * UNITS_PER_CALL;
  if (sums?.credits !== String(expected) || sums.entries !== String(made))
    throw new Error(`the mysql2 transaction left ${sums?.credits} where ${expected} must be`);
}
