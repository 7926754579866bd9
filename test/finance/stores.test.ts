/** One quarter over every store: the same reports, the same journal, and periods that close. */
import { closePeriod, closedPeriods, journalCsv, verifyPeriod } from "coffer/finance";
import { memoryStore } from "coffer/memory";
import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import { createCreditEngine } from "coffer";
import { manualClock } from "coffer/testing";
import mysql from "mysql2/promise";
import pg from "pg";
import { expect, test } from "vitest";
import { plain } from "../engine/support.js";
import { virtualPace } from "../engine/virtual-pace.js";
import { freshMysql, freshPostgres, hasMysql } from "../support/databases.js";
import { wholeOf } from "../support/ledger-tools.js";
import { APRIL, FEBRUARY, JANUARY, MARCH, catalog, engineOn, newKey, report, sell, use } from "./support.js";

/** What everything that can be asked says of a quarter with all kinds of movements. */
async function quarterOn(store: CreditStore): Promise<unknown> {
  const clock = manualClock(JANUARY);
  let ids = 0;
  const newId = () => `id${String(++ids).padStart(6, "0")}`;
  const credits = createCreditEngine({ catalog, store, clock, ids: newId, pace: virtualPace() });
  for (const customerId of ["acme", "beta", "γ"]) {
    await sell(credits, 100, "10.00", { customerId, expiresAt: FEBRUARY });
    const { id: withdrawalId } = await use(credits, 33, { customerId });
    await credits.reverse({ withdrawalId, amount: 3, idempotencyKey: newKey() });
    await credits.subscribe({ customerId, plan: "starter", idempotencyKey: newKey() });
  }
  clock.set(FEBRUARY + 1);
  await closePeriod(credits, { to: FEBRUARY, groupBy: ["source"], actor: "a", reason: "r" });
  await use(engineOn(store, manualClock(FEBRUARY - 1)), 1);
  await use(credits, 20, { occurredAt: FEBRUARY - 1 });
  const yen = await sell(credits, 3, "0", { cost: { amount: "1000", currency: "JPY" } });
  await credits.transfer({
    from: "acme",
    to: { customerId: "beta", scope: "team" },
    currency: "tokens",
    amount: 2,
    idempotencyKey: newKey(),
  });
  await credits.refundGrant({ grantId: yen.id, amount: 1, idempotencyKey: newKey() });
  clock.set(MARCH);
  await closePeriod(credits, { to: MARCH, actor: "a", reason: "r" });
  const request = { from: JANUARY, to: APRIL, breakageRate: "0.1" } as const;
  return plain({
    reports: [
      await report(credits, { ...request, groupBy: ["month", "customer", "source"] }),
      await report(credits, { ...request, groupBy: ["feature", "plan"], from: FEBRUARY }),
    ],
    journal: (await wholeOf(journalCsv(credits, { from: JANUARY, to: APRIL }))).replaceAll(/op_\w+-\d+/g, ""),
    periods: await closedPeriods(credits),
    verified: [await verifyPeriod(credits, { to: FEBRUARY }), await verifyPeriod(credits, { to: MARCH })],
  });
}

const inMemory = await quarterOn(memoryStore());

test("in memory, with late entries in the second month", () => {
  expect(inMemory).toMatchObject({
    verified: [
      { ok: true, wallets: 3 },
      { ok: true, wallets: 4 },
    ],
  });
});

test("SQLite", async () => {
  const store = sqliteStore({ path: ":memory:" });
  await store.migrate();
  expect(await quarterOn(store)).toEqual(inMemory);
  await store.close();
});

test("PostgreSQL", { timeout: 120_000 }, async () => {
  const { url, drop } = await freshPostgres();
  const pool = new pg.Pool({ connectionString: url });
  const store = postgresStore({ pool });
  await store.migrate();
  expect(await quarterOn(store)).toEqual(inMemory);
  await pool.end();
  await drop();
});

test.skipIf(!(await hasMysql("reports on MariaDB")))("MariaDB", { timeout: 120_000 }, async () => {
  const { url, drop } = await freshMysql();
  const pool = mysql.createPool(url);
  const store = mysqlStore({ pool });
  await store.migrate();
  expect(await quarterOn(store)).toEqual(inMemory);
  await pool.end();
  await drop();
});
