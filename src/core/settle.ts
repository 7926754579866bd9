import { minimum } from "./amounts.js";
import type { Draft } from "./draft.js";
import { impossible } from "./errors.js";
import { takeOut } from "./movements.js";
import { liveSource } from "./source.js";
import type { OpenDebt } from "./wallet.js";
import { mayPay } from "./wallet.js";

/**
 * Where a debt meets a free credit that may pay it, it is paid at once: oldest debt first, in burn order. Each payment is
 * two entries, one on the grant and one on the overdraft; the grant's money is recognised now.
 */
export function settle(draft: Draft): void {
  for (;;) {
    const debt = oldestPayableDebt(draft);
    if (debt === undefined) return;
    pay(draft, debt);
  }
}

export function hasPayableDebt(draft: Draft): boolean {
  return oldestPayableDebt(draft) !== undefined;
}

function oldestPayableDebt(draft: Draft): OpenDebt | undefined {
  const { debts, pools } = draft.wallet;
  if (debts.size === 0 || pools.size === 0) return undefined;
  let oldest: OpenDebt | undefined;
  for (const group of debts.values()) {
    const [first] = group.values();
    if (first === undefined || (oldest !== undefined && oldest.seq < first.seq)) continue;
    for (const pool of pools.values()) if (mayPay(pool.features, first.feature)) oldest = first;
  }
  return oldest;
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
