/** How credits leave and come back to grants: the entries with their money. */
import { broughtBack, entriesOf, hasExpired, lostOf, remainingOf, shareOf } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import type { Money } from "./decimal.js";
import { type Fraction, ZERO, add, isPositive, isZero, least, negate, subtract } from "./fraction.js";
import {
  type Cause,
  type Entry,
  type Grant,
  type Pin,
  type Reservation,
  type State,
  type Wallet,
  book,
} from "./state.js";

type Terms = Partial<Entry> & Pick<Entry, "type">;

/** Takes credits of a grant, with their share of its money; returns that share. No credits carry no money. */
export function take(
  state: State,
  wallet: Wallet,
  cause: Cause,
  grant: Grant,
  amount: Fraction,
  terms: Terms,
): Money | null {
  const share = shareOf(wallet, grant, amount);
  book(state, wallet, cause, {
    ...terms,
    account: "grant",
    amount: negate(amount),
    grantId: grant.id,
    cost: share === null ? null : { ...share, minor: -share.minor },
  });
  return share;
}

/** Loses what is free in a grant that has expired or was voided; nothing where nothing is free. */
export function loseFree(state: State, wallet: Wallet, cause: Cause, grant: Grant): void {
  const free = remainingOf(wallet, grant);
  if (isZero(free)) return;
  take(state, wallet, cause, grant, free, { type: grant.voided ? "voided" : "expired" });
}

/**
 * Frees pins of a reservation, in burn order; what a grant that `isGone` gets free is lost at once.
 */
export function freePins(
  state: State,
  wallet: Wallet,
  cause: Cause,
  reservation: Reservation,
  isGone: (grant: Grant) => boolean,
): void {
  for (const grant of inBurnOrder(state, wallet)) {
    if (!reservation.pins.some((pin) => pin.grantId === grant.id)) continue;
    reservation.pins = reservation.pins.filter((pin: Pin) => pin.grantId !== grant.id);
    if (isGone(grant)) loseFree(state, wallet, cause, grant);
  }
}

/** Whether a grant keeps no free credits at that instant, all that was due having been applied. */
export function isClosed(grant: Grant, at: number): boolean {
  return grant.voided || hasExpired(grant, at);
}

interface Expiry {
  readonly entry: Entry;
  back: Fraction;
}

/** A grant's expiries with what has come back of each: what came back, came back from the latest first. */
function expiriesOf(wallet: Wallet, grant: Grant): Expiry[] {
  const expiries: Expiry[] = [];
  for (const entry of entriesOf(wallet, grant)) {
    if (entry.type === "expired") expiries.push({ entry, back: ZERO });
    if (entry.type === "expiry_reversed") spread(expiries, entry.amount);
  }
  return expiries;
}

/** Takes credits back from expiries, latest first, and returns the money that they bring. */
function spread(expiries: readonly Expiry[], amount: Fraction): bigint {
  let rest = amount;
  let money = 0n;
  for (const expiry of [...expiries].reverse()) {
    const taken = negate(expiry.entry.amount);
    const x = least(rest, subtract(taken, expiry.back));
    money += broughtBack(-(expiry.entry.cost?.minor ?? 0n), taken, expiry.back, x);
    expiry.back = add(expiry.back, x);
    rest = subtract(rest, x);
  }
  if (isPositive(rest)) throw new Error("More comes back than was lost.");
  return money;
}

/** Brings credits back that expiry took, so that late use can draw them. */
export function reverseExpiry(
  state: State,
  wallet: Wallet,
  cause: Cause,
  grant: Grant,
  amount: Fraction,
  terms: Partial<Entry>,
): void {
  if (isPositive(subtract(amount, lostOf(wallet, grant)))) throw new Error("Not lost.");
  const minor = spread(expiriesOf(wallet, grant), amount);
  book(state, wallet, cause, {
    ...terms,
    type: "expiry_reversed",
    account: "grant",
    amount,
    grantId: grant.id,
    cost: grant.cost === null ? null : { minor, currency: grant.cost.currency },
  });
}
