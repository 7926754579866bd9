import { join } from "node:path";
import Database from "better-sqlite3";
import { sqliteMigrations, sqliteStore } from "coffer/sqlite";
import type { SqliteStoreOptions } from "coffer/sqlite";
import { StoreError } from "coffer/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed } from "../contract/bench.js";
import { change, key } from "../rows.js";
import { freshFolder } from "./files.js";
import { openingSuite, use } from "./opening.js";

let folder: Awaited<ReturnType<typeof freshFolder>>;
let path: string;
beforeEach(async () => {
  folder = await freshFolder();
  path = join(folder.path, "credits.db");
});
afterEach(() => folder.remove());

openingSuite("better-sqlite3");
openingSuite("libsql");

describe("a file", () => {
  it("is opened again after an attempt that failed", async () => {
    const store = sqliteStore({ path: join(folder.path, "later", "x.db") });
    await expect(store.load([])).rejects.toEqual(failed("permanent"));
    await store.close();
    await expect(store.load([])).rejects.toThrow(/closed/);
    await expect(store.migrate()).rejects.toEqual(failed("permanent"));
  });
});

describe("the tables", () => {
  it("are made by nobody else where `migrate` is manual", async () => {
    await expect(use({ path, migrate: "manual" })).rejects.toThrow(/store\.migrate\(\)/);
    const store = sqliteStore({ path, migrate: "manual" });
    await store.migrate();
    await store.migrate();
    expect(await store.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
    await store.close();
  });

  it("may be made by a script", async () => {
    const database = new Database(path);
    database.exec(sqliteMigrations());
    database.close();
    await use({ path, migrate: "manual", driver: "better-sqlite3" });
  });

  it.each(["auto", "manual"] as const)("of a newer version are refused, migrated %s", async (migrate) => {
    await use({ path });
    const database = new Database(path);
    database.exec("insert into coffer_migration values (99, 'of the future')");
    database.close();
    await expect(use({ path, migrate })).rejects.toEqual(failed("unsupported"));
    const store = sqliteStore({ path });
    await expect(store.migrate()).rejects.toEqual(failed("unsupported"));
    await store.close();
  });
});

describe("what cannot be", () => {
  it.each<[string, object]>([
    ["neither path nor database", {}],
    ["both", { path: "x", database: {} }],
    ["an empty path", { path: "" }],
    ["a path that is none", { path: 1 }],
    ["a database that is none", { database: {} }],
    ["an unknown driver", { path: "x", driver: "sqlite3" }],
    ["a careless disk", { path: "x", synchronous: "OFF" }],
    ["a patience beyond reason", { path: "x", busyTimeoutMs: 60_000 }],
    ["an unknown way to migrate", { path: "x", migrate: "never" }],
  ])("%s is refused at once", (_, options) => {
    expect(() => sqliteStore(options as SqliteStoreOptions)).toThrow(StoreError);
  });

  it("a SQLite that is too old is refused", async () => {
    const database = new Database(":memory:");
    database.function("sqlite_version", () => "3.40.1");
    await expect(use({ database })).rejects.toThrow(/SQLite 3\.41 or later is needed/);
    database.close();
  });

  it("a timeout that is no number is refused", async () => {
    const store = sqliteStore({ path });
    await expect(store.load([], { timeoutMs: Number.NaN })).rejects.toEqual(failed("permanent"));
    await store.close();
  });
});
