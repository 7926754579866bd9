import { MAX_AMOUNT, formatScaled } from "./amounts.js";
import { comparesBasis } from "./burn-order.js";
import type { Draft } from "./draft.js";
import type { Entry, LedgerEntryType } from "./entry.js";
import { CreditError, invalidInput } from "./errors.js";
import { type Grant, type GrantPayment, phaseAt } from "./grant.js";
import type { Recurrence } from "./schedule.js";

export interface NewGrant {
  readonly amount: bigint;
  readonly category: "paid" | "promotional";
  readonly cost: { readonly total: bigint; readonly currency: string } | null;
  readonly source: string;
  readonly priority: number;
  readonly effectiveAt: number;
  readonly expiresAt: number | null;
  readonly features: readonly string[] | null;
  readonly displayName: string | null;
  readonly metadata: string | null;
  readonly originGrantId: string | null;
  /** Default: a new one. */
  readonly id?: string;
  readonly recurrence?: Recurrence;
  /** Default: it waits for none. */
  readonly payment?: GrantPayment;
}

/** Makes a grant and the entry that brings its credits in. */
export function addGrant(
  draft: Draft,
  terms: NewGrant,
  type: LedgerEntryType,
  details: Partial<Entry> = {},
): Grant {
  checkRoom(draft, terms.amount);
  checkMoney(draft, terms.cost);
  const grant = newGrant(draft, terms);
  draft.openGrant(grant);
  bringIn(draft, grant, type, details);
  return grant;
}

/** The entry that brings a grant's credits in. */
export function bringIn(
  draft: Draft,
  { id: grantId, amount, cost }: Grant,
  type: LedgerEntryType,
  details: Partial<Entry> = {},
): void {
  draft.post(
    {
      type,
      account: "grant",
      amount,
      grantId,
      money: cost?.total ?? null,
      moneyCurrency: cost?.currency ?? null,
    },
    details,
  );
}

/** As it is before anything of it was used. */
export function newGrant(draft: Draft, terms: NewGrant): Grant {
  const { payment = null } = terms;
  return {
    ...terms,
    payment,
    id: terms.id ?? draft.terms.newId(draft.now),
    recurrence: terms.recurrence ?? null,
    noticedAt: null,
    phase: phaseAt({ ...terms, payment, voidedAt: null }, draft.now),
    createdAt: draft.now,
    closedAt: null,
    voidedAt: null,
    remaining: terms.amount,
    held: 0n,
    consumed: 0n,
    expired: 0n,
    voided: 0n,
    adjusted: 0n,
    refunded: 0n,
    moved: 0n,
    lapses: [],
    cost:
      terms.cost === null
        ? null
        : {
            ...terms.cost,
            recognised: 0n,
            breakage: 0n,
            refunded: 0n,
            moved: 0n,
            restartDeferred: terms.cost.total,
            restartOpen: terms.amount,
          },
  };
}

/** Would the wallet still hold no more than can be kept? */
export function hasRoomFor({ wallet }: Draft, amount: bigint): boolean {
  return wallet.balance + wallet.overdraft + amount <= MAX_AMOUNT;
}

export function checkRoom(draft: Draft, amount: bigint): void {
  const { scale, id } = draft.terms.currency;
  const open = draft.wallet.balance + draft.wallet.overdraft;
  if (hasRoomFor(draft, amount)) return;
  throw new CreditError(
    "over_limit",
    `A wallet of "${id}" holds at most ${formatScaled(MAX_AMOUNT, scale)} credits; it has ${formatScaled(open, scale)}, and ${formatScaled(amount, scale)} more do not fit.`,
    { open: formatScaled(open, scale), amount: formatScaled(amount, scale) },
  );
}

/** May a grant that cost this money stand in the wallet? */
export function takesMoney({ terms, wallet }: Draft, moneyCurrency: string): boolean {
  const { basisCurrency } = wallet;
  return (
    basisCurrency === null || basisCurrency === moneyCurrency || !comparesBasis(terms.currency.burnCriteria)
  );
}

/** An order by basis compares costs, so all of a wallet's must be in one money. */
export function checkMoney(draft: Draft, cost: NewGrant["cost"]): void {
  if (cost === null || !comparesBasis(draft.terms.currency.burnCriteria)) return;
  const { basisCurrency } = draft.wallet;
  if (basisCurrency !== null && basisCurrency !== cost.currency)
    throw invalidInput(
      `This currency burns by basis, so a wallet takes grants of one money: this one has ${basisCurrency}, not ${cost.currency}.`,
      { field: "cost.currency" },
    );
  draft.wallet = { ...draft.wallet, basisCurrency: cost.currency };
}
