import { join } from "node:path";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteDriver } from "coffer/sqlite";
import { AppTransactions } from "../contract/app-transactions.js";
import type { Harness } from "../contract/harness.js";
import { contractSuite } from "../contract/suite.js";
import { freshFolder, joined, openAsApp } from "./files.js";

/** The store works on a connection of the app; others have stores, and transactions, on the same file. */
function shared(driver: SqliteDriver): Harness {
  return {
    capabilities: { isShared: true, hasRowLocks: false, joinsTransactions: true },
    open: async () => {
      const folder = await freshFolder();
      const path = join(folder.path, "app.db");
      const app = await openAsApp(driver, path);
      const store = sqliteStore({ database: app });
      const stores = [store];
      const transactions = new AppTransactions();
      await store.migrate();
      return {
        store,
        another: () => {
          const other = sqliteStore({ path, driver });
          stores.push(other);
          return Promise.resolve(other);
        },
        begin: async () => {
          const database = await openAsApp(driver, path);
          database.exec("begin");
          return transactions.add(joined(driver, database), (how) => {
            database.exec(how);
            database.close();
            return Promise.resolve();
          });
        },
        dispose: async () => {
          await transactions.rollbackAll();
          await Promise.all(stores.map((store) => store.close()));
          app.close();
          await folder.remove();
        },
      };
    },
  };
}

/** Where the store works on a connection of the app. */
export function lawsOnAppConnection(driver: SqliteDriver): void {
  contractSuite(`SQLite on a connection of the app, by ${driver}`, shared(driver));
}
