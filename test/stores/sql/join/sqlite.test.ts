import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import Knex from "knex";
import { CamelCasePlugin, Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classifySqlite } from "../../../../src/stores/sql/failures/sqlite.js";
import {
  fromBetterSqlite3,
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromNodeSqlite,
} from "../../../../src/stores/sql/join/sqlite.js";
import type { SqlTransaction } from "../../../../src/stores/sql/statement.js";
import { andThen, CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

type Within = (path: string, act: (tx: SqlTransaction<"sqlite">) => Promise<void>) => Promise<void>;

const WITHIN: Readonly<Record<string, Within>> = {
  "fromBetterSqlite3 over better-sqlite3": async (path, act) => {
    const db = new BetterSqlite3(path);
    db.exec("BEGIN IMMEDIATE");
    await act(fromBetterSqlite3(db)).finally(() => db.exec("ROLLBACK").close());
  },
  "fromBetterSqlite3 over libsql": async (path, act) => {
    const db = new Libsql(path);
    db.exec("BEGIN IMMEDIATE");
    await act(fromBetterSqlite3(db)).finally(() => {
      db.exec("ROLLBACK");
      db.close();
    });
  },
  "fromKysely, with plugins": async (path, act) => {
    const db = new Kysely<unknown>({
      dialect: new SqliteDialect({ database: new BetterSqlite3(path) }),
      plugins: [new CamelCasePlugin()],
    });
    const transaction = rolledBack(() =>
      db.transaction().execute(async (trx) => {
        await act(fromKysely(trx));
        throw new RolledBack();
      }),
    );
    await andThen(transaction, () => db.destroy());
  },
  "fromDrizzle over better-sqlite3": async (path, act) => {
    const db = drizzle(path);
    db.run(sql`BEGIN IMMEDIATE`);
    await act(fromDrizzle(db)).finally(() => {
      db.run(sql`ROLLBACK`);
      db.$client.close();
    });
  },
  "fromDrizzle over libsql": async (path, act) => {
    const client = new Libsql(path) as unknown as BetterSqlite3.Database;
    const db = drizzle(client);
    db.run(sql`BEGIN IMMEDIATE`);
    await act(fromDrizzle(db)).finally(() => {
      db.run(sql`ROLLBACK`);
      client.close();
    });
  },
  fromKnex: async (path, act) => {
    const knex = Knex({ client: "better-sqlite3", connection: { filename: path }, useNullAsDefault: true });
    const transaction = rolledBack(() =>
      knex.transaction(async (trx) => {
        await act(fromKnex(trx));
        throw new RolledBack();
      }),
    );
    await andThen(transaction, () => knex.destroy());
  },
};

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "coffer-join-"));
  path = join(folder, "a.db");
  new BetterSqlite3(path).exec(CREATE).close();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function holds(within: Within): Promise<void> {
  await within(path, exercise);
  const db = new BetterSqlite3(path);
  expect(db.prepare("SELECT id FROM coffer_join").all()).toEqual([]);
  db.close();
  let error: unknown;
  await within(path, async (tx) => {
    error = await errorOf(tx, "SELECT * FROM nowhere");
    const returned = await tx.run({
      text: "INSERT INTO coffer_join (id, v) VALUES (?, ?) RETURNING id",
      values: ["a", "b"],
    });
    expect(returned.map((row) => ({ ...row }))).toEqual([{ id: "a" }]);
  });
  expect(classifySqlite(error)).toMatchObject({
    outcome: "undone",
    again: false,
    said: expect.stringMatching(/no such table: nowhere/u),
  });
}

describe("transactions of SQLite's libraries", () => {
  it.each(Object.entries(WITHIN))(
    "%s: runs within it, leaves nothing after a rollback, passes errors on",
    (_name, within) => holds(within),
  );

  it("fromNodeSqlite: asks for rows whatever the statement, and says when the transaction is over", async () => {
    const asked: unknown[] = [];
    const db = {
      isTransaction: true,
      exec: () => {},
      prepare: (text: string) => ({
        all: (...values: (string | null)[]) => {
          asked.push([text, values]);
          return [];
        },
      }),
    };
    const tx = fromNodeSqlite(db);
    expect(await tx.run({ text: "INSERT INTO t VALUES (?)", values: ["a"] })).toEqual([]);
    expect(asked).toEqual([["INSERT INTO t VALUES (?)", ["a"]]]);
    db.isTransaction = false;
    await expect(tx.run({ text: "SELECT 1", values: [] })).rejects.toThrow("Transaction is closed");
    expect(() => fromNodeSqlite(db)).toThrow("fromNodeSqlite got an object: pass a `DatabaseSync`");
  });

  it("do not run statements once the transaction has ended", async () => {
    const db = new BetterSqlite3(path);
    expect(() => fromBetterSqlite3(db)).toThrow("fromBetterSqlite3 got an object of class Database: ");
    db.exec("BEGIN");
    const tx = fromBetterSqlite3(db);
    db.exec("COMMIT");
    const error = await errorOf(tx, "INSERT INTO coffer_join (id) VALUES ('a')");
    expect(classifySqlite(error)).toMatchObject({
      outcome: "undone",
      again: false,
      said: "Transaction is closed",
    });
    const overDrizzle = drizzle(db);
    expect(() => fromDrizzle(overDrizzle)).toThrow(
      "fromDrizzle got an object of class BetterSQLite3Database: ",
    );
    db.exec("BEGIN");
    const drizzled = fromDrizzle(overDrizzle);
    db.exec("COMMIT");
    await expect(drizzled.run({ text: "SELECT 1", values: [] })).rejects.toThrow("Transaction is closed");
    db.close();
  });
});
