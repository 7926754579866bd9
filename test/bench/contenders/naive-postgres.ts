import { createHash } from "node:crypto";
import { postgresStore } from "coffer/postgres";
import { type PoolClient, Pool } from "pg";
import type { Contender } from "../measure/compare.js";
import { type Round, drive, perSecond } from "../measure/drive.js";
import { type Load, engineOn, fund } from "./coffer.js";
import { CREDITS_AT_FIRST, TOKENS_PER_CALL, UNITS_PER_CALL, keyMaker, turns } from "./catalog.js";

interface Place {
  readonly customerId: string;
  readonly part: string;
  readonly wallet: string;
}

interface Head {
  readonly version: string;
  readonly seq: string;
  readonly receipt_no: string;
  readonly balance: string;
  readonly ledger_hash: Buffer;
}

interface GrantLeft {
  readonly id: string;
  readonly remaining: string;
}

const QUARTER_HOUR_MS = 900_000;

/** The texts are the same each time, and named: the server plans each of them once. */
const SQL = {
  lock: `select version, seq, receipt_no, balance, ledger_hash from naive.wallet
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
async function withdraw(client: PoolClient, { part, wallet }: Place, key: string): Promise<bigint> {
  const run = <Row extends object>(name: keyof typeof SQL, values: readonly unknown[]) =>
    client.query<Row>({ name, text: SQL[name], values: [...values] });
  await client.query("begin");
  try {
    const [head] = (await run<Head>("lock", [part, wallet])).rows;
    const request = JSON.stringify({ customerId: wallet, feature: "chat", quantity: TOKENS_PER_CALL });
    const requestHash = createHash("sha256").update(request).digest().subarray(0, 16);
    const used = await run<object>("receipt", [part, wallet, key]);
    const [grant] = (await run<GrantLeft>("grants", [part, wallet])).rows;
    if (head === undefined || grant === undefined || used.rows.length > 0)
      throw new Error("not decided here");
    if (BigInt(grant.remaining) < UNITS_PER_CALL) throw new Error("insufficient credits");
    const now = Date.now();
    const seq = Number(head.seq) + 1;
    const balance = BigInt(head.balance) - UNITS_PER_CALL;
    const operationId = `${now}-${seq}`;
    const hash = createHash("sha256")
      .update(head.ledger_hash)
      .update(JSON.stringify([seq, operationId, String(balance)]))
      .digest();
    const result = JSON.stringify({
      id: operationId,
      price: String(UNITS_PER_CALL),
      available: String(balance),
    });
    await run("write", [
      part,
      wallet,
      grant.id,
      UNITS_PER_CALL,
      now,
      seq,
      balance,
      operationId,
      `{"quantity":"${TOKENS_PER_CALL}"}`,
      hash,
      Number(head.receipt_no) + 1,
      key,
      requestHash,
      request,
      result,
      now - (now % QUARTER_HOUR_MS),
      TOKENS_PER_CALL,
    ]);
    await client.query("commit");
    return balance;
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

const POOL_SIZES = [4, 8, 16, 32] as const;
const TRIAL_MS = 1_000;

/** The same work with the pool that serves it best. */
export async function naivePostgres(
  url: string,
  load: Load,
): Promise<Contender & { readonly end: () => Promise<void> }> {
  const first = new Pool({ connectionString: url, max: 4 });
  const store = postgresStore({ pool: first, schema: "naive" });
  await store.migrate();
  await fund(engineOn(store), load.customers);
  const places = (
    await first.query<Place>(
      'select customer_id as "customerId", part, wallet from naive.wallet where version > 0',
    )
  ).rows;
  await first.end();
  const place = turns(places);
  const key = keyMaker("request");
  let made = 0;
  const play = async (pool: Pool, ms: number): Promise<Round> => {
    const round = await drive(load.callers, ms, async () => {
      const client = await pool.connect();
      try {
        await withdraw(client, place(), key());
      } finally {
        client.release();
      }
    });
    made += round.operations;
    return round;
  };
  const pool = await bestPool(url, play);
  return {
    name: `naive transaction, pool of ${pool.options.max}`,
    round: () => play(pool, load.ms),
    check: async () => {
      const { rows } = await pool.query<{ left: string; entries: string }>(
        `select (select sum(balance) from naive.wallet)::text as left,
          (select count(*) from naive.entry where type = 'consumed')::text as entries`,
      );
      const expected =
        BigInt(places.length) * BigInt(CREDITS_AT_FIRST) * 1_000_000n - BigInt(made) * UNITS_PER_CALL;
      if (rows[0]?.left !== String(expected) || rows[0].entries !== String(made))
        throw new Error(`the naive transaction left ${rows[0]?.left} where ${expected} must be`);
    },
    end: () => pool.end(),
  };
}

async function bestPool(url: string, play: (pool: Pool, ms: number) => Promise<Round>): Promise<Pool> {
  let best: { readonly pool: Pool; readonly perSecond: number } | undefined;
  for (const max of POOL_SIZES) {
    const pool = new Pool({ connectionString: url, max });
    const speed = perSecond(await play(pool, TRIAL_MS));
    const loser = best !== undefined && best.perSecond >= speed ? pool : best?.pool;
    if (loser !== pool) best = { pool, perSecond: speed };
    await loser?.end();
  }
  if (best === undefined) throw new Error("no pool was tried");
  return best.pool;
}
