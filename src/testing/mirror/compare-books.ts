import { type Books, brokenBooks } from "./books.js";
import { FIELDS, differences } from "./compare.js";
import { type Plain, type PlainRecord, only, show } from "./plain.js";

/** Where both sides' books of a wallet differ, and which laws the engine's break. */
export function compareBooks(expected: Books, got: Books): readonly string[] {
  return [
    ...differences("balance", only(expected.balance, FIELDS.balance), only(got.balance, FIELDS.balance)),
    ...compareLists("grant", FIELDS.grants, expected.grants, got.grants),
    ...compareLists("entry", FIELDS.ledger, expected.entries, got.entries),
    ...compareOperations(expected.entries, got.entries),
    ...brokenBooks(got).map((what) => `law ${what}`),
  ];
}

function compareLists(
  name: string,
  fields: readonly string[],
  expected: readonly PlainRecord[],
  got: readonly PlainRecord[],
): string[] {
  const pairs = Array.from({ length: Math.max(expected.length, got.length) }, (_, index) => index);
  return pairs.flatMap((index) =>
    differences(`${name} ${index + 1}`, only(expected[index] ?? {}, fields), only(got[index] ?? {}, fields)),
  );
}

/** Entries of one request bear one operation's id, and no other's; what time did bears none of a request. */
function compareOperations(expected: readonly PlainRecord[], got: readonly PlainRecord[]): string[] {
  const engineOf = new Map<Plain, Plain>();
  const modelOf = new Map<Plain, Plain>();
  return expected.flatMap((entry, index) => {
    const [mine, theirs] = [entry["operationId"], got[index]?.["operationId"]];
    const isDue = show(mine).startsWith("due:");
    if (!engineOf.has(mine)) engineOf.set(mine, theirs);
    if (!modelOf.has(theirs)) modelOf.set(theirs, mine);
    const agrees = (isDue || engineOf.get(mine) === theirs) && modelOf.get(theirs) === mine;
    return agrees ? [] : [`entry ${index + 1}: operation ${show(theirs)} for ${show(mine)}`];
  });
}
