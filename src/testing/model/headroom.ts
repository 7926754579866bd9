import { overageCredits, overdraftOf, totalOverage } from "./accounts.js";
import { type ModelPolicy, scaleOf } from "./catalog.js";
import { LARGEST_STORED, parseDecimal, parseMoney } from "./decimal.js";
import {
  type Fraction,
  ZERO,
  add,
  fraction,
  greatest,
  isNegative,
  least,
  subtract,
  sum,
} from "./fraction.js";
import { demand, refuse } from "./refusal.js";
import { type Headroom, type Price, type State, type Wallet, currencyOf } from "./state.js";

/** The policy set on the wallet, else the currency's, else hard. */
export function policyOf(state: State, wallet: Wallet): ModelPolicy {
  return wallet.policy ?? currencyOf(state, wallet.currency).policy ?? { mode: "hard" };
}

export function priceOfOverage(policy: ModelPolicy): Price | null {
  if (policy.mode !== "overage") return null;
  return { amount: parseDecimal(policy.price.amount), currency: policy.price.currency };
}

/** Refuses a policy that could never be obeyed. */
export function checkPolicy(policy: ModelPolicy): void {
  if (policy.mode === "hard") return;
  demand(policy.limit === undefined || !isNegative(parseDecimal(policy.limit)), "A limit below zero.");
  if (policy.mode === "soft") return;
  demand(!isNegative(parseDecimal(policy.price.amount)), "A price below zero.");
  parseMoney({ amount: "0", currency: policy.price.currency });
}

function asksForConsent(policy: ModelPolicy): boolean {
  return policy.mode === "overage" && policy.consent === "required";
}

/** The policy's limit, or the smaller one of a recorded consent; null where there is none. */
function limitOf(policy: ModelPolicy): Fraction | null {
  if (policy.mode === "hard") return ZERO;
  const consented =
    policy.mode === "overage" && typeof policy.consent === "object" ? policy.consent.limit : undefined;
  const limits = [policy.limit, consented].filter((limit) => limit !== undefined).map(parseDecimal);
  return limits.length === 0 ? null : limits.reduce(least);
}

function heldHeadroom(wallet: Wallet, mode: Headroom["mode"]): Fraction {
  const held = wallet.reservations.flatMap(({ headroom }) => (headroom === null ? [] : [headroom]));
  return sum(held.filter((headroom) => headroom.mode === mode).map((headroom) => headroom.amount));
}

/** What may still go past zero by the policy in force; where it has no limit, as much as can be stored. */
export function headroomOf(state: State, wallet: Wallet, at: number): Fraction {
  const policy = policyOf(state, wallet);
  if (policy.mode === "hard" || asksForConsent(policy)) return ZERO;
  const limit = limitOf(policy);
  const held = heldHeadroom(wallet, policy.mode);
  const used = policy.mode === "soft" ? overdraftOf(wallet) : overageCredits(wallet, at);
  const ever = policy.mode === "soft" ? used : totalOverage(wallet);
  const storable = fraction(LARGEST_STORED, 10n ** BigInt(scaleOf(currencyOf(state, wallet.currency))));
  const room = subtract(storable, add(ever, held));
  return greatest(limit === null ? room : least(room, subtract(limit, add(used, held))), ZERO);
}

/** Spends headroom on what each line lacks, in line order, as far as it goes. */
export function spendHeadroom(rests: readonly Fraction[], headroom: Fraction): Fraction[] {
  const spent: Fraction[] = [];
  for (const rest of rests) {
    spent.push(least(rest, subtract(headroom, sum(spent))));
  }
  return spent;
}

/** Denies what neither the grants nor the headroom can pay. */
export function deny(state: State, wallet: Wallet): never {
  const code = asksForConsent(policyOf(state, wallet)) ? "consent_required" : "insufficient_credits";
  return refuse(code, "Neither free credits nor the policy cover it.");
}
