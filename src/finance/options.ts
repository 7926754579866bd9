import type * as z from "zod";
import { instantSchema } from "../catalog/inputs.js";
import { parseInput, reading } from "../catalog/parse-input.js";
import { plainCopy } from "../catalog/plain.js";
import { invalidInput } from "../core/errors.js";

export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  verb: string,
): z.output<Schema> {
  return reading(verb, () => parseInput(schema, plainCopy(given, verb), verb));
}

export const span = { from: instantSchema, to: instantSchema };

export function checkSpan({ from, to }: { readonly from: number; readonly to: number }, verb: string): void {
  if (from < to) return;
  throw invalidInput(
    `${verb}: \`to\` (${new Date(to).toISOString()}) must come after \`from\` (${new Date(from).toISOString()}).`,
    { field: "to" },
  );
}
