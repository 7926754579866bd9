import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBetterSqlite3, sqliteStore } from "coffer/sqlite";
import type { SqliteDriver, SqliteStore } from "coffer/sqlite";
import { afterAll } from "vitest";
import { AppTransactions } from "./contract/app-transactions.js";
import type { Harness } from "./contract/harness.js";
import { contractSuite } from "./contract/suite.js";
import { openAsApp, PACKAGED_DRIVERS } from "./sqlite/files.js";

const folder = await mkdtemp(join(tmpdir(), "coffer-sqlite-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;

/** A file with the tables and nothing in them, to be copied: that takes less than to make one. */
const template = join(folder, "template.db");
const maker = sqliteStore({ path: template, driver: "libsql" });
await maker.migrate();
await maker.close();

/** Each store has a file of its own; several connections share it. */
function inFiles(driver: SqliteDriver): Harness {
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
        begin: async () => {
          const app = await openAsApp(driver, path);
          app.exec("BEGIN IMMEDIATE");
          const end = (how: "commit" | "rollback") => {
            app.exec(how);
            app.close();
            return Promise.resolve();
          };
          return open.add(fromBetterSqlite3(app), end);
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

for (const driver of PACKAGED_DRIVERS) contractSuite(`SQLite through ${driver}`, inFiles(driver));
