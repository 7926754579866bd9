import { memoryStore } from "coffer/memory";
import { mysqlMigrations, mysqlStore } from "coffer/mysql";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import { expect, it } from "vitest";

type Make = (options: never) => unknown;

it.each<[string, Make, object]>([
  ["memoryStore", memoryStore, { limit: {} }],
  ["sqliteStore", sqliteStore, { path: ":memory:", synchronus: "NORMAL" }],
  ["postgresStore", postgresStore, { pool: {}, shema: "billing" }],
  ["mysqlStore", mysqlStore, { pool: {}, schema: "billing" }],
])("%s refuses an option that there is none of, and names it", (name, make, options) => {
  const [, misspelt = "limit"] = Object.keys(options).toSorted((a, b) => a.length - b.length);
  expect(() => make(options as never)).toThrow(new RegExp(`^${name}: there is no option "${misspelt}"`, "u"));
});

it.each<[string, Make]>([
  ["memoryStore", memoryStore],
  ["sqliteStore", sqliteStore],
  ["postgresStore", postgresStore],
  ["mysqlStore", mysqlStore],
])("%s looks for no options in a text, which may be long", (name, make) => {
  expect(() => make("an option" as never)).toThrow(`${name}: give its options as a plain object`);
});

it("mysqlMigrations knows two servers", () => {
  expect(() => mysqlMigrations({ server: "oracle" as never })).toThrow('"mysql" or "mariadb"');
});
