/** Whatever is changed in the tables of a file: the first wrong entry is named, or the head. */
import BetterSqlite3 from "better-sqlite3";
import { type SqlTransaction, fromBetterSqlite3, sqliteStore } from "coffer/sqlite";
import { afterAll, expect, test } from "vitest";
import { judge } from "./judge.js";
import { ledgerOf, rehashed } from "./rows.js";
import { type Access, evidenceIn } from "./sql.js";

const database = new BetterSqlite3(":memory:");
const store = sqliteStore({ database });
afterAll(async () => {
  await store.close();
  database.close();
});

const access: Access<SqlTransaction<"sqlite">> = {
  store,
  tables: { entry: "coffer_entry", wallet: "coffer_wallet" },
  placeholder: () => "?",
  rows: async (text) => database.prepare(text).safeIntegers().all() as Record<string, unknown>[],
  run: async (text, values) => void database.prepare(text).run(...values),
  begin: async () => {
    database.exec("BEGIN IMMEDIATE");
    return fromBetterSqlite3(database);
  },
  rollback: async () => void database.exec("ROLLBACK"),
};

const evidence = evidenceIn(access);

/** Some thousand looks at a ledger, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

test(
  "every change of a stored ledger is found",
  async () => {
    const judgement = await judge(await evidence, "every place");
    expect(judgement.unnoticed).toEqual([]);
    expect(judgement.named).toBeGreaterThan(1_500);
  },
  PATIENCE_MS,
);

test("a ledger that was rewritten to its end is in order, but no longer has the head that was kept", async () => {
  const { rows, head, verdictWith } = await evidence;
  const [first, second, ...rest] = ledgerOf(rows, head["wallet"] ?? "");
  if (first === undefined || second === undefined) throw new Error("no entries");
  const ledger = [first, ...rehashed([{ ...second, actor: "bob" }, ...rest], first["hash"] ?? "")];
  const others = rows.filter((row) => row["wallet"] !== head["wallet"]);
  const ledgerHash = ledger.at(-1)?.["hash"] ?? null;
  expect(ledgerHash).not.toBe(head["ledger_hash"]);
  expect(
    await verdictWith({ rows: [...others, ...ledger], head: { ...head, ledger_hash: ledgerHash } }),
  ).toEqual({ kind: "ok", head: ledgerHash });
  expect(await verdictWith({})).toEqual({ kind: "ok", head: head["ledger_hash"] });
});
