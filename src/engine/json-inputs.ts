import * as z from "zod";
import { textSchema } from "../catalog/inputs.js";
import { show } from "../catalog/parse-input.js";
import { isPlainObject } from "../catalog/plain.js";
import { canonicalJson } from "./json.js";

const MOST_DIMENSIONS = 20;
const LARGEST_METADATA_BYTES = 4_096;
const DEEPEST_METADATA = 16;
const TOO_LARGE = `must have at most ${LARGEST_METADATA_BYTES} bytes as JSON`;

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
  context.addIssue(TOO_LARGE);
  return z.NEVER;
});

/** Each value takes a byte at least, so more than this do not fit: what refers to itself ends here, too. */
const MOST_VALUES = LARGEST_METADATA_BYTES;

function jsonProblem(value: unknown, depth: number, counted = { values: 0 }): string | null {
  counted.values++;
  if (counted.values > MOST_VALUES) return TOO_LARGE;
  if (depth === 0) return `must be nested at most ${DEEPEST_METADATA} deep`;
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string")
    return value.isWellFormed() && !value.includes("\u0000")
      ? null
      : "must hold well-formed text without NUL";
  if (typeof value === "number") return Number.isFinite(value) ? null : "must hold finite numbers only";
  const parts = Array.isArray(value)
    ? (value as readonly unknown[])
    : isPlainObject(value)
      ? [...Object.keys(value), ...Object.values(value)]
      : null;
  if (parts === null) return `must hold JSON values only, not ${show(value)}`;
  for (const part of parts) {
    const problem = jsonProblem(part, depth - 1, counted);
    if (problem !== null) return problem;
  }
  return null;
}
