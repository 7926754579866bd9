import { MAX_AMOUNT, formatScaled } from "./amounts.js";
import { comparesBasis } from "./burn-order.js";
import type { Draft } from "./draft.js";
import type { Entry, LedgerEntryType } from "./entry.js";
import { CreditError, invalidInput } from "./errors.js";
import { type Grant, phaseAt } from "./grant.js";
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
  const grant: Grant = {
    ...terms,
    id: terms.id ?? draft.terms.newId(draft.now),
    recurrence: terms.recurrence ?? null,
    noticedAt: null,
    phase: phaseAt({ ...terms, voidedAt: null }, draft.now),
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
  draft.openGrant(grant);
  draft.post(
    {
      type,
      account: "grant",
      amount: grant.amount,
      grantId: grant.id,
      money: terms.cost?.total ?? null,
      moneyCurrency: terms.cost?.currency ?? null,
    },
    details,
  );
  return grant;
}

/** Would the wallet still hold no more than can be kept? */
export function hasRoomFor({ wallet }: Draft, amount: bigint): boolean {
  return wallet.balance + wallet.overdraft + amount <= MAX_AMOUNT;
}

function checkRoom(draft: Draft, amount: bigint): void {
  const { scale, id } = draft.terms.currency;
  const open = draft.wallet.balance + draft.wallet.overdraft;
  if (hasRoomFor(draft, amount)) return;
  throw new CreditError(
    "over_limit",
    `A wallet of "${id}" holds at most ${formatScaled(MAX_AMOUNT, scale)} credits; it has ${formatScaled(open, scale)}, and ${formatScaled(amount, scale)} more do not fit.`,
    { open: formatScaled(open, scale), amount: formatScaled(amount, scale) },
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
