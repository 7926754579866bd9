/** Where two values part: the path to the first place, and what stands there. Classes and `undefined` fields do not count. */
export interface Difference {
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** How much of a value must be as expected: all of it, or the fields that are named. */
export type Scope = "whole" | "part";

/** The first place at which they differ; undefined where they are equal. */
export function differenceOf(
  actual: unknown,
  expected: unknown,
  scope: Scope = "whole",
  path = "",
): Difference | undefined {
  if (Object.is(actual, expected)) return undefined;
  const here = { path, actual, expected };
  if (!isObject(actual) || !isObject(expected) || tagOf(actual) !== tagOf(expected)) return here;
  if (actual instanceof Set && expected instanceof Set)
    return differenceOf(ordered(actual), ordered(expected), scope, path);
  if (Array.isArray(expected) || expected instanceof Uint8Array)
    return differenceOfLists(actual as ArrayLike<unknown>, expected as ArrayLike<unknown>, scope, path);
  const names = new Set([...Object.keys(expected), ...(scope === "whole" ? Object.keys(actual) : [])]);
  for (const name of names) {
    const found = differenceOf(fieldOf(actual, name), fieldOf(expected, name), scope, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function differenceOfLists(
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
  scope: Scope,
  path: string,
): Difference | undefined {
  for (let index = 0; index < Math.min(actual.length, expected.length); index++) {
    const found = differenceOf(actual[index], expected[index], scope, `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  if (actual.length === expected.length) return undefined;
  return { path: `${path}.length`, actual: actual.length, expected: expected.length };
}

function ordered(set: Set<unknown>): readonly unknown[] {
  return [...set].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `[object Array]` and the like: a Buffer and plain bytes have one. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function fieldOf(value: object, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name];
}
