import Database from "better-sqlite3";
import { sqliteStore } from "coffer/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed } from "../contract/bench.js";
import { change, key } from "../rows.js";

/** A database whose next COMMIT fails. */
class Failing {
  readonly database = new Database(":memory:");
  failures: Error[] = [];
  isStuck = false;

  prepare(text: string) {
    return this.database.prepare<unknown[]>(text);
  }

  exec(text: string): void {
    if (text === "rollback" && this.isStuck) throw sqliteError("SQLITE_IOERR", "disk I/O error");
    const failure = text === "commit" ? this.failures.shift() : undefined;
    if (failure !== undefined) throw failure;
    this.database.exec(text);
  }

  close(): void {
    this.database.close();
  }
}

function sqliteError(code: string, message: string): Error {
  return new Database.SqliteError(message, code);
}

let database: Failing;
let store: ReturnType<typeof sqliteStore>;
beforeEach(async () => {
  database = new Failing();
  store = sqliteStore({ database });
  await store.migrate();
  await store.load([]);
});
afterEach(() => {
  database.close();
});

describe("law 18: a COMMIT that fails", () => {
  it.each([
    ["SQLITE_IOERR_FSYNC", "ambiguous"],
    ["SQLITE_IOERR_WRITE", "ambiguous"],
    ["SQLITE_FULL", "permanent"],
    ["SQLITE_UNHEARD_OF", "ambiguous"],
  ])("by %s is %s, and leaves no transaction open", async (code, kind) => {
    database.failures = [sqliteError(code, "it failed")];
    await expect(store.commit([change(key(), 0)])).rejects.toEqual(failed(kind));
    expect(database.database.inTransaction).toBe(false);
    expect(await store.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
  });

  it("because of others is tried again, decision and all", async () => {
    const busy = sqliteError("SQLITE_BUSY", "database is locked");
    database.failures = [busy, busy];
    expect(await store.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
    database.failures = [busy];
    let decided = 0;
    await store.transact([{ key: key() }], () => {
      decided += 1;
      return [change(key(), 1)];
    });
    expect(decided).toBe(2);
    expect(await store.load([{ key: key() }])).toMatchObject([{ version: 2 }]);
  });

  it("and cannot be rolled back leaves open what becomes of it", async () => {
    database.failures = [sqliteError("SQLITE_FULL", "disk is full")];
    database.isStuck = true;
    const lost = store.commit([change(key(), 0)]);
    await expect(lost).rejects.toEqual(failed("ambiguous"));
    await expect(lost).rejects.toThrow(/Close this connection/);
    database.isStuck = false;
    database.exec("rollback");
  });
});
