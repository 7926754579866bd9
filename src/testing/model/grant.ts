import { ordersByBasis } from "./burnOrder.js";
import { scaleOf } from "./catalog.js";
import { settleDebts } from "./debts.js";
import { type Money, parseCredits, parseMoney } from "./decimal.js";
import { type Fraction, isPositive } from "./fraction.js";
import { demand, refuse } from "./refusal.js";
import type { GrantRequest } from "./requests.js";
import type { EntryType, ModelGrantResult } from "./results.js";
import { type Cause, type Grant, type State, type Wallet, book, currencyOf } from "./state.js";
import { grantResult } from "./views.js";

type NewGrant = Omit<Grant, "id" | "number" | "createdAt" | "voided">;

/** Creates a grant with the entry that brings its credits and its money. */
export function openGrant(
  state: State,
  wallet: Wallet,
  cause: Cause,
  terms: NewGrant,
  type: EntryType,
): Grant {
  const { cost, amount } = terms;
  const currencies = wallet.grants.flatMap((grant) => (grant.cost === null ? [] : [grant.cost.currency]));
  const isAnother = cost !== null && currencies.some((currency) => currency !== cost.currency);
  demand(!isAnother || !ordersByBasis(state, wallet), "An order by basis allows one cost currency.");
  state.made.grants += 1;
  const number = state.made.grants;
  const grant: Grant = { ...terms, id: `g${number}`, number, createdAt: cause.at, voided: false };
  wallet.grants.push(grant);
  book(state, wallet, cause, { type, account: "grant", amount, grantId: grant.id, cost });
  return grant;
}

/** Credits of a correction, a transfer or a grant: above zero. */
export function parsePositive(state: State, wallet: Wallet, text: string | number): Fraction {
  const amount = parseCredits(text, scaleOf(currencyOf(state, wallet.currency)));
  demand(isPositive(amount), "An amount above zero.");
  return amount;
}

function costOf(request: GrantRequest): Money | null {
  const { category, cost } = request;
  demand((category === "paid") === (cost !== undefined), "Paid grants have a cost, promotional ones none.");
  return cost === undefined ? null : parseMoney(cost);
}

function checkFeatures(state: State, wallet: Wallet, features: readonly string[] | undefined): void {
  for (const feature of features ?? []) {
    const defined = state.catalog.features[feature] ?? refuse("unknown_feature", feature);
    demand(defined.currency === wallet.currency, `${feature} belongs to another currency.`);
  }
}

export function grant(state: State, wallet: Wallet, cause: Cause, request: GrantRequest): ModelGrantResult {
  const { category, source = null, priority = 50, displayName = null } = request;
  const { effectiveAt = cause.at, expiresAt = null, features = null } = request;
  const amount = parsePositive(state, wallet, request.amount);
  const cost = costOf(request);
  checkFeatures(state, wallet, request.features);
  demand(expiresAt === null || (expiresAt > cause.at && expiresAt > effectiveAt), "It would never live.");
  const terms = { category, source, priority, effectiveAt, expiresAt, features, displayName };
  const made = openGrant(state, wallet, cause, { ...terms, amount, cost, originGrantId: null }, "granted");
  settleDebts(state, wallet, cause);
  return grantResult(wallet, made, cause.at);
}
