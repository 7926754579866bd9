import { minimum } from "./amounts.js";
import type { Price } from "./money.js";

/** Who agreed to be billed past zero, when, and up to how many credits a billing period. */
export interface Consent {
  readonly by: string;
  readonly at: number;
  readonly limit: bigint | null;
}

/** What happens past zero. Limits are scaled credits; null: none. */
export type Policy =
  | { readonly mode: "hard" }
  | { readonly mode: "soft"; readonly limit: bigint | null }
  | {
      readonly mode: "overage";
      readonly price: Price;
      readonly limit: bigint | null;
      /** Null: nobody asked for it. "required": asked for and not given, so past zero is denied. */
      readonly consent: Consent | "required" | null;
    };

/** The limit that holds: the smaller one of the policy's and the consent's. */
export function limitOf(policy: Exclude<Policy, { mode: "hard" }>): bigint | null {
  if (policy.mode === "soft" || policy.consent === null || policy.consent === "required") return policy.limit;
  const { limit } = policy.consent;
  if (limit === null || policy.limit === null) return limit ?? policy.limit;
  return minimum(limit, policy.limit);
}
