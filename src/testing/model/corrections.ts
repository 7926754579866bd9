import { hasExpired, isLive, remainingOf } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { scaleOf } from "./catalog.js";
import { settleDebts } from "./debts.js";
import { formatDecimal, formatMoney, parseCredits } from "./decimal.js";
import {
  type Fraction,
  ZERO,
  compare,
  isNegative,
  isPositive,
  isZero,
  least,
  negate,
  subtract,
} from "./fraction.js";
import { openGrant, parsePositive } from "./grant.js";
import { checkPolicy } from "./headroom.js";
import { isClosed, take } from "./losses.js";
import { demand, refuse, requireText } from "./refusal.js";
import type {
  AdjustRequest,
  AmendGrantRequest,
  RefundGrantRequest,
  SetPolicyRequest,
  VoidGrantRequest,
} from "./requests.js";
import type { ModelAdjustment, ModelGrantResult, ModelRefund } from "./results.js";
import { type Cause, type Grant, type State, type Wallet, book, currencyOf, grantIn } from "./state.js";
import { availableIn, grantResult, grantView, movedView } from "./views.js";

/** Free credits of these grants, in their order, until there is enough. */
export function freeCredits(
  wallet: Wallet,
  grants: readonly Grant[],
  amount: Fraction,
): { grant: Grant; amount: Fraction }[] {
  const parts: { grant: Grant; amount: Fraction }[] = [];
  let rest = amount;
  for (const grant of grants) {
    const part = least(rest, remainingOf(wallet, grant));
    if (isPositive(part)) parts.push({ grant, amount: part });
    rest = subtract(rest, part);
  }
  if (isPositive(rest)) refuse("insufficient_credits", "There are not as many free credits.");
  return parts;
}

export function voidGrant(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: VoidGrantRequest,
): ModelGrantResult {
  const grant = grantIn(wallet, request.grantId);
  if (!grant.voided) {
    if (hasExpired(grant, cause.at)) refuse("grant_closed", "It has expired.");
    take(state, wallet, cause, grant, remainingOf(wallet, grant), { type: "voided" });
    grant.voided = true;
  }
  settleDebts(state, wallet, cause);
  return grantResult(wallet, grant, cause.at);
}

export function amendGrant(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: AmendGrantRequest,
): ModelGrantResult {
  const grant = grantIn(wallet, request.grantId);
  if (isClosed(grant, cause.at)) refuse("grant_closed", "It has expired or was voided.");
  const { expiresAt = grant.expiresAt, priority = grant.priority, displayName = grant.displayName } = request;
  demand(expiresAt === null || (expiresAt > cause.at && expiresAt > grant.effectiveAt), "It would not live.");
  grant.expiresAt = expiresAt;
  grant.priority = priority;
  grant.displayName = displayName;
  book(state, wallet, cause, { type: "amended", account: "grant", amount: ZERO, grantId: grant.id });
  settleDebts(state, wallet, cause);
  return grantResult(wallet, grant, cause.at);
}

function adjustUp(state: State, wallet: Wallet, cause: Cause, amount: Fraction): Grant {
  const grant = {
    amount,
    category: "promotional",
    cost: null,
    source: "adjustment",
    priority: 50,
    effectiveAt: cause.at,
    expiresAt: null,
    features: null,
    displayName: null,
    originGrantId: null,
  } as const;
  return openGrant(state, wallet, cause, grant, "adjusted");
}

export function adjust(state: State, wallet: Wallet, cause: Cause, request: AdjustRequest): ModelAdjustment {
  requireText(request.actor, "actor");
  requireText(request.reason, "reason");
  const amount = parseCredits(request.amount, scaleOf(currencyOf(state, wallet.currency)));
  demand(!isZero(amount), "Nothing to adjust.");
  const named = request.grantId === undefined ? null : grantIn(wallet, request.grantId);
  demand(named === null || isNegative(amount), "Credits are added by a new grant.");
  if (named !== null && isClosed(named, cause.at)) refuse("grant_closed", "It has expired or was voided.");
  let made: Grant | null = null;
  if (isPositive(amount)) {
    made = adjustUp(state, wallet, cause, amount);
  } else {
    const grants =
      named === null ? inBurnOrder(state, wallet).filter((grant) => isLive(grant, cause.at)) : [named];
    for (const part of freeCredits(wallet, grants, negate(amount))) {
      take(state, wallet, cause, part.grant, part.amount, { type: "adjusted" });
    }
  }
  settleDebts(state, wallet, cause);
  return {
    amount: formatDecimal(amount),
    grant: made === null ? null : grantView(wallet, made, cause.at),
    draws: made === null ? movedView(wallet, cause, "adjusted") : [],
    available: formatDecimal(availableIn(wallet, cause.at)),
  };
}

/** Free credits of a paid grant go for the money that they carry. */
export function refundGrant(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: RefundGrantRequest,
): ModelRefund {
  const grant = grantIn(wallet, request.grantId);
  const asked = request.amount === undefined ? null : parsePositive(state, wallet, request.amount);
  if (isClosed(grant, cause.at)) refuse("grant_closed", "It has expired or was voided.");
  demand(grant.category === "paid", "A promotional grant has cost nothing.");
  const free = remainingOf(wallet, grant);
  const amount = asked ?? free;
  if (isZero(free) || compare(amount, free) > 0) refuse("insufficient_credits", "Less is free.");
  const money = take(state, wallet, cause, grant, amount, { type: "refunded" });
  settleDebts(state, wallet, cause);
  return {
    amount: formatDecimal(amount),
    cost: money === null ? null : formatMoney(money),
    grant: grantView(wallet, grant, cause.at),
    available: formatDecimal(availableIn(wallet, cause.at)),
  };
}

export function setPolicy(
  _state: State,
  wallet: Wallet,
  _cause: Cause,
  request: SetPolicyRequest,
): Record<never, never> {
  if (request.policy !== null) checkPolicy(request.policy);
  wallet.policy = request.policy;
  return {};
}
