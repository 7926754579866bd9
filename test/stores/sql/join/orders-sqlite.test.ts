import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import {
  fromBetterSqlite3,
  fromDrizzle,
  fromKnex,
  fromKysely,
  type SqliteDriver,
  sqliteStore,
  type SqliteStore,
} from "coffer/sqlite";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import Knex from "knex";
import { Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { afterAll, beforeAll, describe } from "vitest";
import { ordersAreRetried, ordersKeepTogether, type Level, type Shop } from "./orders.js";

type Transact = Shop<"sqlite">["transact"];
type Opened = readonly [transact: Transact, close: () => Promise<unknown>];

const INSERT = "INSERT INTO orders (id) VALUES (?)";
const orders = sqliteTable("orders", { id: text("id").primaryKey() });

/** The page says IMMEDIATE; a transaction that begins by reading meets conflicts. */
const begin = (level: Level) => (level === "default" ? "BEGIN IMMEDIATE" : "BEGIN");

function overDatabase(db: BetterSqlite3.Database): Opened {
  const transact: Transact = async (work, level) => {
    db.exec(begin(level));
    try {
      await work(fromBetterSqlite3(db), async (id) => db.prepare(INSERT).run(id));
      db.exec("COMMIT");
    } catch (error) {
      if (db.inTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };
  return [transact, async () => db.close()];
}

const overBetterSqlite3 = (path: string) => overDatabase(new BetterSqlite3(path));
const overLibsql = (path: string) => overDatabase(new Libsql(path) as unknown as BetterSqlite3.Database);

function overKysely(path: string): Opened {
  const dialect = new SqliteDialect({ database: new BetterSqlite3(path) });
  const db = new Kysely<Record<"orders", { id: string }>>({ dialect });
  const transact: Transact = (work) =>
    db
      .transaction()
      .execute((trx) => work(fromKysely(trx), (id) => trx.insertInto("orders").values({ id }).execute()));
  return [transact, () => db.destroy()];
}

function overDrizzle(path: string): Opened {
  const db = drizzle(path);
  const transact: Transact = async (work, level) => {
    db.run(sql.raw(begin(level)));
    try {
      await work(fromDrizzle(db), (id) => db.insert(orders).values({ id }));
      db.run(sql`COMMIT`);
    } catch (error) {
      db.run(sql`ROLLBACK`);
      throw error;
    }
  };
  return [transact, async () => db.$client.close()];
}

function overKnex(path: string): Opened {
  const knex = Knex({ client: "better-sqlite3", connection: { filename: path }, useNullAsDefault: true });
  const transact: Transact = (work) =>
    knex.transaction((trx) => work(fromKnex(trx), (id) => trx("orders").insert({ id })));
  return [transact, () => knex.destroy()];
}

interface Library {
  readonly driver: SqliteDriver;
  readonly open: (path: string) => Opened;
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  "better-sqlite3": { driver: "better-sqlite3", open: overBetterSqlite3 },
  libsql: { driver: "libsql", open: overLibsql },
  Kysely: { driver: "better-sqlite3", open: overKysely },
  Drizzle: { driver: "better-sqlite3", open: overDrizzle },
  Knex: { driver: "better-sqlite3", open: overKnex },
};

describe.each(Object.entries(LIBRARIES))("%s on SQLite", (_name, { driver, open }) => {
  let folder: string;
  let stores: readonly SqliteStore[];
  let reader: BetterSqlite3.Database;
  let close: () => Promise<unknown>;
  let shop: Shop<"sqlite">;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "coffer-orders-"));
    const path = join(folder, "app.db");
    const Database = (driver === "libsql" ? Libsql : BetterSqlite3) as typeof BetterSqlite3;
    reader = new Database(path);
    reader.exec("PRAGMA journal_mode = WAL; CREATE TABLE orders (id TEXT PRIMARY KEY)");
    const [store, another] = [sqliteStore({ path, driver }), sqliteStore({ path, driver })];
    stores = [store, another];
    const [transact, closeApp] = open(path);
    close = closeApp;
    const list = () =>
      (reader.prepare("SELECT id FROM orders ORDER BY id").all() as { readonly id: string }[]).map(
        ({ id }) => id,
      );
    shop = { store, another, transact, orders: async () => list() };
  });

  afterAll(async () => {
    await close();
    for (const store of stores) await store.close();
    reader.close();
    rmSync(folder, { recursive: true, force: true });
  });

  ordersKeepTogether(() => shop);
  ordersAreRetried(() => shop, ["serializable"]);
});
