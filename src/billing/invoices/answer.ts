import * as z from "zod";
import { idSchema, textSchema } from "../../catalog/inputs.js";
import { parseInput } from "../../catalog/parse-input.js";

const LONGEST_URL = 2_048;

/** Providers may answer more than is needed; an odd link is left out, since the rest says what became of the invoice. */
const answerSchema = z.object({
  id: idSchema,
  status: z.enum(["draft", "open", "paid"]),
  url: textSchema(LONGEST_URL).nullish().catch(null),
});

/** What a provider answered to an invoice. @throws CreditError `invalid_input`; whether it was sent is unknown then. */
export function answerFrom(answer: unknown, invoice: string): z.output<typeof answerSchema> {
  return parseInput(
    answerSchema,
    answer,
    `the billing provider's answer to invoice ${invoice}, which stays pending`,
  );
}
