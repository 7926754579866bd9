/** `npm run demo -- --store …`: every store ends with the same ledger, and nothing of the user's is touched. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { memoryStore } from "coffer/memory";
import { postgresStore } from "coffer/postgres";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import mysql from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOptions } from "../../examples/demo/args.js";
import { conclude } from "../../examples/demo/conclude.js";
import { createProgress } from "../../examples/demo/progress.js";
import { proofOf } from "../../examples/demo/proof.js";
import { run } from "../../examples/demo/run.js";
import { chooseStore } from "../../examples/demo/stores/choose.js";
import { openStore } from "../../examples/demo/stores/open.js";
import { freshMysql, freshPostgres, hasMysql } from "../support/databases.js";
import type { Database } from "../support/databases.js";
import { hasBetterSqlite3 } from "../support/drivers.js";

const folder = mkdtempSync(join(tmpdir(), "coffer-demo-stores-"));
afterAll(() => rmSync(folder, { recursive: true }));

const silent = createProgress({ isTTY: false, write: () => true });

/** What a run leaves: the printed report, and each wallet's balance, grants and entries with all their ids. */
async function outcomeOn(store: CreditStore, requests = 150) {
  const options = { ...parseOptions([]), requests };
  const evidence = await run(options, store, silent);
  const { output, status } = conclude(options, evidence);
  return {
    status,
    report: output,
    statements: JSON.stringify(evidence.statements),
    repeats: evidence.repeats,
  };
}

/** The outcome of `--store VALUE`, and what it says about where the credits are. */
async function outcomeOf(value: string, requests?: number) {
  const { store, place, close } = await openStore(chooseStore(value));
  try {
    return { place, outcome: await outcomeOn(store, requests) };
  } finally {
    await close();
  }
}

/** What `--store VALUE` is refused with. */
async function refusalOf(value: string): Promise<string> {
  const opened = await openStore(chooseStore(value)).catch((error: unknown) => String(error));
  if (typeof opened === "string") return opened;
  await opened.close();
  return "it was not refused";
}

const inMemory = await outcomeOn(memoryStore());

test("the proof is SHA-256 over the heads by customer, whatever their order", () => {
  // printf 'a 01\nb 02\n' | sha256sum
  const proof = "89f1b8a3005d500071f1df023ee38afba55cbd33f590c00ae2f718a285bb2b33";
  expect(
    proofOf([
      { name: "b", head: "02" },
      { name: "a", head: "01" },
    ]),
  ).toBe(proof);
});

test("a short run is an honest one, with a proof over all its ledgers", () => {
  expect(inMemory.status).toBe(0);
  expect(inMemory.report).toMatch(/^All ledgers, one hash: [0-9a-f]{64}$/m);
});

describe("SQLite", () => {
  const file = (name: string) => join(folder, name);

  test("through libsql ends with the same ledger, kept in the file that was named", async () => {
    const { outcome, place } = await outcomeOf(`sqlite:${file("libsql.db")}`);
    expect(outcome).toEqual(inMemory);
    expect(place).toContain(`Kept in ${file("libsql.db")} (SQLite)`);
    expect(statSync(file("libsql.db")).size).toBeGreaterThan(0);
  });

  test.runIf(hasBetterSqlite3("the demo on better-sqlite3"))(
    "through better-sqlite3 ends with the same ledger",
    async () => {
      const store = sqliteStore({ path: file("better.db"), driver: "better-sqlite3" });
      expect(await outcomeOn(store)).toEqual(inMemory);
      await store.close();
    },
  );

  test("is in a fresh file where none is named", async () => {
    const opened = await Promise.all([1, 2].map(() => openStore(chooseStore(undefined))));
    const files = opened.map(({ place }) => /^Kept in (.*credits\.db)/.exec(place)?.[1] ?? "");
    expect(new Set(files).size).toBe(2);
    for (const { close } of opened) await close();
    for (const path of files) rmSync(join(path, ".."), { recursive: true });
  });

  test("leaves a file alone that is there already", async () => {
    writeFileSync(file("notes.txt"), "mine");
    expect(await refusalOf(file("notes.txt"))).toMatch(
      /notes\.txt is there already\. Name a file that is not/,
    );
    expect(readFileSync(file("notes.txt"), "utf8")).toBe("mine");
  });

  test("in a folder that is not there is refused in one line", async () => {
    expect(await refusalOf(file("nowhere/credits.db"))).toMatch(/^StoreRefusal: .*nowhere.credits\.db: .+$/);
  });
});

