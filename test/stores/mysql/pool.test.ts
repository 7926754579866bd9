import { mysqlStore } from "coffer/mysql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMysql } from "../../support/databases.js";
import { failed } from "../contract/bench.js";
import { change, everyRow, grant, key } from "../rows.js";
import { type Opened, connections, openDatabase, unreturned } from "./database.js";

it("takes nothing but a pool", () => {
  for (const pool of [undefined, null, {}, "mysql://localhost"])
    expect(() => mysqlStore({ pool: pool as never })).toThrow(/createPool/u);
});

describe.runIf(await hasMysql("pools of MariaDB"))("the app's pool", () => {
  let database: Opened;
  beforeAll(async () => {
    database = await openDatabase();
    await database.store.migrate();
  });
  afterAll(() => database.dispose());

  it("gets every connection back, whatever became of the call", async () => {
    const { pool, store } = database.another({ connectionLimit: 2 });
    const where = { part: 0 };
    await store.commit([change(key(1), 0, everyRow)]);
    await store.commit([change(key(1), 0), change(key(2), 0)]);
    await expect(store.commit([change(key(1), 1, { opened: [grant("g1")] })])).rejects.toThrow(/g1/u);
    await store.load([{ key: key(1) }, { key: key(2) }]);
    await store.transact([{ key: key(1) }], () => [change(key(1), 1)]);
    await store.transact([{ key: key(3) }], () => []);
    const refusing = store.transact([{ key: key(3) }], () => {
      throw new RangeError("no");
    });
    await expect(refusing).rejects.toThrow(RangeError);
    await store.events({ part: 0, after: 0, limit: 1 });
    await store.prune({ what: "events", part: 0, before: 0, limit: 1 });
    await store.due({ before: 0, parts: [0, 1], limit: 1 });
    await expect(store.list({ kind: "grants", where, limit: 1, after: "?" })).rejects.toThrow(/after/u);
    await store.migrate();
    await expect.poll(() => unreturned(pool)).toBe(0);
  });

  it("finds its sessions as they were", async () => {
    const { pool, store } = database.another({ connectionLimit: 1 });
    const ask = async () => {
      const [rows] = await pool.query(
        "SELECT @@innodb_lock_wait_timeout, @@tx_isolation, @@autocommit, @@in_transaction",
      );
      return rows;
    };
    const before = await ask();
    await store.transact([{ key: key(1) }], () => [], { timeoutMs: 2_000 });
    await store.commit([change(key(20), 0)]);
    await store.load([{ key: key(1) }]);
    expect(await ask()).toEqual(before);
  });

  it("a call that gets no connection fails in time, and nothing happened", async () => {
    const { pool, store } = database.another({ connectionLimit: 1 });
    await store.load([{ key: key(30) }]);
    const taken = await pool.getConnection();
    const started = performance.now();
    const waiting = store.commit([change(key(30), 0)], { timeoutMs: 200 });
    await expect(waiting).rejects.toEqual(failed("transient"));
    expect(performance.now() - started).toBeLessThan(1_200);
    taken.release();
    expect(await store.load([{ key: key(30) }])).toMatchObject([{ version: 0 }]);
    await expect.poll(() => unreturned(pool)).toBe(0);
  });

  it("loses the connection that a call waited on beyond its time", async () => {
    const { pool, store } = database.another({ connectionLimit: 1 });
    await store.commit([change(key(40), 0)]);
    const { tx, end } = await database.begin("READ COMMITTED");
    await database.store.transact([{ key: key(40) }], () => [], { tx });
    const waiting = store.transact([{ key: key(40) }], () => [change(key(40), 1)], { timeoutMs: 200 });
    await expect(waiting).rejects.toEqual(failed("transient"));
    expect(connections(pool)).toBe(0);
    await end("rollback");
    await store.transact([{ key: key(40) }], () => [change(key(40), 1)]);
    expect(await store.load([{ key: key(40) }])).toMatchObject([{ version: 2 }]);
  });

  it("may give rows in the app's own way", async () => {
    const typeCast = () => "the app's";
    const { store } = database.another({ rowsAsArray: true, typeCast });
    await store.commit([change(key(50), 0, everyRow)]);
    const [snapshot] = await store.load([{ key: key(50) }]);
    expect(snapshot?.grants).toEqual(everyRow.opened);
  });

  it("is used no more after close, and stays open", async () => {
    const { pool, store } = database.another();
    await store.close();
    await expect(store.load([])).rejects.toEqual(failed("permanent"));
    await expect(store.migrate()).rejects.toEqual(failed("permanent"));
    await pool.query("SELECT 1");
  });

  it("must not cut what does not fit, nor use another charset", async () => {
    const latin1 = database.another({ charset: "LATIN1_SWEDISH_CI" }).store;
    await expect(latin1.load([{ key: key() }])).rejects.toThrow(/utf8mb4/u);
    const { pool, store } = database.another({ connectionLimit: 1 });
    await pool.query("SET SESSION sql_mode = ''");
    await expect(store.load([{ key: key() }])).rejects.toThrow(/STRICT_TRANS_TABLES/u);
    await pool.query("SET SESSION sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
    const said = { unused: ["it's \\' \" `"], opened: [grant("\\")] };
    expect(await store.commit([change(key(60), 0, said)])).toEqual([{ status: "committed" }]);
    expect(await store.load([{ key: key(60) }])).toMatchObject([{ grants: said.opened }]);
  });
});
