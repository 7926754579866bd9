import type { Dimensions, ModelCatalog, ModelCurrency, ModelPolicy } from "./catalog.js";
import { type Money, isStorable } from "./decimal.js";
import { type Fraction, ZERO, add } from "./fraction.js";
import { refuse } from "./refusal.js";
import type { Account, EntryType, ModelOutcome } from "./results.js";
import { scaleOf } from "./catalog.js";

/**
 * The terms of a grant. What became of its credits and its money is nowhere stored: it is what the ledger's entries
 * and the reservations' pins add up to (`accounts.ts`).
 */
export interface Grant {
  readonly id: string;
  /** Its place in the order of creation over the whole model: the last tie-break of every burn order. */
  readonly number: number;
  readonly amount: Fraction;
  readonly category: "paid" | "promotional";
  readonly cost: Money | null;
  readonly source: string | null;
  priority: number;
  readonly effectiveAt: number;
  expiresAt: number | null;
  readonly features: readonly string[] | null;
  displayName: string | null;
  readonly originGrantId: string | null;
  readonly createdAt: number;
  voided: boolean;
}

/** Why an entry is booked: a request, or time alone ("due:<instant>"). */
export interface Cause {
  readonly operationId: string;
  readonly at: number;
}

export interface Price {
  readonly amount: Fraction;
  readonly currency: string;
}

export interface Entry {
  readonly seq: number;
  readonly type: EntryType;
  readonly account: Account;
  readonly amount: Fraction;
  readonly balanceAfter: Fraction;
  readonly grantId: string | null;
  readonly cause: Cause;
  readonly occurredAt: number;
  readonly feature: string | null;
  readonly quantity: Fraction | null;
  readonly dimensions: Dimensions | null;
  readonly reservationId: string | null;
  readonly cost: Money | null;
  /** Of the entries of a withdrawal's lines. */
  readonly withdrawalId: string | null;
  /** Of a `reversed` entry: the entry that it returns to. */
  readonly returnsTo: number | null;
  /** Of a settlement: the `overdraft` entry that it settles. */
  readonly settles: number | null;
  /** Of entries on the overage account. */
  readonly price: Price | null;
  /** Of overdraft and overage: the mode of the policy in force, and how much of it had been held as headroom. */
  readonly policyMode: ModelPolicy["mode"] | null;
  readonly fromHeadroom: Fraction;
}

export interface Pin {
  readonly grantId: string;
  amount: Fraction;
}

export interface Headroom {
  readonly mode: "soft" | "overage";
  readonly price: Price | null;
  amount: Fraction;
}

/** Reserved and captured: quantities of a feature, or credits where there is none. */
export interface ReservedLine {
  readonly feature: string | null;
  readonly dimensions: Dimensions | null;
  readonly reserved: Fraction;
  captured: Fraction;
  /** Credits captured outright of a line by feature. */
  outright: Fraction;
}

export interface Reservation {
  readonly id: string;
  readonly reservedAt: number;
  readonly price: Fraction;
  /** The lines as they were priced, and what is captured of each. */
  readonly priced: readonly Line[];
  readonly lines: readonly ReservedLine[];
  /** Lines of which nothing was reserved, that captures have named. */
  readonly extras: ReservedLine[];
  expiresAt: number;
  status: "held" | "expired" | "released" | "captured";
  pins: Pin[];
  headroom: Headroom | null;
}

/** One line of use with its price; a line by amount has no feature. */
export interface Line {
  readonly feature: string | null;
  readonly quantity: Fraction | null;
  readonly dimensions: Dimensions | null;
  readonly price: Fraction;
}

export interface Withdrawal {
  readonly id: string;
  readonly operationId: string;
  readonly lines: readonly Line[];
  readonly price: Fraction;
  readonly shortfall: Fraction;
  readonly reservationId: string | null;
}

export interface Receipt {
  readonly key: string | null;
  readonly operationId: string;
  readonly request: string;
  readonly outcome: ModelOutcome;
}

export interface Wallet {
  readonly customerId: string;
  readonly currency: string;
  readonly scope: string;
  /** Its last instant. */
  clock: number;
  policy: ModelPolicy | null;
  readonly grants: Grant[];
  readonly entries: Entry[];
  readonly reservations: Reservation[];
  readonly withdrawals: Withdrawal[];
  readonly receipts: Receipt[];
}

export interface State {
  readonly catalog: ModelCatalog;
  readonly wallets: Wallet[];
  readonly made: { grants: number; withdrawals: number; reservations: number; operations: number };
}

export function emptyState(catalog: ModelCatalog): State {
  return { catalog, wallets: [], made: { grants: 0, withdrawals: 0, reservations: 0, operations: 0 } };
}

export function currencyOf(state: State, currency: string): ModelCurrency {
  return state.catalog.currencies[currency] ?? refuse("unknown_currency", currency);
}

/** The wallet of that name; it needs no opening. */
export function walletOf(state: State, customerId: string, currency: string, scope = ""): Wallet {
  currencyOf(state, currency);
  const found = state.wallets.find(
    (wallet) => wallet.customerId === customerId && wallet.currency === currency && wallet.scope === scope,
  );
  if (found !== undefined) return found;
  const wallet: Wallet = {
    customerId,
    currency,
    scope,
    // Earlier than any clock can say, those before 1970 too.
    clock: Number.MIN_SAFE_INTEGER,
    policy: null,
    grants: [],
    entries: [],
    reservations: [],
    withdrawals: [],
    receipts: [],
  };
  state.wallets.push(wallet);
  return wallet;
}

export function grantIn(wallet: Wallet, grantId: string): Grant {
  return (
    wallet.grants.find((grant) => grant.id === grantId) ?? refuse("grant_not_found", `No grant ${grantId}.`)
  );
}

type EntryTerms = Pick<Entry, "type" | "account" | "amount"> & Partial<Entry>;

/** Appends one entry to the wallet's ledger. */
export function book(state: State, wallet: Wallet, cause: Cause, terms: EntryTerms): void {
  const before = wallet.entries.at(-1)?.balanceAfter ?? ZERO;
  const balanceAfter = terms.account === "overage" ? before : add(before, terms.amount);
  const scale = scaleOf(currencyOf(state, wallet.currency));
  if (!isStorable(balanceAfter, scale)) refuse("over_limit", "The balance would leave the range.");
  const onAccount = wallet.entries.filter((entry) => entry.account === terms.account);
  const total = onAccount.reduce((all, entry) => add(all, entry.amount), terms.amount);
  if (terms.account === "overage" && !isStorable(total, scale)) {
    refuse("over_limit", "The overage would leave the range.");
  }
  wallet.entries.push({
    grantId: null,
    occurredAt: cause.at,
    feature: null,
    quantity: null,
    dimensions: null,
    reservationId: null,
    cost: null,
    withdrawalId: null,
    returnsTo: null,
    settles: null,
    price: null,
    policyMode: null,
    fromHeadroom: ZERO,
    ...terms,
    cause,
    balanceAfter,
    seq: wallet.entries.length + 1,
  });
}
