import type { Entry, OperationContext } from "./entry.js";
import type { Wallet } from "./wallet.js";

/** What an entry says of itself; the rest is the wallet's and the operation's. */
export type Posting = Pick<Entry, "type" | "account" | "amount"> & Partial<Entry>;

interface At {
  readonly wallet: Wallet;
  readonly operation: OperationContext;
  readonly operationId: string;
}

/**
 * The wallet's next entry.
 *
 * @param facts What entries of one line share; the posting goes before them.
 */
export function newEntry(
  { wallet, operation, operationId }: At,
  balanceAfter: bigint,
  posting: Posting,
  facts: Partial<Entry>,
): Entry {
  // Each field by itself: copies of parts of ever other shapes would take most of a decision's time.
  return {
    seq: wallet.seq + 1,
    type: posting.type,
    account: posting.account,
    amount: posting.amount,
    balanceAfter,
    grantId: posting.grantId ?? null,
    operationId,
    reservationId: posting.reservationId ?? facts.reservationId ?? null,
    feature: posting.feature ?? facts.feature ?? null,
    quantity: posting.quantity ?? facts.quantity ?? null,
    dimensions: posting.dimensions ?? facts.dimensions ?? null,
    rateVersion: posting.rateVersion ?? facts.rateVersion ?? null,
    money: posting.money ?? null,
    moneyCurrency: posting.moneyCurrency ?? null,
    price: posting.price ?? null,
    actor: operation.actor,
    reason: operation.reason,
    cause: operation.cause,
    occurredAt: posting.occurredAt ?? facts.occurredAt ?? operation.occurredAt,
    recordedAt: wallet.clock,
  };
}
