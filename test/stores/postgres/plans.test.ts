/** One wallet's pages are read from indexes, however long its ledger and however many stand beside it. */
import type { CreditStore } from "coffer/store";
import { postgresStore } from "coffer/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshPostgres, type Database } from "../../support/databases.js";
import { change, grant, key, receipt } from "../rows.js";

const ENTRIES = 1_000_000;
const CLOSED_GRANTS = 20_000;
const RECEIPTS = 20_000;
/** Wallets that are due, all at the same instant, as where a month ends; spread over all the parts. */
const DUE_WALLETS = 51_200;
const PARTS = Array.from({ length: 256 }, (_, part) => part);
const WALLET = key(1);

/** A statement as the store sent it. */
interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

let database: Database;
let pool: pg.Pool;
let store: CreditStore;
const sent: Sent[] = [];

beforeAll(async () => {
  database = await freshPostgres();
  pool = new pg.Pool({ connectionString: database.url });
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (statement: Sent, ...rest: unknown[]) => {
        if (rest.length === 0) sent.push(statement);
        return query(statement, ...rest);
      },
    });
  });
  const own = postgresStore({ pool });
  await own.migrate();
  store = own;
  await fill();
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A wallet with a long life, and a neighbour in its part. */
async function fill(): Promise<void> {
  await store.commit([
    change(key(1), 0, { opened: [grant("open")], receipts: [receipt("first")] }),
    change(key(2), 0, { opened: [grant("open")] }),
  ]);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`insert into coffer.entry select 0, 1 + n % 2, n, n, 'consumed', 'grant', -1, n, 'open', n || '-' || n,
    null, 'chat', null, null, null, null, n, null, ''::bytea from generate_series(1, ${ENTRIES}) n`);
  await client.query(`insert into coffer.grant select 0, 1, 'g' || n, false, 'expired', 'promotional', '', 50, n, n, n, n,
    1, 0, 0, 0, 1, 0, 0, 0, 0, null, null, 0, 0, 0, 0, 0, 0, '{}' from generate_series(1, ${CLOSED_GRANTS}) n`);
  await client.query(`insert into coffer.receipt select 0, 1, n + 1, 'k' || n, n || '-1', 'withdraw', ''::bytea, '{}', '{}',
    null, null, n from generate_series(1, ${RECEIPTS}) n`);
  await client.query(`insert into coffer.wallet (part, wallet, customer_id, currency, scope, version, clock, seq,
    ledger_hash, event_no, receipt_no, balance, held, overdraft, overage, due_at, settings)
    select n % 256, 1000 + n, 'c', 'tokens', '', 1, 0, 0, ''::bytea, 0, 0, 0, 0, 0, 0, 7, '{}'
    from generate_series(1, ${DUE_WALLETS}) n`);
  await client.query("analyze coffer.entry, coffer.grant, coffer.receipt, coffer.wallet, coffer.record");
  await client.end();
}

interface Looked {
  readonly rows: number;
  /** Of tables and indexes: entries that an index holds back are no rows, but are read. */
  readonly blocks: number;
  readonly wholeTables: readonly string[];
}

