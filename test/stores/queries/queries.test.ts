/** The queries that the documentation gives answer what the engine's own reads answer, in each database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import Libsql from "libsql";
import mysql from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshMysql, freshPostgres, hasMysql } from "../../support/databases.js";
import { balances, deferred, ledgerOfJanuary, makeHistory, type Row } from "./history.js";
import { page, queriesOf, queryFor } from "./page.js";

/** Drivers give large integers as numbers or as texts. */
type Raw = Readonly<Record<string, string | number | null>>;

interface Opened {
  readonly store: CreditStore;
  readonly query: (text: string) => Promise<readonly Raw[]>;
  readonly close: () => Promise<void>;
}

function openSqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "coffer-queries-"));
  const path = join(folder, "credits.db");
  const store = sqliteStore({ path, driver: "libsql" });
  return Promise.resolve({
    store,
    query: (text) => {
      const reader = new Libsql(path);
      try {
        return Promise.resolve(reader.prepare(text).all() as Raw[]);
      } finally {
        reader.close();
      }
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
}

async function openPostgres(): Promise<Opened> {
  const { url, drop } = await freshPostgres();
  const pool = new pg.Pool({ connectionString: url });
  const store = postgresStore({ pool });
  await store.migrate();
  return {
    store,
    query: async (text) => (await pool.query<Raw>(text)).rows,
    close: async () => {
      await pool.end();
      await drop();
    },
  };
}

async function openMysql(): Promise<Opened> {
  const { url, drop } = await freshMysql();
  const pool = mysql.createPool(url);
  const store = mysqlStore({ pool });
  await store.migrate();
  return {
    store,
    query: async (text) => (await pool.query<mysql.RowDataPacket[]>(text))[0],
    close: async () => {
      await pool.end();
      await drop();
    },
  };
}

function asTexts(rows: readonly Raw[]): readonly Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  );
}

const ANSWERS = {
  "Balances by customer": balances,
  "One customer's ledger of a month": ledgerOfJanuary,
  "Deferred money of open grants": deferred,
} as const;

const DATABASES: Readonly<Record<string, () => Promise<Opened>>> = {
  SQLite: openSqlite,
  PostgreSQL: openPostgres,
  ...((await hasMysql("the page's queries on MariaDB")) && { MariaDB: openMysql }),
};

test("every query of the page is one that is run here, and says for which databases it is", () => {
  expect(queriesOf(page).map(({ heading }) => heading)).toEqual(
    Object.keys(ANSWERS).flatMap((heading) => [heading, heading]),
  );
  expect(queriesOf(page)).toHaveLength(page.match(/^ *```sql/gm)?.length ?? 0);
});

describe.each(Object.entries(DATABASES))("in %s", (database, open) => {
  let opened: Opened;
  let history: Awaited<ReturnType<typeof makeHistory>>;
  beforeAll(async () => {
    opened = await open();
    history = await makeHistory(opened.store);
  }, 240_000);
  afterAll(async () => {
    await history.credits.close();
    await opened.close();
  });

  const rowsUnder = async (heading: string) => asTexts(await opened.query(queryFor(database, heading)));

  test.each(Object.entries(ANSWERS))(
    "%s: the engine says the same",
    { timeout: 120_000 },
    async (heading, ask) => {
      const expected = await ask(history.credits);
      expect(expected.length).toBeGreaterThan(1);
      expect(await rowsUnder(heading)).toEqual(expected);
    },
  );

  test("a wallet whose due_at has passed is behind until its next write", { timeout: 120_000 }, async () => {
    const before = await rowsUnder("Balances by customer");
    history.clock.set(new Date("2026-03-02T00:00:00Z")); // the promotion of the team has expired
    expect(await rowsUnder("Balances by customer")).toEqual(before);

    const team = { customerId: "acme", currency: "tokens", scope: "team" } as const;
    const { balance } = await history.credits.balance(team);
    expect(balance.toString()).toBe("0");
    expect(before.find(({ scope }) => scope === "team")?.["balance"]).toBe("12500000");
  });
});
