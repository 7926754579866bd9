import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Whether better-sqlite3 is there: it is compiled where no binary of it can be downloaded, so not every machine has
 * it. If not, the run says that `suite` is left out; with COFFER_REQUIRE_DRIVERS=1 it fails instead.
 */
export function hasBetterSqlite3(suite: string): boolean {
  try {
    // Only opening a database shows that the binary is there.
    const Database = require("better-sqlite3") as new (path: string) => { close(): void };
    new Database(":memory:").close();
    return true;
  } catch (cause) {
    if (process.env["COFFER_REQUIRE_DRIVERS"] === "1")
      throw new Error(`better-sqlite3 is not installed, for: ${suite}`, { cause });
    console.warn(`NOT RUN: ${suite}, as better-sqlite3 is not installed (no compiler, no download?)`);
    return false;
  }
}
