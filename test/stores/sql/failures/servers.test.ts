/** What real servers and their drivers answer, beside the codes that are written down. */
import { setTimeout } from "node:timers/promises";
import mysql from "mysql2/promise";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyMysql } from "../../../../src/stores/sql/failures/mysql.js";
import { classifyPostgres } from "../../../../src/stores/sql/failures/postgres.js";
import { freshMysql, freshPostgres, hasMysql, type Database } from "../../../support/databases.js";

async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return await promise.then(
    () => new Error("there was no error"),
    (error: unknown) => error,
  );
}

const CREATE = "CREATE TABLE t (id INT PRIMARY KEY, v INT CHECK (v >= 0))";

describe("PostgreSQL", () => {
  let database: Database;
  const clients: pg.Client[] = [];

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client(database.url);
    client.on("error", () => {}); // of connections that the server ends
    await client.connect();
    clients.push(client);
    return client;
  }

  beforeAll(async () => {
    database = await freshPostgres();
    const client = await connected();
    await client.query(`${CREATE}; INSERT INTO t VALUES (1, 1), (2, 2)`);
  });

  afterAll(async () => {
    for (const client of clients) await client.end();
    await database.drop();
  });

  it("locks, deadlocks, serialisation and time limits pass", async () => {
    const one = await connected();
    const two = await connected();
    await two.query("SET deadlock_timeout = '50ms'");
    await one.query("BEGIN; UPDATE t SET v = 1 WHERE id = 1");
    expect(classifyPostgres(await errorOf(two.query("SELECT * FROM t FOR UPDATE NOWAIT")))).toMatchObject({
      outcome: "undone",
      again: true,
      said: expect.stringContaining("(55P03)"),
    });
    await two.query("SET statement_timeout = '50ms'");
    const late = classifyPostgres(await errorOf(two.query("UPDATE t SET v = 2 WHERE id = 1")));
    expect(late).toMatchObject({ outcome: "undone", again: true, said: expect.stringContaining("(57014)") });
    await two.query("SET statement_timeout = 0; BEGIN; UPDATE t SET v = 2 WHERE id = 2");
    const waiting = errorOf(two.query("UPDATE t SET v = 2 WHERE id = 1"));
    const first = await errorOf(one.query("UPDATE t SET v = 1 WHERE id = 2"));
    const second = await Promise.race([waiting, Promise.resolve(null)]);
    const deadlocked = [first, second].find((error) => error instanceof pg.DatabaseError);
    expect(classifyPostgres(deadlocked)).toMatchObject({
      outcome: "undone",
      again: true,
      said: expect.stringContaining("40P01"),
    });
    await one.query("ROLLBACK");
    await waiting;
    await two.query("ROLLBACK; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT * FROM t");
    await one.query("UPDATE t SET v = 5");
    expect(classifyPostgres(await errorOf(two.query("UPDATE t SET v = 6")))).toMatchObject({
      outcome: "undone",
      again: true,
      said: expect.stringContaining("(40001)"),
    });
    const aborted = classifyPostgres(await errorOf(two.query("SELECT 1")));
    expect(aborted).toMatchObject({
      outcome: "undone",
      again: false,
      advice: expect.stringContaining("roll it back"),
    });
  });

  it("what the server refuses does not pass, but for a read-only session", async () => {
    const client = await connected();
    expect(classifyPostgres(await errorOf(client.query("INSERT INTO t VALUES (3, -1)")))?.again).toBe(false);
    expect(classifyPostgres(await errorOf(client.query("SELECT nothing FROM t")))?.advice).toContain(
      "migrate",
    );
    await client.query("SET default_transaction_read_only = on");
    expect(classifyPostgres(await errorOf(client.query("UPDATE t SET v = 1")))).toMatchObject({
      again: true,
      drop: true,
    });
  });

  it("a connection that the server ends is lost", async () => {
    const client = await connected();
    const other = await connected();
    const pid = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
    const sleeping = errorOf(client.query("SELECT pg_sleep(10)"));
    await other.query("SELECT pg_terminate_backend($1)", [pid]);
    expect(classifyPostgres(await sleeping)).toMatchObject({ outcome: "unknown", drop: true });
    expect(classifyPostgres(await errorOf(client.query("SELECT 1")))).toMatchObject({ drop: true });
  });

  it("postgres.js says so in its own words", async () => {
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    const other = await connected();
    const [row] = await sql`SELECT pg_backend_pid() AS pid`;
    const sleeping = errorOf(sql`SELECT pg_sleep(10)`);
    await setTimeout(100); // it sends on a later turn
    await other.query("SELECT pg_terminate_backend($1)", [row?.["pid"]]);
    expect(classifyPostgres(await sleeping)).toMatchObject({ outcome: "unknown", drop: true });
    await sql.end({ timeout: 1 });
    expect(classifyPostgres(await errorOf(sql`SELECT 1`))).toMatchObject({ outcome: "undone", again: false });
  });

  it("a pool without room, and one that was ended, sent nothing", async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: 500 });
    const client = await pool.connect();
    expect(classifyPostgres(await errorOf(pool.query("SELECT 1")))).toMatchObject({
      outcome: "undone",
      again: true,
    });
    client.release();
    await pool.end();
    expect(classifyPostgres(await errorOf(pool.query("SELECT 1")))).toMatchObject({
      outcome: "undone",
      again: false,
    });
  });

  it("neither passwords, databases nor hosts that are wrong let anything be sent", async () => {
    const elsewhere = (change: (url: URL) => void): string => {
      const url = new URL(database.url);
      change(url);
      return url.href;
    };
    const failing = async (url: string) => classifyPostgres(await errorOf(new pg.Client(url).connect()));
    expect(await failing(elsewhere((url) => (url.pathname = "/nowhere")))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    expect(await failing(elsewhere((url) => (url.password = "wrong")))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    expect(await failing(elsewhere((url) => (url.port = "1")))).toMatchObject({
      outcome: "undone",
      again: true,
    });
  });
});

