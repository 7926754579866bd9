import { mysqlMigrations, mysqlStore } from "coffer/mysql";
import type { MysqlPool } from "coffer/mysql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasMysql } from "../../support/databases.js";
import { failed } from "../contract/bench.js";
import { change, key } from "../rows.js";
import { type Opened, openDatabase } from "./database.js";

/** A pool whose server says that it is of this version, and nothing else. */
function serverOf(version: string): MysqlPool {
  const answer = () => Promise.resolve([[{ version }], []] as const);
  const connection = { query: answer, execute: answer, release: () => undefined, destroy: () => undefined };
  return { getConnection: () => Promise.resolve(connection) };
}

it.each([
  ["5.7.44-log", "MySQL 5.7.44-log"],
  ["8.0.16", "8.0.17"],
  ["10.5.23-MariaDB", "10.6.0"],
  ["5.5.5-10.5.23-MariaDB-log", "10.6.0"],
  ["", "MySQL"],
])("a server of version %j is refused", async (version, said) => {
  const store = mysqlStore({ pool: serverOf(version) });
  await expect(store.migrate()).rejects.toThrow(said);
  await expect(store.load([{ key: key() }])).rejects.toEqual(failed("unsupported"));
});

it("the script names what differs between the servers", () => {
  expect(mysqlMigrations({ server: "mysql" })).toContain("utf8mb4_0900_bin");
  expect(mysqlMigrations({ server: "mariadb" })).toContain("utf8mb4_nopad_bin");
});

describe.runIf(await hasMysql("migrations of MariaDB"))("migrations", () => {
  let database: Opened;
  beforeEach(async () => {
    database = await openDatabase();
  });
  afterEach(() => database.dispose());

  it("by five processes at once", async () => {
    const stores = Array.from({ length: 5 }, () => database.another().store);
    await Promise.all(stores.map((store) => store.migrate()));
    const [rows] = await database.pool.query("SELECT version FROM coffer_migration");
    expect(rows).toEqual([{ version: 1 }]);
    expect(await stores[4]?.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
  });

  it("are asked for where there are no tables, and then found", async () => {
    await expect(database.store.load([{ key: key() }])).rejects.toThrow(/store\.migrate\(\)/u);
    await expect(database.store.commit([change(key(), 0)])).rejects.toEqual(failed("permanent"));
    await database.store.migrate();
    expect(await database.store.load([{ key: key() }])).toMatchObject([{ version: 0 }]);
  });

  it("by the script are those of the store", async () => {
    for (const statement of mysqlMigrations({ server: "mariadb" }).split(";\n").filter(Boolean))
      await database.pool.query(statement);
    expect(await database.store.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
    await database.store.migrate();
  });

  it("of a newer library are refused", async () => {
    await database.store.migrate();
    await database.pool.query("INSERT INTO coffer_migration VALUES (2, 'what is to come')");
    const late = database.another().store;
    await expect(late.migrate()).rejects.toEqual(failed("unsupported"));
    await expect(late.commit([change(key(), 0)])).rejects.toThrow(/Update coffer/u);
  });
});
