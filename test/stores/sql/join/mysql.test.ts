import { drizzle } from "drizzle-orm/mysql2";
import Knex from "knex";
import { CamelCasePlugin, Kysely, MysqlDialect } from "kysely";
import { createConnection as createCallbackConnection, createPool as createCallbackPool } from "mysql2";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyMysql } from "../../../../src/stores/sql/failures/mysql.js";
import { fromDrizzle, fromKnex, fromKysely, fromMysql2 } from "../../../../src/stores/sql/join/mysql.js";
import type { SqlTransaction } from "../../../../src/stores/sql/statement.js";
import { freshMysql, hasMysql, type Database } from "../../../support/databases.js";
import { andThen, CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

type Within = (act: (tx: SqlTransaction<"mysql">) => Promise<void>) => Promise<void>;

let database: Database;
let pool: mysql.Pool;
const ends: (() => Promise<unknown>)[] = [];

function kysely(): Kysely<unknown> {
  const db = new Kysely<unknown>({
    dialect: new MysqlDialect({ pool: createCallbackPool({ uri: database.url, connectionLimit: 1 }) }),
    plugins: [new CamelCasePlugin()],
  });
  ends.push(() => db.destroy());
  return db;
}

async function begunOn(pool: mysql.Pool, act: (tx: SqlTransaction<"mysql">) => Promise<void>): Promise<void> {
  const connection = await pool.getConnection();
  await connection.beginTransaction();
  await andThen(act(fromMysql2(connection)), async () => {
    await connection.rollback();
    connection.release();
  });
}

const WITHIN: Readonly<Record<string, Within>> = {
  fromMysql2: (act) => begunOn(pool, act),
  "fromMysql2, rows as arrays by default": async (act) => {
    const arrays = mysql.createPool({ uri: database.url, rowsAsArray: true, connectionLimit: 1 });
    await andThen(begunOn(arrays, act), () => arrays.end());
  },
  "fromMysql2, a connection of its own": async (act) => {
    const connection = await mysql.createConnection(database.url);
    await connection.beginTransaction();
    await andThen(act(fromMysql2(connection)), () => connection.end());
  },
  "fromKysely, with plugins": (act) =>
    rolledBack(() =>
      kysely()
        .transaction()
        .execute(async (trx) => {
          await act(fromKysely(trx));
          throw new RolledBack();
        }),
    ),
  fromDrizzle: (act) =>
    rolledBack(() =>
      drizzle(pool).transaction(async (tx) => {
        await act(fromDrizzle(tx));
        throw new RolledBack();
      }),
    ),
  fromKnex: (act) => {
    const knex = Knex({ client: "mysql2", connection: database.url, pool: { min: 0, max: 1 } });
    ends.push(() => knex.destroy());
    return rolledBack(() =>
      knex.transaction(async (trx) => {
        await act(fromKnex(trx));
        throw new RolledBack();
      }),
    );
  },
};

describe.skipIf(!(await hasMysql("adapters of MySQL's libraries")))(
  "transactions of MySQL's libraries",
  () => {
    beforeAll(async () => {
      database = await freshMysql();
      pool = mysql.createPool({ uri: database.url, connectionLimit: 2 });
      await pool.query(`${CREATE} CHARACTER SET utf8mb4`);
    });

    afterAll(async () => {
      for (const end of ends) await end();
      await pool.end();
      await database.drop();
    });

    describe.each(Object.entries(WITHIN))("%s", (_name, within) => {
      it("runs statements within the app's transaction, and nothing of it is left after a rollback", async () => {
        await within(exercise);
        const [rows] = await pool.query("SELECT id FROM coffer_join");
        expect(rows).toEqual([]);
      });

      it("passes errors on so that they can be classed", async () => {
        let error: unknown;
        await within(async (tx) => {
          error = await errorOf(tx, "SELECT * FROM nowhere");
        });
        expect(classifyMysql(error)).toMatchObject({
          outcome: "undone",
          again: false,
          said: expect.stringMatching(/nowhere' doesn't exist \(ER_NO_SUCH_TABLE\)$/u),
        });
      });
    });

    it("are told from what are none", async () => {
      // @ts-expect-error - a pool
      expect(() => fromMysql2(pool)).toThrow(
        "fromMysql2 got an object of class PromisePool: take a connection",
      );
      const connection = createCallbackConnection(database.url);
      // @ts-expect-error - of the callback API
      expect(() => fromMysql2(connection)).toThrow("pass `connection.promise()`");
      await connection.promise().end();
      // @ts-expect-error - the database
      expect(() => fromKysely(kysely())).toThrow("fromKysely got an object of class Kysely: ");
      // @ts-expect-error - the database
      expect(() => fromDrizzle(drizzle(pool))).toThrow("fromDrizzle got an object of class MySql2Database: ");
    });
  },
);
