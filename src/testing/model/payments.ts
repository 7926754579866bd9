/** How the lines of a withdrawal or a capture are paid, and the entries that say so. */
import {
  hasExpired,
  isLive,
  lostOf,
  overageCredits,
  overageMoney,
  remainingOf,
  samePrice,
} from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { LARGEST_STORED, toMinor } from "./decimal.js";
import type { Draw, Source } from "./drawing.js";
import { type Fraction, ZERO, add, isPositive, multiply, negate } from "./fraction.js";
import { policyOf, priceOfOverage } from "./headroom.js";
import { reverseExpiry, take } from "./losses.js";
import { refuse } from "./refusal.js";
import {
  type Cause,
  type Entry,
  type Headroom,
  type Line,
  type Price,
  type State,
  type Wallet,
  book,
} from "./state.js";

/** Credits of one line that no grant paid. */
export interface PastZero {
  readonly mode: "soft" | "overage";
  readonly price: Price | null;
  readonly amount: Fraction;
  readonly fromHeadroom: Fraction;
}

export interface Payment {
  readonly line: Line;
  /** Draws on pins first, then on free credits. */
  readonly draws: readonly Draw[];
  readonly pastZero: readonly PastZero[];
}

export interface Use {
  readonly withdrawalId: string;
  readonly reservationId: string | null;
  readonly occurredAt: number;
}

/** What may be drawn at `now`, in burn order: free credits of live grants. */
export function liveSources(state: State, wallet: Wallet, now: number): Source[] {
  return inBurnOrder(state, wallet)
    .filter((grant) => isLive(grant, now))
    .map((grant) => ({ grant, amount: remainingOf(wallet, grant), from: "free" }));
}

/** What use at an earlier instant may draw: of grants alive then, what is free now or what expiry took. */
export function lateSources(state: State, wallet: Wallet, now: number, occurredAt: number): Source[] {
  return inBurnOrder(state, wallet)
    .filter((grant) => isLive(grant, occurredAt))
    .map((grant) =>
      hasExpired(grant, now)
        ? { grant, amount: lostOf(wallet, grant), from: "expiry" }
        : { grant, amount: remainingOf(wallet, grant), from: "free" },
    );
}

/** What of a line goes past zero: from the headroom held for it, then by the policy in force. */
export function pastZeroOf(
  state: State,
  wallet: Wallet,
  held: { readonly from: Headroom | null; readonly amount: Fraction },
  byPolicy: Fraction,
): PastZero[] {
  const policy = policyOf(state, wallet);
  const price = priceOfOverage(policy);
  const parts: PastZero[] = [];
  if (held.from !== null && isPositive(held.amount)) {
    parts.push({ ...held.from, amount: held.amount, fromHeadroom: held.amount });
  }
  if (!isPositive(byPolicy) || policy.mode === "hard") return parts;
  const [first] = parts;
  if (first !== undefined && first.mode === policy.mode && samePrice(first.price, price)) {
    return [{ ...first, amount: add(first.amount, byPolicy) }];
  }
  return [...parts, { mode: policy.mode, price, amount: byPolicy, fromHeadroom: ZERO }];
}

/** The money of overage credits more in this month at this price: what all come to, less what was billed. */
function bill(wallet: Wallet, at: number, price: Price, amount: Fraction): bigint {
  const credits = add(overageCredits(wallet, at, price), amount);
  const due = toMinor(multiply(price.amount, credits), price.currency) - overageMoney(wallet, at, price);
  if (due > LARGEST_STORED) refuse("over_limit", "The money leaves the range.");
  return due > 0n ? due : 0n;
}

function bookPastZero(
  state: State,
  wallet: Wallet,
  cause: Cause,
  part: PastZero,
  terms: Partial<Entry>,
): void {
  const { price, fromHeadroom } = part;
  const common = {
    ...terms,
    amount: negate(part.amount),
    fromHeadroom,
    policyMode: policyOf(state, wallet).mode,
  };
  if (part.mode === "soft" || price === null) {
    book(state, wallet, cause, { ...common, type: "overdraft", account: "overdraft" });
    return;
  }
  const minor = -bill(wallet, cause.at, price, part.amount);
  const cost = { minor, currency: price.currency };
  book(state, wallet, cause, { ...common, type: "overage", account: "overage", cost, price });
}

/** The entries of the lines, line by line: draws, then what goes past zero; one zero entry where nothing moved. */
export function bookPayments(
  state: State,
  wallet: Wallet,
  cause: Cause,
  use: Use,
  payments: readonly Payment[],
): void {
  for (const { line, draws, pastZero } of payments) {
    const { feature, quantity, dimensions } = line;
    const terms = { ...use, feature, quantity, dimensions };
    for (const { grant, amount, from } of draws) {
      if (from === "expiry") reverseExpiry(state, wallet, cause, grant, amount, terms);
      take(state, wallet, cause, grant, amount, { ...terms, type: "consumed" });
    }
    for (const part of pastZero) bookPastZero(state, wallet, cause, part, terms);
    if (draws.length === 0 && pastZero.length === 0) {
      book(state, wallet, cause, { ...terms, type: "consumed", account: "grant", amount: ZERO });
    }
  }
}
