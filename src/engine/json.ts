import { formatScaled } from "../core/amounts.js";

/**
 * JSON for what the engine keeps: integers beyond 2^53 survive as `{"$n": "…"}`. Data shaped by callers never comes this
 * way as objects (metadata and dimensions are kept as texts), so the mark cannot be forged.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? { $n: part.toString() } : part,
  );
}

export function decodeJson(text: string): unknown {
  return unmarked(JSON.parse(text));
}

/** In place: a reviver of `JSON.parse` does the same at several times the cost. */
function unmarked(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (isMarked(part)) return BigInt(part.$n);
  const fields = part as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (typeof field === "object" && field !== null) fields[name] = unmarked(field);
  }
  return part;
}

function isMarked(part: object): part is { readonly $n: string } {
  return "$n" in part && typeof part.$n === "string";
}

/** Keys in order, nothing undefined, decimals as plain text: equal requests have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value));
}

function canonical(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const facts = Object.entries(value);
  const { digits, places } = value as { readonly digits?: unknown; readonly places?: unknown };
  if (typeof digits === "bigint" && typeof places === "number") return formatScaled(digits, places);
  return Object.fromEntries(
    facts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, fact]) => [name, canonical(fact)]),
  );
}
