import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteDriver, SqliteStore } from "coffer/sqlite";
import { afterAll, beforeAll } from "vitest";
import { AppTransactions } from "../contract/app-transactions.js";
import type { Harness } from "../contract/harness.js";
import { contractSuite } from "../contract/suite.js";
import { freshFolder, joined, openAsApp } from "./files.js";

/** The laws on files that this driver opens. */
export function lawsInFiles(driver: SqliteDriver): void {
  contractSuite(`SQLite through ${driver}`, inFiles(driver));
}

/** Each store has a file of its own; several connections share it. */
function inFiles(driver: SqliteDriver): Harness {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let files = 0;
  /** A file with the tables and nothing in them, to be copied: that takes less than to make one. */
  let template: string;
  beforeAll(async () => {
    folder = await freshFolder();
    template = join(folder.path, "template.db");
    const maker = sqliteStore({ path: template, driver });
    await maker.migrate();
    await maker.close();
  });
  afterAll(() => folder.remove());
  return {
    isLasting: true,
    // A transaction holds the whole file.
    capabilities: { isShared: true, hasRowLocks: false, joinsTransactions: true },
    open: async () => {
      const path = join(folder.path, `${(files += 1)}.db`);
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
        reopen: () => Promise.resolve(another()),
        begin: async () => {
          const app = await openAsApp(driver, path);
          app.exec("BEGIN IMMEDIATE");
          return open.add(joined(driver, app), (how) => {
            app.exec(how);
            app.close();
            return Promise.resolve();
          });
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