/** What the plan of the last statement looked at, and whether it went through a whole table. */
async function looked(call: () => Promise<unknown>): Promise<Looked> {
  await call();
  const last = sent.at(-1);
  if (last === undefined) throw new Error("nothing was sent");
  const { rows } = await pool.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
    `explain (analyze, buffers, format json) ${last.text}`,
    last.values,
  );
  const nodes = (rows[0]?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
  const scans = nodes.filter((node) => node["Relation Name"] !== undefined);
  const perScan = scans.map(
    (node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
  );
  const [top] = nodes;
  return {
    blocks: top === undefined ? 0 : top["Shared Hit Blocks"] + top["Shared Read Blocks"],
    rows: perScan.reduce((sum, count) => sum + count, 0),
    wholeTables: scans
      .filter((node) => node["Node Type"] === "Seq Scan" && node["Actual Rows"] > 10)
      .map((node) => node["Relation Name"] ?? ""),
  };
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

const LIMIT = 50;
const where = { wallet: WALLET };

describe("of a wallet with half a million entries", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["the first page", () => store.list({ kind: "entries", where, limit: LIMIT })],
    ["the last page", () => store.list({ kind: "entries", where, limit: LIMIT, order: "desc" })],
    [
      "a page from the middle on",
      () => store.list({ kind: "entries", where, limit: LIMIT, from: ENTRIES / 2 }),
    ],
    [
      "the balance at an instant",
      () => store.list({ kind: "entries", where, limit: 1, order: "desc", to: ENTRIES / 2 }),
    ],
    ["a page of the grants", () => store.list({ kind: "grants", where, limit: LIMIT })],
    ["a page of the open grants", () => store.list({ kind: "grants", where, limit: LIMIT, open: true })],
    ["a page of the receipts", () => store.list({ kind: "receipts", where, limit: LIMIT })],
    [
      "its state, a receipt and an operation",
      () => store.load([{ key: WALLET, receipts: ["k5", "no such key"], operations: ["500-500"] }]),
    ],
    ["the grants that lapsed last", () => store.load([{ key: WALLET, lapsedSince: CLOSED_GRANTS - 10 }])],
    ["the use of a period", () => store.usage({ key: WALLET, bounds: [0, 900_000, 1_800_000] })],
    ["a commit", () => store.commit([change(WALLET, 1, { unused: ["k5"] })])],
  ])("%s is found by indexes alone", async (_, call) => {
    const { rows, wholeTables } = await looked(call);
    expect(wholeTables).toEqual([]);
    expect(rows).toBeLessThanOrEqual(2 * LIMIT);
  });

  it.each(["asc", "desc"] as const)("every next page costs as little as the first: %s", async (order) => {
    const asked = { kind: "entries", where, limit: LIMIT, order } as const;
    const bound = order === "asc" ? { from: ENTRIES / 2 } : { to: ENTRIES / 2 };
    const { next } = await store.list({ ...asked, ...bound });
    if (next === null) throw new Error("there are more pages");
    const { rows, blocks } = await looked(() => store.list({ ...asked, after: next }));
    expect(rows).toBeLessThanOrEqual(2 * LIMIT);
    expect(blocks).toBeLessThanOrEqual(2 * LIMIT);
  });

  it.each(["asc", "desc"] as const)(
    "of a period, too, however far the page lies behind: %s",
    async (order) => {
      const asked = { kind: "entries", where, limit: LIMIT, order } as const;
      const middle = order === "asc" ? { from: ENTRIES / 2 } : { to: ENTRIES / 2 };
      const { next } = await store.list({ ...asked, ...middle });
      if (next === null) throw new Error("there are more pages");
      const period = { from: 1, to: ENTRIES - 1 };
      const { blocks } = await looked(() => store.list({ ...asked, ...period, after: next }));
      expect(blocks).toBeLessThanOrEqual(2 * LIMIT);
    },
  );

  it.each(["grants", "receipts"] as const)("a page of the %s far behind, too", async (kind) => {
    let after: string | undefined;
    for (let pages = 0; pages < 15; pages++) {
      const page = await store.list({ kind, where, limit: 1_000, ...(after === undefined ? {} : { after }) });
      after = page.next ?? undefined;
    }
    if (after === undefined) throw new Error("there are more pages");
    const last = after;
    const { blocks } = await looked(() => store.list({ kind, where, limit: LIMIT, after: last }));
    expect(blocks).toBeLessThanOrEqual(2 * LIMIT);
  });
});

describe("of fifty thousand wallets that are due at once", () => {
  it.each([
    ["any of all parts", PARTS, 7, LIMIT],
    ["more than there are in a part", PARTS, 7, 1_000],
    ["none, as it is too early", PARTS, 6, 1_000],
    ["those of a few parts", [3, 200], 7, LIMIT],
  ])("%s are found by the index, in one statement", async (_, parts, before, limit) => {
    const earlier = sent.length;
    const { rows, wholeTables } = await looked(() => store.due({ before, parts, limit }));
    expect(sent).toHaveLength(earlier + 1);
    expect(wholeTables).toEqual([]);
    expect(rows).toBeLessThanOrEqual(limit);
  });
});

describe("of tables that the server knows nothing of yet", () => {
  it("a commit looks its keys and its wallet up by their own indexes", async () => {
    const young = postgresStore({ pool, schema: "young" });
    await young.migrate();
    for (const table of ["receipt", "wallet"])
      await pool.query(`alter table young.${table} set (autovacuum_enabled = off)`);
    await young.commit([change(WALLET, 0)]);
    await pool.query(`insert into young.receipt select 0, 1, n + 1, 'k' || n, n || '-1', 'withdraw', ''::bytea, '{}',
      '{}', null, null, n from generate_series(1, 5000) n`);
    await pool.query(`insert into young.wallet select 0, 1000 + n, 'c' || n, 'tokens', '', 1, 0, 0, ''::bytea, 0, 0, 0, 0,
      0, 0, null, null, '{}' from generate_series(1, 1000) n`);
    const unused = Array.from({ length: 20 }, (_, index) => `new ${index}`);
    const { rows, wholeTables } = await looked(() => young.commit([change(WALLET, 1, { unused })]));
    expect(wholeTables).toEqual([]);
    expect(rows).toBeLessThanOrEqual(unused.length + 10);
  });
});
