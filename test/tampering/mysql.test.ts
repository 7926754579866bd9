/** Whatever is changed in the tables of MariaDB: the first wrong entry is named, or the head. */
import { type SqlTransaction, fromMysql2, mysqlStore } from "coffer/mysql";
import mysql from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { freshMysql, hasMysql } from "../support/databases.js";
import { judge, usualThoroughness } from "./judge.js";
import { type Access, evidenceIn } from "./sql.js";

/** Some thousand looks at a ledger, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

async function inMysql(act: (access: Access<SqlTransaction<"mysql">>) => Promise<void>): Promise<void> {
  const { url, drop } = await freshMysql();
  const options = { uri: url, connectionLimit: 2, supportBigNumbers: true, bigNumberStrings: true };
  const pool = mysql.createPool(options);
  const store = mysqlStore({ pool });
  await store.migrate();
  const connection = await pool.getConnection();
  await act({
    store,
    tables: { entry: "coffer_entry", wallet: "coffer_wallet" },
    placeholder: () => "?",
    rows: async (text) => (await connection.query<mysql.RowDataPacket[]>(text))[0],
    run: async (text, values) => void (await connection.query(text, [...values])),
    begin: async () => {
      await connection.beginTransaction();
      return fromMysql2(connection);
    },
    rollback: () => connection.rollback(),
  });
  connection.release();
  await store.close();
  await pool.end();
  await drop();
}

describe.runIf(await hasMysql("tampering with MariaDB"))("in MariaDB", () => {
  test(
    "every change of a stored ledger is found",
    () =>
      inMysql(async (access) => {
        const judgement = await judge(await evidenceIn(access), usualThoroughness("one place"));
        expect(judgement.unnoticed).toEqual([]);
        expect(judgement.named).toBeGreaterThan(250);
      }),
    PATIENCE_MS,
  );
});
