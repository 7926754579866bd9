import { mysqlStore } from "coffer/mysql";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyMysql } from "../../../../src/stores/sql/failures/mysql.js";
import { freshMysql, hasMysql, type Database } from "../../../support/databases.js";
import { ordersAreRetried, ordersKeepTogether, type Level, type Shop } from "./orders.js";
import { generatePrismaApp, type GeneratedApp, type PrismaApp } from "./prisma-app.js";
import { CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

const LEVELS: Readonly<Record<Level, string>> = {
  default: "ReadCommitted",
  "repeatable read": "RepeatableRead",
  serializable: "Serializable",
};

describe.skipIf(!(await hasMysql("Prisma over MariaDB")))("Prisma over MariaDB", () => {
  let database: Database;
  let generated: GeneratedApp<"mysql">;
  let app: PrismaApp<"mysql">;
  let pools: readonly mysql.Pool[];
  let shop: Shop<"mysql">;

  beforeAll(async () => {
    [database, generated] = await Promise.all([freshMysql(), generatePrismaApp("mysql")]);
    app = generated.open(database.url);
    const open = () => mysql.createPool({ uri: database.url, connectionLimit: 3 });
    const [first, second] = [open(), open()];
    pools = [first, second];
    const store = mysqlStore({ pool: first });
    await store.migrate();
    await first.query("CREATE TABLE orders (id VARCHAR(64) NOT NULL PRIMARY KEY)");
    await first.query(`${CREATE} CHARACTER SET utf8mb4`);
    shop = {
      store,
      another: mysqlStore({ pool: second }),
      orders: app.orders,
      transact: (work, level) => app.transact(work, LEVELS[level]),
    };
  });

  afterAll(async () => {
    await app.close();
    await Promise.all(pools.map((pool) => pool.end()));
    generated.remove();
    await database.drop();
  });

  it("has a client whose transaction fits without a cast", () => {
    expect(generated.wrongLines()).toEqual([]);
  }, 120_000);

  it("refuses the client itself, whose statements go to any connection", () => {
    expect(() => app.passClient()).toThrow("pass the client that `prisma.$transaction(");
  });

  it("runs statements within the app's transaction, and passes errors on so that they can be classed", async () => {
    let error: unknown;
    await rolledBack(() =>
      app.transact(async (tx) => {
        await exercise(tx);
        error = await errorOf(tx, "SELECT * FROM nowhere");
        throw new RolledBack();
      }),
    );
    expect(classifyMysql(error)).toMatchObject({
      outcome: "undone",
      again: false,
      said: expect.stringMatching(/nowhere' doesn't exist/u),
    });
  });

  ordersKeepTogether(() => shop);
  ordersAreRetried(() => shop, ["repeatable read"]);
});
