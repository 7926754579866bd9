const QUERY = /^\s*(?:select|values|explain|pragma|show)\b/iu;
const WITH = /^\s*with\b/iu;
const WRITE = /\b(?:insert|replace|update|delete)\b/iu;
const RETURNING = /\breturning\b/iu;

/** Literals and quoted names: the words in them are not the statement's. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/gu;

/** Whether a statement answers with rows, for libraries that want to be told. */
export function returnsRows(text: string): boolean {
  const words = text.replaceAll(QUOTED, "''");
  return QUERY.test(words) || RETURNING.test(words) || (WITH.test(words) && !WRITE.test(words));
}
