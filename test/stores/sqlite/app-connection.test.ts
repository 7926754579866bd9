import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteStore, SqlTransaction } from "coffer/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed } from "../contract/bench.js";
import { change, entry, everyRow, grant, key, receipt } from "../rows.js";
import { freshFolder, joined, openAsApp, PACKAGED_DRIVERS } from "./files.js";

type AppDatabase = Awaited<ReturnType<typeof openAsApp>>;

function countOrders(database: AppDatabase): number {
  return database.prepare("select id from orders").all([]).length;
}

// Within one process a file is opened by one driver only: each has a SQLite of its own, which do not see each other's locks.
describe.each(PACKAGED_DRIVERS)("by %s", (driver) => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let app: AppDatabase;
  let store: SqliteStore;
  const open = () => openAsApp(driver, join(folder.path, "app.db"));
  beforeEach(async () => {
    folder = await freshFolder();
    app = await open();
    app.exec("create table orders (id text) strict");
    store = sqliteStore({ database: app });
  });
  afterEach(async () => {
    await store.close();
    app.close();
    await folder.remove();
  });

  describe("a store on the app's connection", () => {
    it("waits for a transaction of the app, which it never joins by itself", async () => {
      await store.commit([change(key(), 0)]);
      app.exec("begin; insert into orders values ('a')");
      const waiting = Promise.all([store.load([{ key: key() }]), store.commit([change(key(), 1)])]);
      await setTimeout(30);
      app.exec("rollback");
      const [[snapshot], outcomes] = await waiting;
      expect([snapshot?.head?.version, outcomes]).toEqual([snapshot?.version, [{ status: "committed" }]]);
      expect(countOrders(app)).toBe(0);
    });

    it("says what holds it up when the app's transaction does not end", async () => {
      await store.migrate();
      app.exec("begin");
      const late = store.commit([change(key(), 0)], { timeoutMs: 50 });
      await expect(late).rejects.toEqual(failed("transient"));
      await expect(store.load([], { timeoutMs: 50 })).rejects.toThrow(/inside a transaction of the app/);
      app.exec("commit");
      expect(await store.load([{ key: key() }])).toMatchObject([{ version: 0 }]);
    });

    it("leaves its settings as they were, but for `synchronous`", async () => {
      app.exec("pragma busy_timeout = 1234; pragma synchronous = normal");
      await store.commit([change(key(), 0)]);
      expect(app.prepare("pragma busy_timeout").all([])).toMatchObject([{ timeout: 1234 }]);
      expect(app.prepare("pragma synchronous").all([])).toMatchObject([{ synchronous: 2 }]);
    });

    it("does not block the event loop while another connection writes", async () => {
      await store.migrate();
      const other = await open();
      other.exec("begin immediate");
      let turns = 0;
      const counting = setInterval(() => (turns += 1), 5);
      const late = store.commit([change(key(), 0)], { timeoutMs: 200 });
      await expect(late).rejects.toEqual(failed("transient"));
      clearInterval(counting);
      other.exec("rollback");
      other.close();
      expect(turns).toBeGreaterThan(5);
    });

    it("stays open when the store is closed", async () => {
      await store.commit([change(key(), 0)]);
      app.exec("begin");
      const waiting = store.load([{ key: key() }]);
      await store.close();
      await expect(waiting).rejects.toEqual(failed("permanent"));
      app.exec("commit");
      expect(countOrders(app)).toBe(0);
      await expect(store.load([])).rejects.toEqual(failed("permanent"));
    });
  });

  describe("a transaction of the app", () => {
    const reads = [{ key: key() }];
    let other: AppDatabase;
    let tx: SqlTransaction<"sqlite">;
    beforeEach(async () => {
      other = await open();
      other.exec("begin");
      tx = joined(driver, other);
    });
    afterEach(() => {
      other.close();
    });

    it("makes the tables, if its call is the first, and they go with it", async () => {
      await store.transact(reads, () => [change(key(), 0, everyRow)], { tx });
      expect(await store.load(reads, { tx })).toMatchObject([{ version: 1 }]);
      other.exec("rollback");
      expect(await store.load(reads)).toMatchObject([{ version: 0 }]);
    });

    it("fails rather than decide on rows that were read before another wrote", async () => {
      await store.commit([change(key(), 0)]);
      await store.load(reads, { tx });
      await store.commit([change(key(), 1)]);
      let decided = false;
      const decide = () => {
        decided = true;
        return [];
      };
      await expect(store.transact(reads, decide, { tx })).rejects.toEqual(failed("transient"));
      expect(decided).toBe(false);
      other.exec("rollback");
    });

    it("waits for another's lock within its time, and is as good as new after it", async () => {
      await store.migrate();
      app.exec("begin immediate");
      other.exec("pragma busy_timeout = 0");
      const late = store.transact(reads, () => [], { tx, timeoutMs: 40 });
      await expect(late).rejects.toEqual(failed("transient"));
      const waiting = store.transact(reads, () => [change(key(), 0)], { tx });
      await setTimeout(30);
      app.exec("rollback");
      await waiting;
      other.exec("commit");
      other.exec("begin immediate; insert into orders values ('b'); commit");
      expect(await store.load(reads)).toMatchObject([{ version: 1 }]);
    });

    it("keeps nothing of a transact that failed half-way, and what went before", async () => {
      await store.commit([change(key(), 0, { entries: [entry(1, 1)] })]);
      other.exec("insert into orders values ('a')");
      const broken = change(key(), 1, { opened: [grant("g")], entries: [entry(1, 1)] });
      await expect(store.transact(reads, () => [broken], { tx })).rejects.toEqual(failed("permanent"));
      await store.transact(reads, () => [change(key(), 1, { receipts: [receipt("k")] })], { tx });
      other.exec("commit");
      expect(await store.load(reads)).toMatchObject([{ version: 2, grants: [] }]);
      expect(countOrders(app)).toBe(1);
    });

    it("of another database is refused", async () => {
      const foreign = { ...tx, dialect: "postgres" } as unknown as SqlTransaction<"sqlite">;
      await expect(store.load(reads, { tx: foreign })).rejects.toEqual(failed("unsupported"));
      await expect(store.transact(reads, () => [], { tx: foreign })).rejects.toEqual(failed("unsupported"));
    });

    it.each([0, 2, 4])("that does not answer after %d statements is given up in time", async (answered) => {
      await store.load(reads);
      let count = 0;
      const silent: SqlTransaction<"sqlite"> = {
        dialect: "sqlite",
        run: (statement) => ((count += 1) > answered ? new Promise(() => undefined) : tx.run(statement)),
      };
      const started = performance.now();
      const late = store.transact(reads, () => [change(key(), 0)], { tx: silent, timeoutMs: 30 });
      await expect(late).rejects.toEqual(failed("transient"));
      expect(performance.now() - started).toBeLessThan(1_030);
    });
  });
});
