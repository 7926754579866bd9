import { isLive } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { freeCredits } from "./corrections.js";
import { settleDebts } from "./debts.js";
import { formatDecimal } from "./decimal.js";
import { openGrant, parsePositive } from "./grant.js";
import { isClosed, loseFree, take } from "./losses.js";
import { demand } from "./refusal.js";
import type { ModelWalletName, TransferRequest } from "./requests.js";
import type { ModelTransfer } from "./results.js";
import { type Cause, type Grant, type State, type Wallet, walletOf } from "./state.js";
import { availableIn, grantView, movedView } from "./views.js";

function named(name: string | ModelWalletName): ModelWalletName {
  return typeof name === "string" ? { customerId: name } : name;
}

export function walletNamed(state: State, name: string | ModelWalletName, currency: string): Wallet {
  const { customerId, scope } = named(name);
  return walletOf(state, customerId, currency, scope);
}

/** Free credits of live grants, in burn order, each to a new grant alike in the other wallet. */
export function transfer(state: State, from: Wallet, cause: Cause, request: TransferRequest): ModelTransfer {
  const to = walletNamed(state, request.to, request.currency);
  demand(to !== from, "A wallet transfers to another.");
  const amount = parsePositive(state, from, request.amount);
  const live = inBurnOrder(state, from).filter((grant) => isLive(grant, cause.at));
  const arrival: Cause = { ...cause, at: to.clock };
  const made: Grant[] = [];
  for (const { grant: origin, amount: part } of freeCredits(from, live, amount)) {
    const cost = take(state, from, cause, origin, part, { type: "transferred_out" });
    const terms = {
      amount: part,
      cost,
      category: origin.category,
      source: "transfer",
      priority: origin.priority,
      effectiveAt: arrival.at,
      expiresAt: origin.expiresAt,
      features: origin.features,
      displayName: origin.displayName,
      originGrantId: origin.id,
    };
    made.push(openGrant(state, to, arrival, terms, "transferred_in"));
  }
  settleDebts(state, from, cause);
  for (const grant of made) if (isClosed(grant, arrival.at)) loseFree(state, to, arrival, grant);
  settleDebts(state, to, arrival);
  return {
    amount: formatDecimal(amount),
    draws: movedView(from, cause, "transferred_out"),
    grants: made.map((grant) => grantView(to, grant, arrival.at)),
    available: formatDecimal(availableIn(from, cause.at)),
  };
}
