import type { Entry } from "../core/entry.js";
import type { WithdrawalRecord } from "../core/records.js";

/** What was used of a feature with the same values of the charted dimensions, and did not come back. */
export interface GroupUse {
  readonly feature: string;
  readonly group: string;
  readonly amount: bigint;
}

/**
 * Uses by what each entry says of its dimensions, less what records of withdrawals say came back of it. An overdraft entry
 * counts for what is still owed of it and for what payments of it were not taken back.
 */
export function usesByGroup(
  entries: readonly Entry[],
  withdrawals: readonly WithdrawalRecord[],
  groupOf: (dimensions: string | null) => string,
): readonly GroupUse[] {
  const records = new Map(withdrawals.map((record) => [record.id, record]));
  return entries.flatMap((entry) => {
    const left = amountLeft(entry, records.get(entry.operationId));
    return left === null
      ? []
      : [{ feature: entry.feature ?? "", group: groupOf(entry.dimensions), amount: left }];
  });
}

function amountLeft({ type, seq, amount }: Entry, record: WithdrawalRecord | undefined): bigint | null {
  if (type === "consumed" || type === "overage") return -amount - (record?.back[seq] ?? 0n);
  if (type !== "overdraft") return null;
  const debt = record?.debts.find((one) => one.seq === seq);
  const payments = record?.settlements.filter(({ debtSeq }) => debtSeq === seq) ?? [];
  return payments.reduce(
    (sum, payment) => sum + payment.amount - (record?.back[payment.seq] ?? 0n),
    debt?.owed ?? 0n,
  );
}
