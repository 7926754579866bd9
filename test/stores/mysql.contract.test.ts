import { fromMysql2, mysqlStore } from "coffer/mysql";
import mysql from "mysql2";
import mysqlPromise from "mysql2/promise";
import { afterAll, beforeAll, describe } from "vitest";
import { freshMysql, hasMysql } from "../support/databases.js";
import { AppTransactions } from "./contract/app-transactions.js";
import { emptying } from "./contract/emptying.js";
import type { AppTransaction, Harness } from "./contract/harness.js";
import { contractSuite } from "./contract/suite.js";

interface TableName extends mysqlPromise.RowDataPacket {
  readonly name: string;
}

/** A database that serves one test after the other. */
class MysqlDatabase {
  readonly #ends: (() => Promise<void>)[] = [];

  private constructor(
    /** The app's own connections, and ours to prepare and clean. */
    readonly app: mysqlPromise.Pool,
    /** Two pools of a store, as two processes have them. */
    readonly pools: readonly [AnyPool, AnyPool],
    readonly url: string,
  ) {}

  static async make(poolOf: (uri: string) => AnyPool): Promise<MysqlDatabase> {
    const { url, drop } = await freshMysql();
    const app = mysqlPromise.createPool({ uri: url, connectionLimit: 20 });
    const pools = [poolOf(url), poolOf(url)] as const;
    const database = new MysqlDatabase(app, pools, url);
    database.#ends.push(...[app, ...pools].map((pool) => () => promised(pool).end()), drop);
    await mysqlStore({ pool: pools[0] }).migrate();
    return database;
  }

  async begin(isolation: string, open: AppTransactions): Promise<AppTransaction> {
    const connection = await this.app.getConnection();
    await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`);
    await connection.beginTransaction();
    return open.add(fromMysql2(connection), async (how) => {
      await connection[how]();
      connection.release();
    });
  }

  async empty(): Promise<void> {
    const [tables] = await this.app.query<TableName[]>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database()",
    );
    for (const statement of emptying(tables.map(({ name }) => ({ name, quoted: `\`${name}\`` }))))
      await this.app.query(statement);
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

type AnyPool = mysqlPromise.Pool | mysql.Pool;

function promised(pool: AnyPool): mysqlPromise.Pool {
  return "promise" in pool && typeof pool.promise === "function"
    ? pool.promise()
    : (pool as mysqlPromise.Pool);
}

/** @param isolation Of the app's transactions: the store chooses that of its own. */
function inDatabase(isolation: string, poolOf: (uri: string) => AnyPool): Harness {
  let database: MysqlDatabase;
  beforeAll(async () => {
    database = await MysqlDatabase.make(poolOf);
  });
  afterAll(() => database.end());
  return {
    isLasting: true,
    capabilities: { isShared: true, hasRowLocks: true, joinsTransactions: true },
    open: () => {
      const store = mysqlStore({ pool: database.pools[0] });
      const open = new AppTransactions();
      const pools: AnyPool[] = [];
      return Promise.resolve({
        store,
        another: () => Promise.resolve(mysqlStore({ pool: database.pools[1] })),
        reopen: () => {
          const pool = poolOf(database.url);
          pools.push(pool);
          return Promise.resolve(mysqlStore({ pool }));
        },
        begin: () => database.begin(isolation, open),
        dispose: async () => {
          await open.rollbackAll();
          await store.close();
          await Promise.all(pools.map((pool) => promised(pool).end()));
          await database.empty();
        },
      });
    },
  };
}

const hasServer = await hasMysql("the laws on the MySQL store");

describe.runIf(hasServer)("through mysql2/promise", () => {
  const harness = inDatabase("REPEATABLE READ", (uri) =>
    mysqlPromise.createPool({ uri, connectionLimit: 10 }),
  );
  contractSuite("MariaDB, beside transactions of REPEATABLE READ,", harness);
});

describe.runIf(hasServer)("through mysql2", () => {
  const harness = inDatabase("READ COMMITTED", (uri) => mysql.createPool({ uri, connectionLimit: 10 }));
  contractSuite("MariaDB, beside transactions of READ COMMITTED,", harness);
});
