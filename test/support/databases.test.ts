import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { freshMysql, freshPostgres, hasMysql } from "./databases.js";

describe("a fresh PostgreSQL database", () => {
  it("is empty, syncs its commits, and does not sort by bytes", async () => {
    const { url, drop } = await freshPostgres();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT 'a' < 'B' AS like_english, current_setting('fsync') AS fsync,
        (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`,
    );
    expect(rows).toEqual([{ like_english: true, fsync: "on", tables: 0 }]);
    await client.end();
    await drop();
  });

  it("is nobody else's", async () => {
    const [one, other] = await Promise.all([freshPostgres(), freshPostgres()]);
    expect(one.url).not.toBe(other.url);
    await Promise.all([one.drop(), other.drop()]);
  });
});

describe.runIf(await hasMysql("the databases of MariaDB"))("a fresh MariaDB database", () => {
  it("is empty, syncs its commits, and does not tell case", async () => {
    const { url, drop } = await freshMysql();
    const connection = await mysql.createConnection(url);
    const [rows] = await connection.query(
      `SELECT 'a' = 'A' AS folds_case, @@innodb_flush_log_at_trx_commit AS sync,
        (SELECT count(*) FROM information_schema.tables WHERE table_schema = database()) AS tables`,
    );
    expect(rows).toEqual([{ folds_case: 1, sync: 1, tables: 0 }]);
    await connection.end();
    await drop();
  });
});
