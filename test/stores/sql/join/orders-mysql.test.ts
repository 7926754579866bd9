import { fromDrizzle, fromKnex, fromKysely, fromMysql2, mysqlStore } from "coffer/mysql";
import { mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/mysql2";
import Knex from "knex";
import { Kysely, MysqlDialect } from "kysely";
import { createPool as createCallbackPool } from "mysql2";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe } from "vitest";
import { freshMysql, hasMysql, type Database } from "../../../support/databases.js";
import { ordersAreRetried, ordersKeepTogether, type Level, type Shop } from "./orders.js";

type Transact = Shop<"mysql">["transact"];

const orders = mysqlTable("orders", { id: varchar("id", { length: 64 }).primaryKey() });
const ends: (() => Promise<unknown>)[] = [];

let database: Database;
let server: Omit<Shop<"mysql">, "transact">;

function pool(): mysql.Pool {
  const opened = mysql.createPool({ uri: database.url, connectionLimit: 3 });
  ends.push(() => opened.end());
  return opened;
}

/** As the page advises. */
const isolation = (level: Level) => (level === "default" ? "read committed" : level);

const overMysql2 = (): Transact => {
  const connections = pool();
  return async (work, level) => {
    const connection = await connections.getConnection();
    try {
      await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation(level)}`);
      await connection.beginTransaction();
      await work(fromMysql2(connection), (id) =>
        connection.execute("INSERT INTO orders (id) VALUES (?)", [id]),
      );
      await connection.commit();
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  };
};

const overKysely = (): Transact => {
  const dialect = new MysqlDialect({
    pool: createCallbackPool({ uri: database.url, connectionLimit: 2 }),
  });
  const db = new Kysely<Record<"orders", { id: string }>>({ dialect });
  ends.push(() => db.destroy());
  return (work, level) =>
    db
      .transaction()
      .setIsolationLevel(isolation(level))
      .execute((trx) => work(fromKysely(trx), (id) => trx.insertInto("orders").values({ id }).execute()));
};

const overDrizzle = (): Transact => {
  const db = drizzle(pool());
  return (work, level) =>
    db.transaction((tx) => work(fromDrizzle(tx), (id) => tx.insert(orders).values({ id })), {
      isolationLevel: isolation(level),
    });
};

const overKnex = (): Transact => {
  const knex = Knex({ client: "mysql2", connection: database.url, pool: { min: 0, max: 2 } });
  ends.push(() => knex.destroy());
  return (work, level) =>
    knex.transaction((trx) => work(fromKnex(trx), (id) => trx("orders").insert({ id })), {
      isolationLevel: isolation(level),
    });
};

describe.skipIf(!(await hasMysql("orders and credits through MySQL's libraries")))("on MariaDB", () => {
  beforeAll(async () => {
    database = await freshMysql();
    const connections = pool();
    const store = mysqlStore({ pool: connections });
    await store.migrate();
    await connections.query("CREATE TABLE orders (id VARCHAR(64) NOT NULL PRIMARY KEY)");
    server = {
      store,
      another: mysqlStore({ pool: pool() }),
      orders: async () => {
        const [rows] = await connections.query<mysql.RowDataPacket[]>("SELECT id FROM orders ORDER BY id");
        return rows.map((row) => String(row["id"]));
      },
    };
  });

  afterAll(async () => {
    for (const end of ends) await end();
    await database.drop();
  });

  describe.each([
    ["mysql2", overMysql2],
    ["Kysely", overKysely],
    ["Drizzle", overDrizzle],
    ["Knex", overKnex],
  ])("%s", (_name, open) => {
    let shop: Shop<"mysql">;
    beforeAll(() => {
      shop = { ...server, transact: open() };
    });
    ordersKeepTogether(() => shop);
    ordersAreRetried(() => shop, ["repeatable read"]);
  });
});
