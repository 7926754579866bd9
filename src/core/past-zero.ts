import { MAX_AMOUNT, minimum, sum } from "./amounts.js";
import { plansAt } from "./attachments.js";
import { startOfUtcMonth } from "./calendar.js";
import type { Draft } from "./draft.js";
import type { Entry } from "./entry.js";
import { CreditError } from "./errors.js";
import { type Price, moneyFor } from "./money.js";
import { type Policy, limitOf } from "./policy.js";
import type { OveragePeriod } from "./records.js";
import type { Wallet } from "./wallet.js";

/** Credits used past zero: overdraft, or overage where there is a price. */
export interface PastZero {
  readonly amount: bigint;
  readonly price: Price | null;
}

/** The room that a policy leaves past zero. */
export interface Room {
  readonly amount: bigint;
  readonly price: Price | null;
  /** Overage is offered, but nobody has agreed to it. */
  readonly lacksConsent: boolean;
}

/** The wallet's own, else that of the highest-ranked plan which has one, else the currency's. */
export function policyOf(draft: Draft): Policy {
  return draft.wallet.policy ?? planPolicyOf(draft)?.policy ?? draft.terms.currency.policy;
}

export function planPolicyOf({
  wallet,
  terms,
}: Draft): { readonly policy: Policy; readonly plan: string } | null {
  for (const { policies, id } of plansAt(wallet, terms.catalog, wallet.clock)) {
    const policy = policies.get(terms.currency.id);
    if (policy !== undefined) return { policy, plan: id };
  }
  return null;
}

export function roomPastZero(draft: Draft): Room {
  const policy = policyOf(draft);
  const { wallet } = draft;
  if (policy.mode === "hard") return { amount: 0n, price: null, lacksConsent: false };
  if (policy.mode === "soft") {
    const used = wallet.overdraft + wallet.headroomHeld.overdraft;
    return { amount: roomWithin(limitOf(policy), used), price: null, lacksConsent: false };
  }
  if (policy.consent === "required") return { amount: 0n, price: policy.price, lacksConsent: true };
  const { overage } = wallet.headroomHeld;
  const withinLimit = roomWithin(limitOf(policy), overageOfPeriod(wallet) + overage);
  return {
    amount: minimum(withinLimit, roomWithin(null, wallet.overage + overage)),
    price: policy.price,
    lacksConsent: false,
  };
}

function roomWithin(limit: bigint | null, used: bigint): bigint {
  const left = (limit ?? MAX_AMOUNT) - used;
  const storable = minimum(left, MAX_AMOUNT);
  return storable > 0n ? storable : 0n;
}

/** Net overage of the UTC month that the wallet is in. */
export function overageOfPeriod(wallet: Wallet): bigint {
  const period = wallet.overagePeriod;
  if (period === null || period.startsAt !== startOfUtcMonth(wallet.clock)) return 0n;
  return sum(period.prices.map((priced) => priced.credits));
}

/** Hands out room to what each line lacks, in line order. */
export function shareRoom(lacking: readonly bigint[], room: bigint): bigint[] {
  let left = room;
  return lacking.map((amount) => {
    const part = minimum(amount, left);
    left -= part;
    return part;
  });
}

export function postPastZero(draft: Draft, use: PastZero, details: Partial<Entry>): void {
  if (use.amount === 0n) return;
  if (use.price === null) postOverdraft(draft, use.amount, details);
  else postOverage(draft, use.amount, use.price, details);
}

function postOverdraft(draft: Draft, amount: bigint, details: Partial<Entry>): void {
  const entry = draft.post({ type: "overdraft", account: "overdraft", amount: -amount }, details);
  const record = draft.withdrawalRecord(draft.operationId);
  const debt = { seq: entry.seq, feature: entry.feature, owed: amount };
  draft.setWithdrawalRecord({ ...record, debts: [...record.debts, debt] });
}

/**
 * The money of an overage entry is the step of round-half-up(price × the period's credits at this price), so that a
 * period's sum is its price times its credits however it was split.
 */
function postOverage(draft: Draft, amount: bigint, price: Price, details: Partial<Entry>): void {
  const { credits, money } = pricedSoFar(draft.wallet, price);
  const due = moneyFor(price, credits + amount, draft.terms.currency.scale);
  const step = due > money ? due - money : 0n;
  checkMoney(money + step);
  addOverage(draft, price, amount, step);
  draft.post(
    {
      type: "overage",
      account: "overage",
      amount: -amount,
      money: -step,
      moneyCurrency: price.currency,
      price,
    },
    details,
  );
}

/** Adds to the billing period of now; negative for what is reversed. */
export function addOverage(draft: Draft, price: Price, credits: bigint, money: bigint): void {
  const startsAt = startOfUtcMonth(draft.now);
  const current = draft.wallet.overagePeriod;
  const period: OveragePeriod =
    current !== null && current.startsAt === startsAt ? current : { startsAt, prices: [] };
  const soFar = pricedSoFar(draft.wallet, price);
  draft.setOveragePeriod({
    startsAt,
    prices: [
      ...period.prices.filter((priced) => !samePrice(priced.price, price)),
      { price, credits: soFar.credits + credits, money: soFar.money + money },
    ],
  });
}

function pricedSoFar(wallet: Wallet, price: Price): { readonly credits: bigint; readonly money: bigint } {
  const period = wallet.overagePeriod;
  if (period === null || period.startsAt !== startOfUtcMonth(wallet.clock)) return { credits: 0n, money: 0n };
  return period.prices.find((priced) => samePrice(priced.price, price)) ?? { credits: 0n, money: 0n };
}

function samePrice(a: Price, b: Price): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

function checkMoney(money: bigint): void {
  if (money > MAX_AMOUNT)
    throw new CreditError("over_limit", "The overage of this month would cost more money than can be kept.");
}
