import * as z from "zod";

/** What is asked of an error of Stripe's library; told by shape, as an app may hold several copies of it. */
const failureSchema = z.object({
  type: z.string(),
  code: z.string().optional(),
  decline_code: z.string().optional(),
  payment_intent: z.object({ id: z.string() }).optional(),
});

export type StripeFailure = z.output<typeof failureSchema>;

function failureOf(error: unknown): StripeFailure | null {
  const read = error instanceof Error ? failureSchema.safeParse(error) : undefined;
  return read?.success === true ? read.data : null;
}

/** The bank said no. */
export function declineOf(error: unknown): StripeFailure | null {
  const failure = failureOf(error);
  return failure?.type === "StripeCardError" ? failure : null;
}

/** Stripe refused the request itself: it did nothing. */
export function refusalOf(error: unknown): StripeFailure | null {
  const failure = failureOf(error);
  return failure?.type === "StripeInvalidRequestError" ? failure : null;
}

export function reasonOf({ code, decline_code: declineCode }: Omit<StripeFailure, "type">): string {
  return declineCode ?? code ?? "refused";
}
