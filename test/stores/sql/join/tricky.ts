import { expect } from "vitest";
import {
  runInTurn,
  type Program,
  type SqlTransaction,
  type Statement,
} from "../../../../src/stores/sql/statement.js";

/** Texts that a driver or builder could take for something else. */
const TRICKY: readonly string[] = [
  "$1 and $2",
  "? ?? \\? :name :name:",
  "100 % of %s",
  "it's \"quoted\" `so` \\' \\",
  "naïve – 東京 – 😀",
  "true",
  '{"a":["$1"]}',
  "",
];

export const CREATE = "CREATE TABLE coffer_join (id VARCHAR(64) NOT NULL PRIMARY KEY, v TEXT)";

/** Statements as the dialect writes them. */
function texts(
  dialect: SqlTransaction["dialect"],
): Record<"insert" | "all" | "echo" | "literal" | "update", string> {
  const [one, two] = dialect === "postgres" ? ["$1", "$2"] : ["?", "?"];
  const asText = (value: string): string =>
    dialect === "mysql" ? `CAST(${value} AS CHAR)` : `CAST(${value} AS TEXT)`;
  return {
    insert: `INSERT INTO coffer_join (id, v) VALUES (${one}, ${two})`,
    update: `UPDATE coffer_join SET v = ${one} WHERE id = ${two}`,
    all: "SELECT id, v FROM coffer_join ORDER BY id",
    echo: `SELECT ${asText(one)} AS first_one, ${asText(two)} AS second_one`,
    literal: `SELECT 'what? it''s $1' AS literal, ${asText(one)} AS value`,
  };
}

function* insertAll(insert: string): Program<void> {
  for (const [index, value] of TRICKY.entries()) yield { text: insert, values: [`k${index}`, value] };
  yield { text: insert, values: ["null", null] };
}

/** Plain rows: drivers make theirs of classes, or of no prototype. */
async function rowsOf(tx: SqlTransaction, statement: Statement): Promise<readonly object[]> {
  return (await tx.run(statement)).map((row) => ({ ...row }));
}

/** What every adapter does within a transaction; the table is empty and the caller rolls back. */
export async function exercise(tx: SqlTransaction): Promise<void> {
  const { insert, update, all, echo, literal } = texts(tx.dialect);
  expect(await tx.run({ text: insert, values: ["first", "one"] })).toEqual([]);
  expect(await tx.run({ text: update, values: ["two", "first"] })).toEqual([]);
  expect(await rowsOf(tx, { text: all, values: [] })).toEqual([{ id: "first", v: "two" }]);
  await runInTurn(insertAll(insert), tx.run);
  const expected = [
    { id: "first", v: "two" },
    ...TRICKY.map((v, index) => ({ id: `k${index}`, v })),
    { id: "null", v: null },
  ];
  expect(await rowsOf(tx, { text: all, values: [] })).toEqual(expected);
  expect(await rowsOf(tx, { text: echo, values: ["?", null] })).toEqual([
    { first_one: "?", second_one: null },
  ]);
  expect(await rowsOf(tx, { text: literal, values: ["v"] })).toEqual([
    { literal: "what? it's $1", value: "v" },
  ]);
  expect(await tx.run({ text: `${all} LIMIT 0`, values: [] })).toEqual([]);
}

/** The error that a statement is answered with. */
export async function errorOf(tx: SqlTransaction, text: string): Promise<unknown> {
  return await tx.run({ text, values: [] }).then(
    () => new Error("there was no error"),
    (error: unknown) => error,
  );
}

export class RolledBack extends Error {}

/** Runs what rolls its transaction back by throwing. */
export async function rolledBack(transaction: () => PromiseLike<unknown>): Promise<void> {
  const error = await Promise.resolve(transaction()).then(
    () => new Error("it was committed"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RolledBack)) throw error;
}

/** Acts, and ends what was begun for it in any case. */
export async function andThen(act: Promise<void>, end: () => Promise<unknown>): Promise<void> {
  try {
    await act;
  } finally {
    await end();
  }
}
