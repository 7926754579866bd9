import type { RowDataPacket } from "mysql2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMysql } from "../../support/databases.js";
import { failed } from "../contract/bench.js";
import { change, entry, everyRow, grant, key, receipt } from "../rows.js";
import { type Opened, openDatabase } from "./database.js";

describe.runIf(await hasMysql("commits in MariaDB"))("a commit", () => {
  let database: Opened;
  beforeAll(async () => {
    database = await openDatabase();
    await database.store.migrate();
  });
  afterAll(() => database.dispose());

  it("of which only the births fail says so, not that nothing was written", async () => {
    const { store, pool } = database;
    await store.commit([change(key(1), 0)]);
    // A row that no wallet has.
    await pool.query(
      "INSERT INTO coffer_record (part, wallet, kind, id, open, data) VALUES (0, 2, 'hold', 'r', 1, '')",
    );
    await pool.query(
      "INSERT INTO coffer_outbox (part, wallet, event_no, type, at, payload) VALUES (0, 2, 1, 't', 0, '')",
    );
    const broken = change(key(2), 0, everyRow);
    const outcomes = await store.commit([broken, change(key(1), 1), change(key(3), 0)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["busy", "committed", "busy"]);
    await expect(store.commit([broken])).rejects.toEqual(failed("permanent"));
    const snapshots = await store.load([{ key: key(1) }, { key: key(2) }, { key: key(3) }]);
    expect(snapshots.map(({ version }) => version)).toEqual([2, 0, 0]);
    expect(await store.commit([change(key(3), 0)])).toEqual([{ status: "committed" }]);
  });

  it("meets a place that nobody filled as busy, and makes the wallet under lock", async () => {
    const { store, pool } = database;
    await store.commit([change(key(10), 0)]);
    await pool.query("UPDATE coffer_wallet SET version = 0 WHERE wallet = 16 OR wallet = 10");
    expect(await store.commit([change(key(10), 0)])).toEqual([{ status: "busy" }]);
    await store.transact([{ key: key(10) }], () => [change(key(10), 0)]);
    expect(await store.load([{ key: key(10) }])).toMatchObject([{ version: 1 }]);
  });

  it("of two hundred wallets takes a few dozen statements", async () => {
    // One connection, which counts what is sent over it.
    const { store, pool } = database.another({ connectionLimit: 1 });
    const keys = Array.from({ length: 200 }, (_, index) => key(1_000 + index, index));
    await store.commit(keys.map((key) => change(key, 0, { opened: [grant("g")] })));
    const sentBy = async (call: () => Promise<unknown>) => {
      const before = await sent();
      await call();
      return (await sent()) - before;
    };
    const sent = async () => {
      const [rows] = await pool.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Questions'");
      return Number(rows[0]?.["Value"]);
    };
    const rows = { unused: ["k"], moved: [grant("g")], entries: [entry(1, 1)], receipts: [receipt("k")] };
    const committing = await sentBy(async () => {
      const outcomes = await store.commit(keys.map((key) => change(key, 1, rows)));
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["committed"]));
    });
    const loading = await sentBy(() => store.load(keys.map((key) => ({ key, receipts: ["k"] }))));
    expect(committing).toBeLessThan(40);
    expect(loading).toBeLessThan(10);
  });

  it("locks and finds its wallets through the primary key, however small the table", async () => {
    const { pool } = database;
    const point = "(w.part = 0 AND w.wallet = cast(? as signed))";
    for (const values of [["1"], ["1", "2"]]) {
      const points = [...values.map(() => point), "(w.part = -1 AND w.wallet = -1)"].join(" OR ");
      const [plan] = await pool.execute(
        `EXPLAIN SELECT w.version FROM coffer_wallet AS w FORCE INDEX (PRIMARY) WHERE ${points} FOR UPDATE SKIP LOCKED`,
        values,
      );
      expect(plan).toMatchObject([{ type: "range", key: "PRIMARY", key_len: "10" }]);
    }
  });
});
