import { join } from "node:path";
import type { SqliteDriver } from "coffer/sqlite";
import type { Database } from "../../support/databases.js";
import { processSuite } from "../processes/suite.js";
import { sqliteUrl } from "../processes/store-at.js";
import { freshFolder } from "./files.js";

/** Processes on one file, in which there is nothing yet. */
export function processesOnFile(driver: SqliteDriver): void {
  processSuite(`a file of SQLite, by ${driver}`, async (): Promise<Database> => {
    const { path, remove } = await freshFolder();
    return { url: sqliteUrl(join(path, "credits.db"), driver), drop: remove };
  });
}
