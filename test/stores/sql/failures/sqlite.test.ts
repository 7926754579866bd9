import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classifySqlite } from "../../../../src/stores/sql/failures/sqlite.js";
import { driverError } from "./driver-errors.js";
import { RESULT_CODES } from "./result-codes.js";

const AGAIN =
  /^SQLITE_(BUSY|LOCKED|INTERRUPT|NOMEM|PROTOCOL|SCHEMA|ABORT|ERROR_RETRY|ERROR_SNAPSHOT|IOERR_NOMEM)/u;

describe("classifySqlite", () => {
  it.each(Object.entries(RESULT_CODES))("has a rule for %s", (name, number) => {
    if (name === "SQLITE_ROW" || name === "SQLITE_DONE") return; // no errors: a statement has a row, has ended
    const isUnknown = name.startsWith("SQLITE_IOERR") && name !== "SQLITE_IOERR_NOMEM";
    const expected = { outcome: isUnknown ? "unknown" : "undone", again: AGAIN.test(name) };
    expect(classifySqlite(driverError("", { code: name }))).toMatchObject(expected);
    expect(classifySqlite(driverError("", { code: name, rawCode: number }))).toMatchObject(expected);
    expect(
      classifySqlite(driverError("", { code: "ERR_SQLITE_ERROR", errcode: number, errstr: "" })),
    ).toMatchObject(expected);
  });

  it.each([
    ["The database connection is not open", undefined, false],
    ["database is not open", "ERR_INVALID_STATE", false],
    ["This database connection is busy executing a query", undefined, true],
    ["Cannot open database because the directory does not exist", undefined, false],
  ])("knows %j, code %s", (message, code, again) => {
    expect(classifySqlite(driverError(message, { code }))).toMatchObject({ outcome: "undone", again });
  });

  it("asks what SQLite said where Prisma passes it on", () => {
    const cause = {
      originalCode: "SQLITE_BUSY",
      originalMessage: "database is locked",
      kind: "SocketTimeout",
    };
    const error = driverError("Operations timed out", {
      code: "P1008",
      meta: { driverAdapterError: { cause } },
    });
    expect(classifySqlite(error)).toMatchObject({
      outcome: "undone",
      again: true,
      said: "database is locked (SQLITE_BUSY)",
    });
  });

  it.each([
    ["517", "SQLITE_BUSY: database is locked", { outcome: "undone", again: true }],
    ["1", "SQLITE_ERROR: no such table: t", { outcome: "undone", again: false }],
    ["10", "SQLITE_IOERR: disk I/O error", { outcome: "unknown", again: false }],
  ])(
    "knows the number %s, which is all that Prisma passes on of libsql's",
    (originalCode, said, expected) => {
      const cause = { originalCode, originalMessage: said, kind: "sqlite" };
      const error = driverError("Raw query failed", {
        code: "P2010",
        meta: { driverAdapterError: { cause } },
      });
      expect(classifySqlite(error)).toMatchObject({
        ...expected,
        said: expect.stringContaining(said) as string,
      });
    },
  );

  it("leaves what it does not know unclassified", () => {
    expect(classifySqlite(new TypeError("x is not a function"))).toBeNull();
    expect(classifySqlite(driverError("", { code: "SQLITE_NEWCODE" }))).toBeNull();
  });
});

describe.each([
  ["better-sqlite3", BetterSqlite3],
  ["libsql", Libsql],
])("errors of %s", (_name, Database) => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "coffer-sqlite-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function open(): InstanceType<typeof BetterSqlite3> {
    return new Database(join(folder, "a.db"), { timeout: 0 }) as InstanceType<typeof BetterSqlite3>;
  }

  function failureOf(act: () => unknown): ReturnType<typeof classifySqlite> | "no error" {
    try {
      act();
      return "no error";
    } catch (error) {
      return classifySqlite(error);
    }
  }

  it("are classed", () => {
    const one = open();
    const two = open();
    one.exec("CREATE TABLE t (v TEXT PRIMARY KEY NOT NULL)");
    one.exec("INSERT INTO t VALUES ('a')");
    expect(failureOf(() => one.exec("INSERT INTO t VALUES ('a')"))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    expect(failureOf(() => one.prepare("SELECT * FROM nowhere").all())).toMatchObject({
      outcome: "undone",
      again: false,
      said: "no such table: nowhere (SQLITE_ERROR)",
      advice: expect.stringContaining("store.migrate()"),
    });
    one.exec("BEGIN IMMEDIATE");
    expect(failureOf(() => two.exec("BEGIN IMMEDIATE"))).toMatchObject({ outcome: "undone", again: true });
    one.exec("ROLLBACK");
    one.exec("PRAGMA query_only = 1");
    expect(failureOf(() => one.exec("INSERT INTO t VALUES ('b')"))).toMatchObject({
      outcome: "undone",
      again: false,
    });
    two.exec("PRAGMA max_page_count = 3");
    expect(failureOf(() => two.prepare("INSERT INTO t VALUES (?)").run(["x".repeat(100_000)]))).toMatchObject(
      {
        outcome: "undone",
        again: false,
        advice: expect.stringContaining("full"),
      },
    );
    two.close();
    expect(failureOf(() => two.prepare("SELECT 1"))).toMatchObject({ outcome: "undone", again: false });
    one.close();
  });

  it("are classed where a snapshot was overtaken, and where there is no such folder", () => {
    const one = open();
    const two = open();
    one.exec("PRAGMA journal_mode = wal; CREATE TABLE t (v TEXT)");
    one.exec("BEGIN");
    one.prepare("SELECT * FROM t").all();
    two.exec("INSERT INTO t VALUES ('b')");
    expect(failureOf(() => one.exec("INSERT INTO t VALUES ('c')"))).toMatchObject({
      outcome: "undone",
      again: true,
    });
    one.close();
    two.close();
    expect(failureOf(() => new Database(join(folder, "no", "such", "a.db")))).toMatchObject({
      outcome: "undone",
      again: false,
    });
  });
});
