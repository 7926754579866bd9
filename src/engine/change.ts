import { QUANTITY_UNIT } from "../core/amounts.js";
import { copyOfWallet } from "../core/copies.js";
import type { Draft } from "../core/draft.js";
import type { UsageCount } from "../core/usage.js";
import type { Wallet } from "../core/wallet.js";
import type { Change } from "../store/contract.js";
import type { ReceiptRow, UsageDelta, WalletKey } from "../store/rows.js";
import { entryRows } from "./entry-rows.js";
import { eventRow } from "./events/rows.js";
import { recordRow } from "./record-rows.js";
import { grantRow, headOf } from "./wallet-rows.js";

/** A wallet as the cache keeps it: its state at a version, and the ledger's hash there. */
export interface CachedWallet {
  readonly wallet: Wallet;
  readonly ledgerHash: Uint8Array;
}

/** Numbered when it is known which stand in a change. */
export type NewReceipt = Omit<ReceiptRow, "receiptNo">;

export interface PreparedChange {
  readonly change: Change;
  /** The wallet once the change is committed. */
  readonly next: CachedWallet;
}

/** The next version of a wallet, as a delta for the store. */
export function prepareChange(
  key: WalletKey,
  base: CachedWallet,
  draft: Draft,
  receipts: readonly NewReceipt[],
  unused: readonly string[],
): PreparedChange {
  const expect = base.wallet.version;
  const entries = entryRows(draft.entries, base.ledgerHash);
  const ledgerHash = entries.at(-1)?.hash ?? base.ledgerHash;
  const grants = [...draft.grants.values()];
  const { receiptNo } = base.wallet;
  const wallet = copyOfWallet(draft.wallet);
  wallet.receiptNo += receipts.length;
  wallet.version = expect + 1;
  const change: Change = {
    key,
    expect,
    head: headOf(wallet, draft.terms.currency.scale, ledgerHash),
    unused,
    opened: grants.filter((grant) => draft.opened.has(grant.id)).map(grantRow),
    moved: grants.filter((grant) => !draft.opened.has(grant.id)).map(grantRow),
    records: [...draft.records.values()].map(recordRow),
    entries,
    receipts: receipts.map((receipt, index) => numbered(receipt, receiptNo + index + 1)),
    events:
      draft.events.length === 0 ? NO_EVENTS : draft.events.map((event) => eventRow(wallet.names, event)),
    usage: usageDeltas(draft.usage),
  };
  return { change, next: { wallet, ledgerHash } };
}

const NO_EVENTS: Change["events"] = [];

/** Each field by itself, as in the copies of the core. */
function numbered(receipt: NewReceipt, receiptNo: number): ReceiptRow {
  const { key, operationId, kind, requestHash, request, result, actor, reason, recordedAt } = receipt;
  return { receiptNo, key, operationId, kind, requestHash, request, result, actor, reason, recordedAt };
}

/** Did anything happen that the store must learn? */
export function hasChanges(draft: Draft): boolean {
  const { entries, grants, records, events } = draft;
  return entries.length > 0 || grants.size > 0 || records.size > 0 || events.length > 0;
}

/** How many rows the store would write. */
export function rowCount(draft: Draft, receipts: number): number {
  const { entries, grants, records, events, usage } = draft;
  return 1 + entries.length + grants.size + records.size + events.length + usage.length + receipts;
}

/** One delta per counter, however many uses were counted. */
function usageDeltas(counts: readonly UsageCount[]): UsageDelta[] {
  const deltas = new Map<string, UsageCount>();
  for (const count of counts) {
    // No feature's name holds a NUL.
    const name = `${count.at} ${count.feature}\u0000${count.group}`;
    const before = deltas.get(name);
    deltas.set(name, {
      at: count.at,
      feature: count.feature,
      group: count.group,
      quantity: (before?.quantity ?? 0n) + count.quantity,
      amount: (before?.amount ?? 0n) + count.amount,
      count: (before?.count ?? 0) + count.count,
    });
  }
  return [...deltas.values()].map(({ at, feature, group, quantity, amount, count }) => ({
    bucketAt: at,
    feature,
    group,
    quantity: quantity / QUANTITY_UNIT,
    quantityFraction: quantity % QUANTITY_UNIT,
    amount,
    count,
  }));
}
