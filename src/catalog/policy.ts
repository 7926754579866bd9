import { formatScaled } from "../core/amounts.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { Policy } from "../core/policy.js";
import type { DecimalParts } from "../core/amounts.js";
import { scaledAmount } from "./inputs.js";
import type { ParsedPolicy } from "./schema.js";

/** `now` is when a consent given here counts as given; null in a catalog, where nobody can consent for a customer. */
export function compilePolicy(
  policy: ParsedPolicy,
  scale: number,
  field: string,
  now: number | null,
): Policy {
  if (policy.mode === "hard") return policy;
  const limit = optionalAmount(policy.limit, scale, `${field}.limit`);
  if (policy.mode === "soft") return { mode: "soft", limit };
  const { amount, currency } = policy.price;
  if (amount.digits < 0n) throw invalidInput(`\`${field}.price.amount\` must not be negative.`);
  const price = { amount: formatScaled(amount.digits, amount.places), currency };
  return { mode: "overage", price, limit, consent: compileConsent(policy.consent, scale, field, now) };
}

function compileConsent(
  consent: Extract<ParsedPolicy, { mode: "overage" }>["consent"],
  scale: number,
  field: string,
  now: number | null,
): Extract<Policy, { mode: "overage" }>["consent"] {
  if (consent === undefined) return null;
  if (consent === "required") return consent;
  const at = consent.at ?? now;
  if (now === null || at === null)
    throw new CreditError(
      "invalid_input",
      `\`${field}.consent\` must be "required" in a catalog; record a customer's consent with setPolicy.`,
    );
  return { by: consent.by, at, limit: optionalAmount(consent.limit, scale, `${field}.consent.limit`) };
}

function optionalAmount(parts: DecimalParts | undefined, scale: number, field: string): bigint | null {
  return parts === undefined ? null : scaledAmount(parts, scale, field);
}
