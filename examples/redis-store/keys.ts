/**
 * Where things are. All keys of a part share a hash tag, so a cluster keeps them on one node, and one script may touch
 * them all. Scripts get these keys as KEYS, in this order.
 *
 * An index is a sorted set whose members all have the score 0: Redis then orders them by their bytes, as the contract
 * asks. Members begin with the wallet's id, so the rows of a wallet stand together.
 */
export const KEYS = [
  "version", // hash: wallet → version
  "head", // hash: wallet → head
  "wallets", // index
  "customer", // hash: wallet → customer
  "customers", // index: customer, wallet
  "due", // sorted set: wallet by its next instant
  "grant", // hash: wallet, id → grant
  "grants", // index
  "grants:open", // index
  "grants:lapsed", // index: wallet, instant, id
  "record", // hash: wallet, kind, id → record
  "records", // index
  "records:open", // index
  "entry", // hash: wallet, instant, number → entry
  "entries", // index
  "receipt", // hash: wallet, instant, number → receipt
  "receipts", // index
  "receipts:key", // hash: wallet, key → the receipt's member
  "receipts:at", // sorted set: receipts by instant
  "event", // hash: position → event
  "events", // index: position
  "events:at", // sorted set: positions by instant
  "events:last", // hash: wallet → number of its last event
  "position", // the part's last position
  "counter", // hash: wallet, bucket, feature, group, field → number
  "counters", // index
] as const;

export type KeyName = (typeof KEYS)[number];

/** No text of the contract holds U+0000, so it parts the fields of a member, and comes before all else in order. */
const SEPARATOR = "\0";
const AFTER_SEPARATOR = "\u0001";
/** Least and greatest bounds of a range by bytes. */
export const FIRST = "-";
export const LAST = "+";

export class PartKeys {
  readonly all: readonly string[];

  constructor(prefix: string, part: number) {
    this.all = KEYS.map((name) => `${prefix}{${part}}:${name}`);
  }

  of(name: KeyName): string {
    // Every name stands in KEYS.
    return this.all[KEYS.indexOf(name)] as string;
  }
}

/** The place of a key among a script's KEYS, which Lua counts from 1. */
export function placeOf(name: KeyName): number {
  return KEYS.indexOf(name) + 1;
}

export function member(...fields: readonly (string | number)[]): string {
  return fields.map((field) => (typeof field === "number" ? inOrder(field) : field)).join(SEPARATOR);
}

/** The range of members that begin with these fields. */
export function under(...fields: readonly (string | number)[]): readonly [from: string, to: string] {
  const prefix = member(...fields);
  return [`[${prefix}${SEPARATOR}`, `(${prefix}${AFTER_SEPARATOR}`];
}

const OFFSET = 2n ** 53n;
const DIGITS = 17;

/** A text for each safe integer, ordered as they are. */
function inOrder(value: number): string {
  return (BigInt(value) + OFFSET).toString().padStart(DIGITS, "0");
}