describe("PostgreSQL", () => {
  let database: Database;
  beforeAll(async () => {
    database = await freshPostgres();
  });
  afterAll(() => database.drop());

  async function schemas(): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'coffer%' ORDER BY 1",
    );
    await client.end();
    return rows.map(({ name }) => name);
  }

  test("ends with the same ledger", async () => {
    expect((await outcomeOf(database.url)).outcome).toEqual(inMemory);
  });

  test("keeps each run in a schema of its own", async () => {
    const before = await schemas();
    const places = [await outcomeOf(database.url, 2), await outcomeOf(database.url, 2)].map(
      ({ place }) => place,
    );
    const added = (await schemas()).filter((name) => !before.includes(name));
    expect(added).toHaveLength(2);
    for (const name of added) {
      expect(name).toMatch(/^coffer_demo_[0-9a-f]{8}$/);
      expect(places.join("\n")).toContain(`Kept in the schema ${name} of postgres://coffer@127.0.0.1`);
    }
  });

  test.each([
    ["a wrong password", (url: URL) => (url.password = "secret"), /password authentication failed/],
    ["a database that is not there", (url: URL) => (url.pathname = "/absent"), /"absent" does not exist/],
    [
      "a port where nobody listens",
      (url: URL) => (url.port = "1"),
      /ECONNREFUSED.*Check that the server runs/,
    ],
  ])("refuses %s in one line, without the password", async (_, spoil, message) => {
    const url = new URL(database.url);
    spoil(url);
    const refusal = await refusalOf(url.href);
    expect(refusal).toMatch(message);
    expect(refusal).toMatch(/^StoreRefusal: postgres:\/\/coffer@.+$/);
  });

  test("in one process, by PGlite, ends with the same ledger", { timeout: 120_000 }, async () => {
    const pool = await PGlite.create();
    const store = postgresStore({ pool });
    await store.migrate();
    expect(await outcomeOn(store)).toEqual(inMemory);
    await store.close();
    await pool.close();
  });
});

describe.runIf(await hasMysql("the demo on MySQL"))("MySQL", () => {
  let database: Database;
  beforeAll(async () => {
    database = await freshMysql();
  });
  afterAll(() => database.drop());

  async function ask(statement: string): Promise<readonly unknown[]> {
    const connection = await mysql.createConnection(database.url);
    const [rows] = await connection.query<mysql.RowDataPacket[]>(statement);
    await connection.end();
    return rows;
  }

  const fingerprint = () =>
    ask("SELECT customer_id, version, hex(ledger_hash) FROM coffer_wallet ORDER BY 1");

  test("ends with the same ledger, in a database without credits", async () => {
    const { outcome, place } = await outcomeOf(database.url.replace("mysql:", "mariadb:"));
    expect(outcome).toEqual(inMemory);
    expect(place).toContain(`Kept in mysql://coffer@${new URL(database.url).host}`);
  });

  test("refuses a database that holds credits, and leaves them as they are", async () => {
    await outcomeOf(database.url, 2).catch(() => undefined);
    const before = await fingerprint();
    expect(await refusalOf(database.url)).toMatch(
      /^StoreRefusal: .* holds credits already\. Name another.*$/,
    );
    expect(before.length).toBeGreaterThan(0);
    expect(await fingerprint()).toEqual(before);
  });

  test("makes a database of its own where the URL names none", async () => {
    const server = new URL("/", database.url).href;
    const { place } = await outcomeOf(server, 2);
    const name = /DROP DATABASE (coffer_demo_[0-9a-f]{8});$/.exec(place)?.[1] ?? "";
    expect(await ask(`SELECT count(*) > 0 AS kept FROM ${name}.coffer_entry`)).toEqual([{ kept: 1 }]);
    await ask(`DROP DATABASE ${name}`);
  });

  test.each([
    ["a wrong password", (url: URL) => (url.password = "secret"), /Access denied/],
    ["a database that is not there", (url: URL) => (url.pathname = "/absent"), /Unknown database 'absent'/],
    ["a port where nobody listens", (url: URL) => (url.port = "1"), /ECONNREFUSED.*that the server runs/],
  ])("refuses %s in one line, without the password", async (_, spoil, message) => {
    const url = new URL(database.url);
    spoil(url);
    const refusal = await refusalOf(url.href);
    expect(refusal).toMatch(message);
    expect(refusal).toMatch(/^StoreRefusal: mysql:\/\/coffer@.+$/);
  });
});

describe("--store", () => {
  test.each([
    ["memory", { kind: "memory" }],
    ["credits.db", { kind: "sqlite", path: "credits.db" }],
    ["sqlite:credits.db", { kind: "sqlite", path: "credits.db" }],
    ["postgres://a/b", { kind: "postgres", url: "postgres://a/b" }],
    ["postgresql://a/b", { kind: "postgres", url: "postgresql://a/b" }],
    ["mysql://a/b", { kind: "mysql", url: "mysql://a/b" }],
    ["mariadb://a/b", { kind: "mysql", url: "mariadb://a/b" }],
  ])("%s", (value, choice) => {
    expect(chooseStore(value)).toEqual(choice);
  });

  test.each([
    ["", /needs a file/],
    ["sqlite:", /needs a file/],
    [":memory:", /say `memory`/],
    ["sqlite:///credits.db", /sqlite:PATH/],
    ["redis://localhost", /got redis:/],
  ])("%j is refused as a wrong option", (value, message) => {
    expect(() => parseOptions(["--store", value])).toThrow(message);
  });

  test.each(["postgres://user:p:w@localhost:port/db", "mysql://[broken"])(
    "%s is refused in one line",
    async (url) => {
      expect(await refusalOf(url)).toMatch(
        /^StoreRefusal: the URL cannot be read\. Write it like (postgres|mysql):.*$/,
      );
    },
  );
});
