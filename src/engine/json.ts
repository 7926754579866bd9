import { formatScaled } from "../core/amounts.js";

/**
 * JSON for what the engine keeps: integers beyond 2^53 survive as `{"$n": "…"}`. Data shaped by callers never comes this
 * way as objects (metadata and dimensions are kept as texts), so the mark cannot be forged.
 */
export function encodeJson(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return `{"$n":"${value}"}`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value)
        ? encodeList(value)
        : encodeFields(value as Readonly<Record<string, unknown>>);
    case "string":
      return quote(value);
    default:
      return JSON.stringify(value) ?? "null";
  }
}

/** The names of fields with their colons: few, and each is met thousands of times a second. */
const LABELS: Map<string, string> = new Map();
const MOST_LABELS = 1_000;

function label(name: string): string {
  const known = LABELS.get(name);
  if (known !== undefined) return known;
  const made = `${JSON.stringify(name)}:`;
  if (LABELS.size < MOST_LABELS) LABELS.set(name, made);
  return made;
}

/** What needs no escape: nearly all that is kept. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON has it. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function encodeList(values: readonly unknown[]): string {
  let text = "";
  for (const value of values) text += (text === "" ? "" : ",") + encodeJson(value);
  return `[${text}]`;
}

function encodeFields(fields: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) text += `${text === "" ? "" : ","}${label(name)}${encodeJson(value)}`;
  }
  return `{${text}}`;
}

export function decodeJson(text: string): unknown {
  return unmarked(JSON.parse(text));
}

/** In place: what was just parsed belongs to nobody else. */
function unmarked(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (isMarked(part)) return BigInt(part.$n);
  const fields = part as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (typeof value === "object" && value !== null) fields[name] = unmarked(value);
  }
  return part;
}

function isMarked(part: object): part is { readonly $n: string } {
  return "$n" in part && typeof part.$n === "string";
}

/**
 * Keys in order, nothing undefined, decimals as plain text: equal requests have equal texts.
 *
 * @param without The name of a field at the top that does not count.
 */
export function canonicalJson(value: unknown, without?: string): string {
  switch (typeof value) {
    case "bigint":
      return `"${value}"`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? canonicalList(value) : canonicalFields(value as Fields, without);
    case "string":
      return quote(value);
    default:
      return JSON.stringify(value) ?? "null";
  }
}

type Fields = Readonly<Record<string, unknown>>;

function canonicalList(values: readonly unknown[]): string {
  let text = "";
  for (const value of values) text += (text === "" ? "" : ",") + canonicalJson(value);
  return `[${text}]`;
}

function canonicalFields(fields: Fields, without: string | undefined): string {
  const { digits, places } = fields;
  if (typeof digits === "bigint" && typeof places === "number") return `"${formatScaled(digits, places)}"`;
  let text = "";
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name];
    if (value !== undefined && name !== without)
      text += `${text === "" ? "" : ","}${label(name)}${canonicalJson(value)}`;
  }
  return `{${text}}`;
}
