import { describe, expect, it } from "vitest";
import { asQuestionMarks, withoutQuestionMarks } from "../../../../src/stores/sql/join/placeholders.js";
import { returnsRows } from "../../../../src/stores/sql/join/returns-rows.js";

describe("asQuestionMarks", () => {
  it("binds a value where it stands, as often as it stands", () => {
    expect(asQuestionMarks("postgres", { text: "SELECT $2, $1, $2", values: ["a", null] })).toEqual({
      text: "SELECT ?, ?, ?",
      values: [null, "a", null],
    });
    const many = { text: "SELECT $10, $1", values: Array.from("abcdefghij") };
    expect(asQuestionMarks("postgres", many).values).toEqual(["j", "a"]);
  });

  it("leaves literals and names as they are, and escapes question marks", () => {
    const text = `SELECT '$1 ? it''s', "a$1?", v ? $1, v ?| $2`;
    expect(asQuestionMarks("postgres", { text, values: ["k", "l"] })).toEqual({
      text: `SELECT '$1 \\? it''s', "a$1\\?", v \\? ?, v \\?| ?`,
      values: ["k", "l"],
    });
  });
});

describe("withoutQuestionMarks", () => {
  it("binds literals that hold a question mark", () => {
    const statement = { text: "SELECT ?, 'what? it''s', 'plain', ?", values: ["a", "b"] };
    expect(withoutQuestionMarks(statement)).toEqual({
      text: "SELECT ?, ?, 'plain', ?",
      values: ["a", "what? it's", "b"],
    });
    const bare = { text: "SELECT 'plain'", values: [] };
    expect(withoutQuestionMarks(bare)).toEqual(bare);
  });
});

describe("returnsRows", () => {
  it.each([
    ["SELECT 1", true],
    ["  select 'insert'", true],
    ["values (1)", true],
    ["WITH x AS (SELECT 1) SELECT * FROM x", true],
    ["WITH x AS (SELECT 'delete') SELECT * FROM x", true],
    ["WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", false],
    ["WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x", true],
    ["INSERT INTO t VALUES (1) RETURNING id", true],
    ["INSERT INTO t VALUES ('returning')", false],
    ['UPDATE t SET "returning" = 1', false],
    ["DELETE FROM t", false],
    ["CREATE TABLE t (id int)", false],
  ])("%s: %s", (text, expected) => {
    expect(returnsRows(text)).toBe(expected);
  });
});
