/** One purchase at a time, by several processes' engines, on real stores: what is under way stands in the wallet. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { fromBetterSqlite3, sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import { checkStore, manualClock } from "coffer/testing";
import { fakeProvider, sendInvoice } from "coffer/billing";
import type { CreditEngine } from "coffer";
import Libsql from "libsql";
import mysql from "mysql2/promise";
import pg from "pg";
import { expect, test } from "vitest";
import { ACME, type catalog, openShop, quiet } from "../engine/billing/support.js";
import { START } from "../engine/support.js";
import { freshMysql, freshPostgres, hasMysql } from "../support/databases.js";

async function buysOnce(open: () => CreditStore | Promise<CreditStore>): Promise<void> {
  const clock = manualClock(START);
  const billing = fakeProvider();
  const stores = await Promise.all([open(), open(), open()]);
  const engines = stores.map((store) => openShop(store, clock, billing));
  const [credits] = engines;
  const [store] = stores;
  if (credits === undefined || store === undefined) throw new Error("no store");
  try {
    billing.expect({ status: "pending" });
    const bought = await Promise.all(
      engines.map((engine) => engine.topUp({ ...ACME, credits: 1_000, idempotencyKey: "buy" })),
    );
    expect(new Set(bought.map(({ topUp }) => topUp.id)).size).toBe(1);
    const notice = billing.pay(bought[0]?.topUp.id ?? "");
    await Promise.all(engines.map((engine) => engine.recordPayment(notice)));
    expect((await credits.balance(ACME)).available.toString()).toBe("1000");

    billing.expect({ status: "pending" });
    await credits.setAutoTopUp({
      ...ACME,
      threshold: 900,
      target: 2_000,
      caps: { count: 20, every: { days: 1 } },
    });
    await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        (engines[index % engines.length] ?? credits).withdraw({
          ...ACME,
          amount: 1,
          idempotencyKey: `use-${index}`,
        }),
      ),
    );
    const { items } = await credits.topUps({ ...ACME, status: "pending" });
    expect(items).toMatchObject([{ by: "auto", status: "pending" }]);
    await credits.refreshTopUp({ topUpId: items[0]?.id ?? "" });
    await Promise.all(engines.map((engine) => engine.recordPayment(billing.pay(items[0]?.id ?? ""))));
    expect(billing.payments.size).toBe(2);
    expect((await credits.topUps(ACME)).items).toHaveLength(2);
    const back = await credits.refundTopUp({ topUpId: items[0]?.id ?? "", amount: 100, idempotencyKey: "b" });
    expect(back.status).toBe("succeeded");
    clock.advance({ days: 30 });
    const [invoice] = await sendInvoice(credits, { customerId: "acme", to: clock(), provider: billing });
    expect(invoice?.lines.map(({ kind }) => kind)).toEqual(["top_up", "top_up", "top_up_refund"]);
    expect(await checkStore(store)).toEqual([]);
    expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true });
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

test("within a transaction of the app: bought once it is committed, not where it is rolled back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-billing-"));
  const database = new Libsql(join(folder, "credits.db"));
  const billing = fakeProvider();
  const store = sqliteStore({ database });
  await store.migrate();
  const credits = openShop(store, manualClock(START), billing) as CreditEngine<
    typeof catalog,
    ReturnType<typeof fromBetterSqlite3>
  >;
  try {
    await credits.grant({ ...ACME, amount: 100, category: "promotional", idempotencyKey: "g" });
    await credits.setAutoTopUp({
      ...ACME,
      threshold: 50,
      target: 100,
      caps: { count: 9, every: { days: 1 } },
    });
    for (const ends of ["ROLLBACK", "COMMIT"] as const) {
      database.exec("BEGIN IMMEDIATE");
      const scoped = credits.withTransaction(fromBetterSqlite3(database));
      await scoped.withdraw({ ...ACME, amount: 80, idempotencyKey: "w" });
      expect(billing.payments.size).toBe(0);
      database.exec(ends);
      if (ends === "COMMIT") scoped.committed();
      else scoped.rolledBack();
      await quiet();
      expect(billing.payments.size).toBe(ends === "COMMIT" ? 1 : 0);
    }
    expect((await credits.balance(ACME)).net.toString()).toBe("100");
  } finally {
    await credits.close();
    database.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test("on SQLite, three connections of one file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-billing-"));
  const path = join(folder, "credits.db");
  try {
    await buysOnce(async () => {
      const store = sqliteStore({ path, driver: "libsql" });
      await store.migrate();
      return store;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test("on PostgreSQL", async () => {
  const { url, drop } = await freshPostgres();
  try {
    await buysOnce(async () => {
      const pool = new pg.Pool({ connectionString: url, max: 4 });
      const store = postgresStore({ pool });
      await store.migrate();
      return closingPool(store, () => pool.end());
    });
  } finally {
    await drop();
  }
}, 60_000);

const isMysqlHere = await hasMysql("purchases on MariaDB");

test.runIf(isMysqlHere)(
  "on MariaDB",
  async () => {
    const { url, drop } = await freshMysql();
    try {
      await buysOnce(async () => {
        const pool = mysql.createPool({ uri: url, connectionLimit: 4 });
        const store = mysqlStore({ pool });
        await store.migrate();
        return closingPool(store, () => pool.end());
      });
    } finally {
      await drop();
    }
  },
  60_000,
);

function closingPool<Store extends CreditStore>(store: Store, end: () => Promise<void>): Store {
  const { close } = store;
  store.close = async () => {
    await close.call(store);
    await end();
  };
  return store;
}
