import { inspect } from "node:util";

/** What a value must be, in words that follow "must be", and whether one is that. */
export interface Rule {
  readonly words: string;
  readonly allows: (value: unknown) => boolean;
  /** Says more of a value that it does not allow: what of it is wrong, and where. */
  readonly faultOf?: (value: unknown, name: string) => string | undefined;
}

export type Rules = Readonly<Record<string, Rule>>;

export const aFunction: Rule = { words: "a function", allows: (value) => typeof value === "function" };
export const aText: Rule = { words: "a text", allows: (value) => typeof value === "string" };
export const aBoolean: Rule = { words: "true or false", allows: (value) => typeof value === "boolean" };
export const aBigint: Rule = { words: "a bigint", allows: (value) => typeof value === "bigint" };

/** @param to - no bound: up to the largest that is exact */
export function wholeNumber(from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER): Rule {
  const least = from === Number.MIN_SAFE_INTEGER ? "" : ` of at least ${from}`;
  const most = to === Number.MAX_SAFE_INTEGER ? "" : `${least === "" ? " of" : " and"} at most ${to}`;
  return {
    words: `a whole number${least}${most}`,
    allows: (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
  };
}

export function numberFrom(from: number, to: number): Rule {
  return {
    words: `a number from ${from} to ${to}`,
    allows: (value) => typeof value === "number" && value >= from && value <= to,
  };
}

export function oneOf(values: readonly unknown[]): Rule {
  return { words: `one of ${values.map(shown).join(", ")}`, allows: (value) => values.includes(value) };
}

export function listOf(rule: Rule): Rule {
  const faultOf = (value: unknown, name: string) =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => faultIn(item, `${name}[${index}]`, rule)).find(isThere)
      : undefined;
  return {
    words: "an array",
    allows: (value) => Array.isArray(value) && value.every(rule.allows),
    faultOf,
  };
}

export function objectOf(rules: Rules, needed: readonly string[] = []): Rule {
  const faultOf = (value: unknown, name: string) => {
    if (!isObject(value)) return undefined;
    const place = (field: string) => (name === "" ? field : `${name}.${field}`);
    const unknown = Object.keys(value).find((field) => !Object.hasOwn(rules, field));
    if (unknown !== undefined)
      return `\`${place(shortened(unknown))}\` is not known; known are ${Object.keys(rules).join(", ")}`;
    return Object.entries(rules)
      .map(([field, rule]) => {
        const given = (value as Readonly<Record<string, unknown>>)[field];
        return given === undefined && !needed.includes(field)
          ? undefined
          : faultIn(given, place(field), rule);
      })
      .find(isThere);
  };
  return {
    words: "an object",
    allows: (value) => isObject(value) && faultOf(value, "") === undefined,
    faultOf,
  };
}

/** @returns the first thing that is wrong with what was given, as a sentence; undefined where it may stand. */
export function faultIn(given: unknown, name: string, rule: Rule): string | undefined {
  if (rule.allows(given)) return undefined;
  const closer = rule.faultOf?.(given, name);
  if (closer !== undefined) return closer;
  return `${name === "" ? "what is given" : `\`${name}\``} must be ${rule.words}; got ${shown(given)}`;
}

const LONGEST = 60;

/** A value in a message: on one line, and short. */
function shown(value: unknown): string {
  if (typeof value === "string" && value.length <= LONGEST) return JSON.stringify(value);
  const text = inspect(value, {
    depth: 0,
    breakLength: Infinity,
    maxStringLength: LONGEST,
    maxArrayLength: 3,
  });
  return shortened(text);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isThere(fault: string | undefined): fault is string {
  return fault !== undefined;
}
