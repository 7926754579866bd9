import { type OpenDebt, type Wallet, mayPay } from "./wallet.js";

/** The oldest debt that some free live credit may pay. */
export function oldestPayableDebt({ debts, pools }: Wallet): OpenDebt | undefined {
  if (debts.size === 0 || pools.size === 0) return undefined;
  let oldest: OpenDebt | undefined;
  for (const group of debts.values()) {
    const [first] = group.values();
    if (first === undefined || (oldest !== undefined && oldest.seq < first.seq)) continue;
    for (const pool of pools.values()) if (mayPay(pool.features, first.feature)) oldest = first;
  }
  return oldest;
}

/** The next instant at which time alone changes this wallet; null when none. Debts that can be paid are due now. */
export function nextDueAt(wallet: Wallet): number | null {
  if (oldestPayableDebt(wallet) !== undefined) return wallet.clock;
  return wallet.due.firstKey()?.at ?? null;
}
