import type { DueCause, Entry, LedgerEntryType } from "../core/entry.js";
import type { Price } from "../core/money.js";
import type { EntryRow } from "../store/rows.js";
import { decodeJson, encodeJson } from "./json.js";
import { type TextDigests, digestsOf, entryHash } from "./ledger-hash.js";

interface EntryDetail {
  readonly quantity?: bigint;
  readonly dimensions?: string;
  readonly rateVersion?: string;
  readonly price?: Price;
  readonly cause?: DueCause;
  readonly digests?: TextDigests;
}

/** Entries with their hashes, chained to the one before. */
export function entryRows(entries: readonly Entry[], before: Uint8Array): EntryRow[] {
  let hash = before;
  return entries.map((entry) => {
    const digests = digestsOf(entry);
    hash = entryHash(hash, entry, digests);
    return entryRow(entry, digests, hash);
  });
}

function entryRow(entry: Entry, digests: TextDigests, hash: Uint8Array): EntryRow {
  const detail: EntryDetail = {
    ...(entry.quantity === null ? {} : { quantity: entry.quantity }),
    ...(entry.dimensions === null ? {} : { dimensions: entry.dimensions }),
    ...(entry.rateVersion === null ? {} : { rateVersion: entry.rateVersion }),
    ...(entry.price === null ? {} : { price: entry.price }),
    ...(entry.cause === null ? {} : { cause: entry.cause }),
    ...(Object.keys(digests).length === 0 ? {} : { digests }),
  };
  const { seq, type, account, amount, balanceAfter, grantId, operationId, reservationId, feature } = entry;
  return {
    recordedAt: entry.recordedAt,
    seq,
    type,
    account,
    amount,
    balanceAfter,
    grantId,
    operationId,
    reservationId,
    feature,
    cost: entry.money,
    costCurrency: entry.moneyCurrency,
    actor: entry.actor,
    reason: entry.reason,
    occurredAt: entry.occurredAt,
    detail: Object.keys(detail).length === 0 ? null : encodeJson(detail),
    hash,
  };
}

function detailOf(row: EntryRow): EntryDetail {
  return row.detail === null ? {} : (decodeJson(row.detail) as EntryDetail);
}

export function entryFromRow(row: EntryRow): Entry {
  const detail = detailOf(row);
  const { seq, account, amount, balanceAfter, grantId, operationId, reservationId, feature } = row;
  return {
    seq,
    type: row.type as LedgerEntryType,
    account,
    amount,
    balanceAfter,
    grantId,
    operationId,
    reservationId,
    feature,
    quantity: detail.quantity ?? null,
    dimensions: detail.dimensions ?? null,
    rateVersion: detail.rateVersion ?? null,
    money: row.cost,
    moneyCurrency: row.costCurrency,
    price: detail.price ?? null,
    actor: row.actor,
    reason: row.reason,
    cause: detail.cause ?? null,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
  };
}

/** The hash that a stored row should bear. Erased texts count by their digests; changed ones do not. */
export function expectedHash(row: EntryRow, before: Uint8Array): Uint8Array {
  const entry = entryFromRow(row);
  return entryHash(before, entry, { ...detailOf(row).digests, ...digestsOf(entry) });
}
