/**
 * JSON with bigints and bytes: {"$bigint":"-12"} and {"$bytes":"00ff"}. Rows hold no objects of their own, so nothing
 * that is stored can look like a tag.
 */

import { Kept } from "../../store/intake/byte-pool.js";

export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field === "bigint") return { $bigint: String(field) };
    if (field instanceof Kept) return { $bytes: toHex(field.copy()) };
    return field;
  });
}

/** Throws a `SyntaxError` for what is not JSON; a tag that holds nothing sensible stays as it is. */
export function readJson(text: string): unknown {
  return JSON.parse(text, (_name, field: unknown) => {
    if (typeof field !== "object" || field === null) return field;
    if ("$bigint" in field) return readBigint(field.$bigint) ?? field;
    if ("$bytes" in field) return readHex(field.$bytes) ?? field;
    return field;
  });
}

function readBigint(value: unknown): bigint | undefined {
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readHex(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/.test(value)) return undefined;
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
