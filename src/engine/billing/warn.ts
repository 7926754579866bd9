import type { TopUpPlace } from "./recorded-payment.js";

/** A call of the provider that failed is told where somebody can see it. */
export function warnOfProvider({ handle, topUpId }: TopUpPlace, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(
    `The billing provider did not answer for top-up ${handle.terms.publicId("tu", topUpId)}, which stays as it is: ${what}`,
    { type: "CreditBillingWarning", code: "COFFER_BILLING" },
  );
}
