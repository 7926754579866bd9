import { z } from "zod";
import { textSchema } from "../catalog/inputs.js";
import { invalidInput } from "../core/errors.js";
import { canonicalJson } from "./json.js";

const MOST_DIMENSIONS = 20;
const LARGEST_METADATA_BYTES = 4_096;
const DEEPEST_METADATA = 16;

/** The key through which an object literal of a JSON text could reach another object's prototype. */
const PROTOTYPE_KEY = "__proto__";

export const dimensionsSchema = z
  .record(textSchema(), textSchema())
  .refine((dimensions) => Object.keys(dimensions).length <= MOST_DIMENSIONS, {
    error: `must have at most ${MOST_DIMENSIONS} dimensions`,
  });

/** A JSON object, kept as its canonical text. */
export const metadataSchema = z.unknown().transform((value, context): string => {
  const problem = isPlainObject(value) ? jsonProblem(value, DEEPEST_METADATA) : "must be a JSON object";
  if (problem !== null) {
    context.addIssue(problem);
    return z.NEVER;
  }
  const text = canonicalJson(value);
  if (Buffer.byteLength(text) <= LARGEST_METADATA_BYTES) return text;
  context.addIssue(`must have at most ${LARGEST_METADATA_BYTES} bytes as JSON`);
  return z.NEVER;
});

function jsonProblem(value: unknown, depth: number): string | null {
  if (depth === 0) return `must be nested at most ${DEEPEST_METADATA} deep`;
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string")
    return value.isWellFormed() && !value.includes("\u0000")
      ? null
      : "must hold well-formed text without NUL";
  if (typeof value === "number") return Number.isFinite(value) ? null : "must hold finite numbers only";
  if (Array.isArray(value)) return firstProblem(value, depth);
  if (isPlainObject(value)) return firstProblem([...Object.keys(value), ...Object.values(value)], depth);
  return `must hold JSON values only, not a ${typeof value}`;
}

function firstProblem(values: readonly unknown[], depth: number): string | null {
  for (const value of values) {
    const problem = jsonProblem(value, depth - 1);
    if (problem !== null) return problem;
  }
  return null;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Schemas do not see this key at every depth, so it is refused before they look. */
export function refusePrototypeKeys(value: unknown, what: string, depth: number = DEEPEST_METADATA): void {
  if (typeof value !== "object" || value === null || depth === 0) return;
  if (Object.hasOwn(value, PROTOTYPE_KEY))
    throw invalidInput(`${what}: a key must not be named "${PROTOTYPE_KEY}".`, { field: PROTOTYPE_KEY });
  if (Array.isArray(value) || isPlainObject(value))
    for (const part of Object.values(value)) refusePrototypeKeys(part, what, depth - 1);
}
