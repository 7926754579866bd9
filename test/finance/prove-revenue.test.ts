/** The queries of docs/how-to/prove-revenue.md say what `revenueReport` says. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RevenueRow, revenueReport } from "coffer/finance";
import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import Libsql from "libsql";
import mysql from "mysql2/promise";
import pg from "pg";
import { expect, test } from "vitest";
import { makeHistory } from "../stores/queries/history.js";
import { queriesOf } from "../stores/queries/page.js";
import { freshMysql, freshPostgres, hasMysql } from "../support/databases.js";

const JANUARY = Date.UTC(2026, 0, 1);
const FEBRUARY = Date.UTC(2026, 1, 1);
const QUERIES = queriesOf(
  readFileSync(join(import.meta.dirname, "../../docs/how-to/prove-revenue.md"), "utf8").replaceAll(
    "### ",
    "## ",
  ),
);

type Raw = Readonly<Record<string, unknown>>;
type Query = (text: string) => Promise<readonly Raw[]>;

function textFor(database: string, heading: string): string {
  const found = QUERIES.find((one) => one.heading === heading && one.databases.includes(database));
  if (found === undefined) throw new Error(`no query for ${database} under "${heading}"`);
  return found.text;
}

const COLUMNS = ["billed", "recognised", "breakage", "refunded", "overage"] as const;

/** Without the columns that are zero, in minor units. */
function figures(row: Raw): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (String(value) === "0" ? [] : [[name, String(value)]])),
  );
}

function minor({ currency, ...row }: RevenueRow, columns: readonly (typeof COLUMNS)[number][]): Raw {
  return figures({
    cost_currency: currency,
    ...Object.fromEntries(columns.map((column) => [column, row[column].times(100)])),
  });
}

async function check(database: string, store: CreditStore, query: Query): Promise<void> {
  const { credits } = await makeHistory(store);
  const { totals } = await revenueReport(credits, { from: JANUARY, to: FEBRUARY });
  const month = await query(textFor(database, "Revenue of January"));
  expect(month.map(figures)).toEqual(totals.map((row) => minor(row, COLUMNS)));
  expect(month.length).toBeGreaterThan(1);
  const deferred = await query(textFor(database, "Deferred at the end of January"));
  const wanted = totals.filter(({ closing }) => !closing.isZero());
  expect(deferred.map(figures).filter((row) => "deferred" in row)).toEqual(
    wanted.map((row) => figures({ cost_currency: row.currency, deferred: row.closing.times(100) })),
  );
  await credits.close();
}

test("every query stands in both forms", () => {
  expect(QUERIES.map(({ heading, databases }) => [heading, databases.length])).toEqual([
    ["Revenue of January", 3],
    ["Revenue of January", 1],
    ["Deferred at the end of January", 3],
    ["Deferred at the end of January", 1],
  ]);
});

test("on SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-revenue-"));
  const path = join(folder, "credits.db");
  await check("SQLite", sqliteStore({ path, driver: "libsql" }), async (text) => {
    const reader = new Libsql(path);
    try {
      return reader.prepare(text).all() as Raw[];
    } finally {
      reader.close();
    }
  });
  rmSync(folder, { recursive: true });
});

test("on PostgreSQL", { timeout: 120_000 }, async () => {
  const { url, drop } = await freshPostgres();
  const pool = new pg.Pool({ connectionString: url });
  const store = postgresStore({ pool });
  await store.migrate();
  await check("PostgreSQL", store, async (text) => (await pool.query<Raw>(text)).rows);
  await pool.end();
  await drop();
});

test.skipIf(!(await hasMysql("the queries on revenue on MariaDB")))(
  "on MariaDB",
  { timeout: 120_000 },
  async () => {
    const { url, drop } = await freshMysql();
    const pool = mysql.createPool(url);
    const store = mysqlStore({ pool });
    await store.migrate();
    await check("MariaDB", store, async (text) => (await pool.query<mysql.RowDataPacket[]>(text))[0]);
    await pool.end();
    await drop();
  },
);
