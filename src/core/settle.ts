import { minimum } from "./amounts.js";
import type { Draft } from "./draft.js";
import { impossible } from "./errors.js";
import { takeOut } from "./movements.js";
import { liveSource } from "./source.js";
import type { OpenDebt } from "./wallet.js";
import { oldestPayableDebt } from "./due.js";

/**
 * Where a debt meets a free credit that may pay it, it is paid at once: oldest debt first, in burn order. Each payment is
 * two entries, one on the grant and one on the overdraft; the grant's money is recognised now. A store writes only so much
 * at a time: what is left after `mostPayments` is due at this same instant, before anything else is decided.
 */
export function settle(draft: Draft, mostPayments: number = draft.terms.mostPayments): void {
  for (let payments = 0; payments < mostPayments; payments++) {
    const debt = oldestPayableDebt(draft.wallet);
    if (debt === undefined) return;
    pay(draft, debt);
  }
}

function pay(draft: Draft, debt: OpenDebt): void {
  const [candidate] = liveSource(draft).candidates(debt.feature);
  if (candidate === undefined) throw impossible("a payable debt without a grant that pays it");
  const { grant, amount: free } = candidate;
  const amount = minimum(free, debt.owed);
  const { feature } = debt;
  const occurredAt = draft.now;
  const entry = takeOut(draft, grant.id, amount, {
    type: "overdraft_settled",
    departure: "consumed",
    details: { feature, occurredAt },
  });
  draft.post({ type: "overdraft_settled", account: "overdraft", amount, feature, occurredAt });
  const record = draft.withdrawalRecord(debt.withdrawalId);
  const settlement = {
    seq: entry.seq,
    debtSeq: debt.seq,
    grantId: grant.id,
    feature,
    amount,
    money: entry.money === null ? null : -entry.money,
    moneyCurrency: entry.moneyCurrency,
  };
  draft.setWithdrawalRecord({
    ...record,
    debts: record.debts.map((other) =>
      other.seq === debt.seq ? { ...other, owed: other.owed - amount } : other,
    ),
    settlements: [...record.settlements, settlement],
  });
}