describe.skipIf(!(await hasMysql("errors of MySQL")))("MariaDB", () => {
  let database: Database;
  const connections: mysql.Connection[] = [];

  async function connected(): Promise<mysql.Connection> {
    const connection = await mysql.createConnection(database.url);
    connection.on("error", () => {}); // of connections that the server ends
    connections.push(connection);
    return connection;
  }

  beforeAll(async () => {
    database = await freshMysql();
    const connection = await connected();
    await connection.query(CREATE);
    await connection.query("INSERT INTO t VALUES (1, 1), (2, 2)");
  });

  afterAll(async () => {
    for (const connection of connections) connection.destroy();
    await database.drop();
  });

  it("locks, deadlocks and time limits pass", async () => {
    const one = await connected();
    const two = await connected();
    await one.beginTransaction();
    await one.query("UPDATE t SET v = 1 WHERE id = 1");
    await two.query("SET innodb_lock_wait_timeout = 1");
    const nowait = classifyMysql(await errorOf(two.query("SELECT * FROM t FOR UPDATE NOWAIT")));
    expect(nowait).toMatchObject({ outcome: "undone", again: true });
    const limited = "SET STATEMENT max_statement_time = 0.05 FOR SELECT SLEEP(5)";
    expect(classifyMysql(await errorOf(two.query(limited)))).toMatchObject({
      outcome: "undone",
      again: true,
    });
    await two.beginTransaction();
    await two.query("UPDATE t SET v = 2 WHERE id = 2");
    const waiting = errorOf(two.query("UPDATE t SET v = 2 WHERE id = 1"));
    const first = errorOf(one.query("UPDATE t SET v = 1 WHERE id = 2"));
    const errors = await Promise.all([first, waiting.finally(() => void two.rollback())]);
    const deadlocked = errors.filter((error) => (error as { errno?: number }).errno === 1213);
    expect(deadlocked).toHaveLength(1);
    expect(classifyMysql(deadlocked[0])).toMatchObject({ outcome: "undone", again: true });
    await one.rollback();
  });

  it("what the server refuses does not pass", async () => {
    const connection = await connected();
    for (const statement of [
      "INSERT INTO t VALUES (3, -1)",
      "INSERT INTO t VALUES (1, 1)",
      "INSERT INTO t VALUES (4, 99999999999)",
      "SELECT * FROM nowhere",
      "SELEC",
    ]) {
      expect(classifyMysql(await errorOf(connection.query(statement)))).toMatchObject({
        outcome: "undone",
        again: false,
      });
    }
  });

  it("a connection that the server ends is lost, and what comes after it is not sent", async () => {
    const connection = await connected();
    const other = await connected();
    const sleeping = errorOf(connection.query("SELECT SLEEP(10)"));
    await other.query(`KILL ${connection.threadId}`);
    expect(classifyMysql(await sleeping)).toMatchObject({ outcome: "unknown", drop: true });
    expect(classifyMysql(await errorOf(connection.query("SELECT 1")))).toMatchObject({ drop: true });
  });

  it("a pool without room, and one that was ended, sent nothing", async () => {
    const pool = mysql.createPool({ uri: database.url, connectionLimit: 1, waitForConnections: false });
    const connection = await pool.getConnection();
    expect(classifyMysql(await errorOf(pool.query("SELECT 1")))).toMatchObject({
      outcome: "undone",
      again: true,
    });
    connection.release();
    await pool.end();
    expect(classifyMysql(await errorOf(pool.query("SELECT 1")))).toMatchObject({
      outcome: "undone",
      again: false,
    });
  });

  it("neither users, databases nor hosts that are wrong let anything be sent", async () => {
    const failing = async (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      return classifyMysql(await errorOf(mysql.createConnection(url.href)));
    };
    expect(await failing((url) => (url.pathname = "/nowhere"))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    expect(await failing((url) => (url.username = "nobody"))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    expect(await failing((url) => (url.port = "1"))).toMatchObject({ outcome: "undone", again: true });
  });
});
