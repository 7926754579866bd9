import * as z from "zod";
import { idSchema, instantSchema } from "../../catalog/inputs.js";
import { parseInput, reading, show } from "../../catalog/parse-input.js";
import { plainCopy } from "../../catalog/plain.js";
import { invalidInput } from "../../core/errors.js";
import type { BillingProvider } from "../../engine/billing/port.js";
import type { SendInvoicesRequest } from "./api.js";

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const period = {
  to: instantSchema,
  from: instantSchema.optional(),
  grants: z.enum(["show", "bill"]).optional(),
};

const sending = {
  provider: z.custom<BillingProvider>(hasInvoice, {
    error: "must be a billing provider, with the function invoice",
  }),
  timeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
};

export const previewSchema = z.strictObject({ customerId: idSchema, ...period });
export const sendSchema = z.strictObject({ customerId: idSchema, ...period, ...sending });
export const sendAllSchema = z.strictObject({
  ...period,
  ...sending,
  onError: z
    .custom<NonNullable<SendInvoicesRequest["onError"]>>((value) => typeof value === "function", {
      error: "must be a function",
    })
    .optional(),
});
export const listSchema = z.strictObject({ customerId: idSchema });

function hasInvoice(provider: unknown): boolean {
  return (
    typeof provider === "object" &&
    provider !== null &&
    "invoice" in provider &&
    typeof provider.invoice === "function"
  );
}

/** The provider is an object with methods, and is passed as it is; all else is copied before it is looked at. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  verb: string,
): z.output<Schema> {
  return reading(verb, () => {
    if (typeof given !== "object" || given === null)
      throw invalidInput(`${verb}: the request must be a plain object; got ${show(given)}.`);
    const { provider, onError, ...rest } = given as Readonly<Record<string, unknown>>;
    const copy = plainCopy(rest, verb) as object;
    const functions = {
      ...(provider === undefined ? {} : { provider }),
      ...(onError === undefined ? {} : { onError }),
    };
    return parseInput(schema, { ...copy, ...functions }, verb);
  });
}
