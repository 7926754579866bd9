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
    default:
      return JSON.stringify(value) ?? "null";
  }
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
    if (value !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${encodeJson(value)}`;
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

/** Keys in order, nothing undefined, decimals as plain text: equal requests have equal texts. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return `"${value}"`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? canonicalList(value) : canonicalFields(value as Fields);
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

function canonicalFields(fields: Fields): string {
  const { digits, places } = fields;
  if (typeof digits === "bigint" && typeof places === "number") return `"${formatScaled(digits, places)}"`;
  let text = "";
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name];
    if (value !== undefined)
      text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(value)}`;
  }
  return `{${text}}`;
}
