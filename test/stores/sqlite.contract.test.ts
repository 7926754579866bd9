import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { fromBetterSqlite3, sqliteStore } from "coffer/sqlite";
import type { BetterSqlite3Database, SqliteDriver, SqliteStore } from "coffer/sqlite";
import Libsql from "libsql";
import { afterAll } from "vitest";
import { AppTransactions } from "./contract/app-transactions.js";
import type { Harness } from "./contract/harness.js";
import { contractSuite } from "./contract/suite.js";

const folder = await mkdtemp(join(tmpdir(), "coffer-sqlite-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;

/** A file with the tables and nothing in them, to be copied: that takes less than to make one. */
const template = join(folder, "template.db");
const maker = sqliteStore({ path: template, driver: "better-sqlite3" });
await maker.migrate();
await maker.close();

interface AppDatabase extends BetterSqlite3Database {
  close(): unknown;
}

/** Each store has a file of its own; several connections share it. */
function inFiles(driver: SqliteDriver, connect: (path: string) => AppDatabase): Harness {
  return {
    // A transaction holds the whole file.
    capabilities: { isShared: true, hasRowLocks: false, joinsTransactions: true },
    open: async () => {
      const path = join(folder, `${(files += 1)}.db`);
      await copyFile(template, path);
      const stores: SqliteStore[] = [];
      const open = new AppTransactions();
      const another = () => {
        const store = sqliteStore({ path, driver });
        stores.push(store);
        return store;
      };
      return {
        store: another(),
        another: () => Promise.resolve(another()),
        begin: () => {
          const app = connect(path);
          app.exec("BEGIN IMMEDIATE");
          const end = (how: "commit" | "rollback") => {
            app.exec(how);
            app.close();
            return Promise.resolve();
          };
          return Promise.resolve(open.add(fromBetterSqlite3(app), end));
        },
        dispose: async () => {
          await open.rollbackAll();
          await Promise.all(stores.map((store) => store.close()));
          await rm(path, { force: true });
        },
      };
    },
  };
}

contractSuite(
  "SQLite through better-sqlite3",
  inFiles("better-sqlite3", (path) => new BetterSqlite3(path)),
);

contractSuite(
  "SQLite through libsql",
  inFiles("libsql", (path) => new Libsql(path)),
);
