import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteDriver, SqliteStoreOptions } from "coffer/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed } from "../contract/bench.js";
import { change, key } from "../rows.js";
import { freshFolder, openAsApp } from "./files.js";

/** Opens by a first call. */
export async function use(options: SqliteStoreOptions): Promise<void> {
  const store = sqliteStore(options);
  try {
    await store.commit([change(key(), 0)]);
  } finally {
    await store.close();
  }
}

/** What every driver does alike. */
export function openingSuite(driver: SqliteDriver): void {
  describe(`a file, opened by ${driver},`, () => {
    let folder: Awaited<ReturnType<typeof freshFolder>>;
    let path: string;
    beforeEach(async () => {
      folder = await freshFolder();
      path = join(folder.path, "credits.db");
    });
    afterEach(() => folder.remove());

    it("is in WAL mode and has its tables", async () => {
      await use({ path, driver });
      const database = await openAsApp(driver, path);
      expect(database.prepare("pragma journal_mode").all()).toMatchObject([{ journal_mode: "wal" }]);
      expect(database.prepare("select version from coffer_wallet").all()).toMatchObject([{ version: 1 }]);
      database.close();
    });

    it("may be in memory", async () => {
      await use({ path: ":memory:", driver });
    });

    it("in a folder that does not exist is refused", async () => {
      const nowhere = join(folder.path, "none", "x.db");
      await expect(use({ path: nowhere, driver })).rejects.toEqual(failed("permanent"));
    });

    it("that is none of SQLite's is refused", async () => {
      await writeFile(path, "not a database, but long enough to look at ".repeat(100));
      await expect(use({ path, driver })).rejects.toEqual(failed("permanent"));
    });
  });
}
