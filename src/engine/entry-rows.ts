import { isDeepStrictEqual } from "node:util";
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
    detail: encodeDetail(entry, digests),
    hash,
  };
}

/** Null: there is nothing to say. */
function encodeDetail(entry: Entry, digests: TextDigests): string | null {
  const { quantity, dimensions, rateVersion, price, cause } = entry;
  const detail: Record<keyof EntryDetail, unknown> = {
    quantity: quantity ?? undefined,
    dimensions: dimensions ?? undefined,
    rateVersion: rateVersion ?? undefined,
    price: price ?? undefined,
    cause: cause ?? undefined,
    digests: hasAny(digests) ? digests : undefined,
  };
  const text = encodeJson(detail);
  return text === "{}" ? null : text;
}

function hasAny({ actor, reason, dimensions }: TextDigests): boolean {
  return actor !== undefined || reason !== undefined || dimensions !== undefined;
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
    price:
      detail.price === undefined ? null : { amount: detail.price.amount, currency: detail.price.currency },
    actor: row.actor,
    reason: row.reason,
    cause: detail.cause ?? null,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
  };
}

/**
 * Whether a stored row says what its hash and the one before cover, and nothing else. Erased texts count by their
 * digests; changed ones do not.
 */
export function isCovered(row: EntryRow, before: Uint8Array): boolean {
  try {
    const entry = entryFromRow(row);
    const digests = { ...keptDigests(detailOf(row)), ...digestsOf(entry) };
    const hash = entryHash(before, entry, digests);
    return (
      Buffer.compare(row.hash, hash) === 0 && isSameJson(row.detail, entryRow(entry, digests, hash).detail)
    );
  } catch {
    // A text that is no JSON any more was changed, too.
    return false;
  }
}

function keptDigests({ digests = {} }: EntryDetail): TextDigests {
  const names = ["actor", "reason", "dimensions"] as const;
  return Object.fromEntries(names.flatMap((name) => (name in digests ? [[name, digests[name]]] : [])));
}

/** Who erased a text with a tool of the database may have left other spaces, or another order of keys. */
function isSameJson(stored: string | null, expected: string | null): boolean {
  if (stored === null || expected === null) return stored === expected;
  const parsed: unknown = JSON.parse(stored);
  // A key that stands twice shows one value to this parser, and may show the other to the next.
  const isPlain = withoutSpaces(stored) === JSON.stringify(parsed);
  return isPlain && isDeepStrictEqual(parsed, JSON.parse(expected));
}

function withoutSpaces(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gu, "$1");
}
