import type { Dialect, SqlValue, Statement } from "../statement.js";

/** Literals and quoted names, then what may be a placeholder outside them. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\d+)|\?/gu;

function literal(token: string): string {
  return token.slice(1, -1).replaceAll("''", "'");
}

/**
 * For libraries that take every `?` in a text for a placeholder: literals that hold one are bound as values instead.
 */
export function withoutQuestionMarks({ text, values }: Statement): Statement {
  if (!text.includes("'") || values.length === 0) return { text, values };
  const bound: SqlValue[] = [];
  let next = 0;
  const rewritten = text.replace(TOKENS, (token) => {
    if (token === "?") {
      bound.push(values[next] ?? null);
      next += 1;
      return token;
    }
    if (!token.startsWith("'") || !token.includes("?")) return token;
    bound.push(literal(token));
    return "?";
  });
  return { text: rewritten, values: bound };
}

/**
 * The statement with a `?` for each place where a value stands: a value that stands twice is bound twice. Knex gives
 * PostgreSQL's texts their numbers back, and reads `\?` as a question mark there, but not elsewhere.
 */
export function asQuestionMarks(dialect: Dialect, statement: Statement): Statement {
  if (dialect !== "postgres") return withoutQuestionMarks(statement);
  const bound: SqlValue[] = [];
  const text = statement.text.replace(TOKENS, (token, number: string | undefined) => {
    if (number === undefined) return token.replaceAll("?", "\\?");
    bound.push(statement.values[Number(number) - 1] ?? null);
    return "?";
  });
  return { text, values: bound };
}
