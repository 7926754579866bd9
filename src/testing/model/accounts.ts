/**
 * What the ledger says, summed afresh at every question: nothing about a grant's credits or money is stored but the
 * entries themselves and the pins of reservations.
 */
import type { Money } from "./decimal.js";
import {
  type Fraction,
  fraction,
  isPositive,
  isZero,
  floor,
  multiply,
  divide,
  negate,
  subtract,
  sum,
} from "./fraction.js";
import type { EntryType } from "./results.js";
import type { Entry, Grant, Price, Wallet } from "./state.js";

export function entriesOf(wallet: Wallet, grant: Grant): Entry[] {
  return wallet.entries.filter((entry) => entry.grantId === grant.id);
}

/** Net credits that left a grant by entries of these types; the entry that created it is not counted. */
export function goneBy(wallet: Wallet, grant: Grant, types: readonly EntryType[]): Fraction {
  const later = entriesOf(wallet, grant).slice(1);
  return negate(sum(later.filter((entry) => types.includes(entry.type)).map((entry) => entry.amount)));
}

/** Net money that left a grant's deferred account by entries of these types, in minor units. */
export function moneyGoneBy(wallet: Wallet, grant: Grant, types: readonly EntryType[]): bigint {
  const later = entriesOf(wallet, grant).slice(1);
  return -later
    .filter((entry) => types.includes(entry.type))
    .reduce((total, entry) => total + (entry.cost?.minor ?? 0n), 0n);
}

export const CONSUMING: readonly EntryType[] = ["consumed", "overdraft_settled", "reversed"];
export const EXPIRING: readonly EntryType[] = ["expired", "expiry_reversed"];

/** Free and pinned credits. */
export function openOf(wallet: Wallet, grant: Grant): Fraction {
  return sum(entriesOf(wallet, grant).map((entry) => entry.amount));
}

export function heldOf(wallet: Wallet, grant: Grant): Fraction {
  const pins = wallet.reservations.flatMap((reservation) => reservation.pins);
  return sum(pins.filter((pin) => pin.grantId === grant.id).map((pin) => pin.amount));
}

/** Free credits. */
export function remainingOf(wallet: Wallet, grant: Grant): Fraction {
  return subtract(openOf(wallet, grant), heldOf(wallet, grant));
}

/** Credits that expiry took and that have not come back. */
export function lostOf(wallet: Wallet, grant: Grant): Fraction {
  return goneBy(wallet, grant, EXPIRING);
}

export function hasExpired(grant: Grant, at: number): boolean {
  return grant.expiresAt !== null && grant.expiresAt <= at;
}

/** Whether it lives at that instant: in [effectiveAt, expiresAt), not voided. */
export function isLive(grant: Grant, at: number): boolean {
  return !grant.voided && grant.effectiveAt <= at && !hasExpired(grant, at);
}

/** Whether the grant may pay for that feature, or for a use without one. */
export function mayPay(grant: Grant, feature: string | null): boolean {
  return grant.features === null || (feature !== null && grant.features.includes(feature));
}

/**
 * The money that x credits taken from a grant carry now: with D and n the deferred money and open credits at its
 * last restart (its creation, or the last time that credits came back) and g the credits gone since,
 * floor(D(g+x)/n) − floor(Dg/n).
 */
export function shareOf(wallet: Wallet, grant: Grant, x: Fraction): Money | null {
  if (grant.cost === null) return null;
  if (isZero(x)) return { minor: 0n, currency: grant.cost.currency };
  const entries = entriesOf(wallet, grant);
  const restart = entries.findLastIndex((entry) => isPositive(entry.amount));
  const until = entries.slice(0, restart + 1);
  const deferred = fraction(until.reduce((total, entry) => total + (entry.cost?.minor ?? 0n), 0n));
  const open = sum(until.map((entry) => entry.amount));
  const gone = negate(sum(entries.slice(restart + 1).map((entry) => entry.amount)));
  const carried = (credits: Fraction): bigint => floor(divide(multiply(deferred, credits), open));
  const minor = carried(subtract(gone, negate(x))) - carried(gone);
  return { minor, currency: grant.cost.currency };
}

/**
 * The money that x more credits bring back of an entry that took `taken` credits with money `money`, where `before`
 * credits had come back already: floor(m b′/x) − floor(m b/x).
 */
export function broughtBack(money: bigint, taken: Fraction, before: Fraction, x: Fraction): bigint {
  const brought = (back: Fraction): bigint => floor(divide(multiply(fraction(money), back), taken));
  return brought(subtract(before, negate(x))) - brought(before);
}

/** What has come back to an entry by reversals. */
export function returnedTo(wallet: Wallet, entry: Entry): Fraction {
  return sum(wallet.entries.filter((other) => other.returnsTo === entry.seq).map((other) => other.amount));
}

/** What is owed of the debt that an `overdraft` entry opened. */
export function owedOf(wallet: Wallet, debt: Entry): Fraction {
  const paid = wallet.entries.filter((entry) => entry.account === "overdraft" && entry.settles === debt.seq);
  return subtract(
    subtract(negate(debt.amount), sum(paid.map((entry) => entry.amount))),
    returnedTo(wallet, debt),
  );
}

/** Debts with something owed, oldest first. */
export function openDebts(wallet: Wallet): Entry[] {
  return wallet.entries.filter((entry) => entry.type === "overdraft" && isPositive(owedOf(wallet, entry)));
}

export function overdraftOf(wallet: Wallet): Fraction {
  return negate(
    sum(wallet.entries.filter((entry) => entry.account === "overdraft").map((entry) => entry.amount)),
  );
}

function monthOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 7);
}

export function samePrice(a: Price | null, b: Price | null): boolean {
  if (a === null || b === null) return a === b;
  return a.currency === b.currency && a.amount.n === b.amount.n && a.amount.d === b.amount.d;
}

/** Entries on the overage account in the UTC month of an instant, of one price or of all. */
function overageEntries(wallet: Wallet, at: number, price: Price | null): Entry[] {
  return wallet.entries.filter(
    (entry) =>
      entry.account === "overage" &&
      monthOf(entry.cause.at) === monthOf(at) &&
      (price === null || samePrice(entry.price, price)),
  );
}

/** Credits of overage in the month of that instant, reversals taken off. */
export function overageCredits(wallet: Wallet, at: number, price: Price | null = null): Fraction {
  return negate(sum(overageEntries(wallet, at, price).map((entry) => entry.amount)));
}

/** Credits of overage in all months. */
export function totalOverage(wallet: Wallet): Fraction {
  return negate(
    sum(wallet.entries.filter((entry) => entry.account === "overage").map((entry) => entry.amount)),
  );
}

/** Money billed for overage in that month at that price, in minor units. */
export function overageMoney(wallet: Wallet, at: number, price: Price): bigint {
  return -overageEntries(wallet, at, price).reduce((total, entry) => total + (entry.cost?.minor ?? 0n), 0n);
}
