import { postgresStore } from "coffer/postgres";
import type { Pool, PoolClient } from "pg";
import type { Contender } from "../measure/compare.js";
import { type Round, drive } from "../measure/drive.js";
import { openPool } from "../pool.js";
import { bestPool } from "./best-pool.js";
import { CREDITS_AT_FIRST, TOKENS_PER_CALL, UNITS_PER_CALL, keyMaker, turns } from "./catalog.js";
import { type Load, engineOn, fund } from "./coffer.js";
import { type GrantLeft, type Head, type Place, decideNaively } from "./naive-decision.js";

/** The texts are the same each time, and named: the server plans each of them once. */
const SQL = {
  lock: `select seq, receipt_no, balance, ledger_hash from naive.wallet
    where part = $1 and wallet = $2 for update`,
  receipt: `select request_hash, result from naive.receipt
    where part = $1 and wallet = $2 and idempotency_key = $3`,
  grants: `select id, remaining from naive."grant" where part = $1 and wallet = $2 and open
    order by priority, expires_at nulls last, created_at, id limit 10`,
  write: `with g as (
    update naive."grant" set remaining = remaining - $4, consumed = consumed + $4
    where part = $1 and wallet = $2 and id = $3
  ), e as (
    insert into naive.entry (part, wallet, recorded_at, seq, type, account, amount, balance_after, grant_id,
      operation_id, feature, occurred_at, detail, hash)
    values ($1, $2, $5, $6, 'consumed', 'grant', -$4::int8, $7, $3, $8, 'chat', $5, $9, $10)
  ), r as (
    insert into naive.receipt (part, wallet, receipt_no, idempotency_key, operation_id, kind, request_hash, request,
      result, recorded_at)
    values ($1, $2, $11, $12, $8, 'withdraw', $13, $14, $15, $5)
  ), u as (
    insert into naive.usage as t (part, wallet, bucket_at, feature, dimensions, quantity, quantity_fraction, amount, uses)
    values ($1, $2, $16, 'chat', '', $17, 0, $4, 1)
    on conflict (part, wallet, bucket_at, feature, dimensions) do update set
      quantity = t.quantity + excluded.quantity, amount = t.amount + excluded.amount, uses = t.uses + 1
  )
  update naive.wallet set version = version + 1, clock = $5, seq = $6, receipt_no = $11, balance = $7, ledger_hash = $10
  where part = $1 and wallet = $2`,
} as const;

/**
 * What a careful team writes by hand, on the same tables: lock the wallet, look for the key, read the grants, decide,
 * write all rows in one statement, commit.
 */
async function withdraw(client: PoolClient, place: Place, key: string): Promise<void> {
  const { part, wallet } = place;
  const run = <Row extends object>(name: keyof typeof SQL, values: readonly unknown[]) =>
    client.query<Row>({ name, text: SQL[name], values: [...values] });
  await client.query("begin");
  try {
    const [head] = (await run<Head>("lock", [part, wallet])).rows;
    const used = await run<object>("receipt", [part, wallet, key]);
    const [grant] = (await run<GrantLeft>("grants", [part, wallet])).rows;
    const decided = decideNaively(place, { head, grant, isUsed: used.rows.length > 0 });
    await run("write", [
      part,
      wallet,
      decided.grantId,
      UNITS_PER_CALL,
      decided.now,
      decided.seq,
      decided.balance,
      decided.operationId,
      decided.detail,
      decided.hash,
      decided.receiptNo,
      key,
      decided.requestHash,
      decided.request,
      decided.result,
      decided.bucketAt,
      TOKENS_PER_CALL,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** Makes the tables and fills the wallets. */
export async function prepareNaivePostgres(url: string, customers: readonly string[]): Promise<void> {
  const pool = openPool(url, 4);
  const store = postgresStore({ pool, schema: "naive" });
  await store.migrate();
  await fund(engineOn(store), customers);
  await pool.end();
}

/** One transaction on the next wallet, under the next key. */
export async function naiveWithdrawals(
  pool: Pool,
  keyPrefix: string,
): Promise<(pool: Pool) => Promise<void>> {
  const { rows } = await pool.query<Place>(
    'select customer_id as "customerId", part, wallet from naive.wallet where version > 0',
  );
  const place = turns(rows);
  const key = keyMaker(keyPrefix);
  return async (from) => {
    const client = await from.connect();
    try {
      await withdraw(client, place(), key());
    } finally {
      client.release();
    }
  };
}

/** Exactly so many withdrawals stand in the tables. */
export async function checkNaive(pool: Pool, customers: number, made: number): Promise<void> {
  const { rows } = await pool.query<{ left: string; entries: string }>(
    `select (select sum(balance) from naive.wallet)::text as left,
      (select count(*) from naive.entry where type = 'consumed')::text as entries`,
  );
  const expected = BigInt(customers) * BigInt(CREDITS_AT_FIRST) * 1_000_000n - BigInt(made) * UNITS_PER_CALL;
  if (rows[0]?.left !== String(expected) || rows[0].entries !== String(made))
    throw new Error(`the naive transaction left ${rows[0]?.left} where ${expected} must be`);
}

const POOL_SIZES = [4, 8, 16, 32] as const;

/** The same work with the pool that serves it best. */
export async function naivePostgres(
  url: string,
  load: Load,
): Promise<Contender & { readonly end: () => Promise<void> }> {
  await prepareNaivePostgres(url, load.customers);
  const first = openPool(url, 1);
  const withdrawFrom = await naiveWithdrawals(first, "request");
  await first.end();
  let made = 0;
  const play = async (pool: Pool, ms: number): Promise<Round> => {
    const round = await drive(load.callers, ms, () => withdrawFrom(pool));
    made += round.operations;
    return round;
  };
  const open = (max: number) => openPool(url, max);
  const { pool, max } = await bestPool(POOL_SIZES, open, play);
  return {
    name: `naive transaction, pool of ${max}`,
    round: () => play(pool, load.ms),
    check: () => checkNaive(pool, load.customers.length, made),
    end: () => pool.end(),
  };
}
