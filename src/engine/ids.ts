import { createHash } from "node:crypto";
import type { WalletNames } from "../core/wallet.js";
import type { WalletKey } from "../store/rows.js";

/** Kinds of public ids, by their prefix. */
export type IdKind = "gr" | "wd" | "rs" | "sc" | "sb" | "tu" | "en" | "op" | "ev";

/**
 * Where a wallet lives: `part` is the first byte of SHA-256(customerId), `id` the first 63 bits of SHA-256 over the three
 * names, as 16 hex digits. Nothing is allocated, so every process finds the same place.
 */
export function walletKeyOf({ customerId, currency, scope }: WalletNames): WalletKey {
  const part = createHash("sha256").update(customerId).digest()[0] ?? 0;
  const digest = createHash("sha256").update(`${customerId}\u0000${currency}\u0000${scope}`).digest();
  return { part, id: (digest.readBigUInt64BE() >> 1n).toString(16).padStart(16, "0") };
}

/** `<kind>_<part><wallet>_<local>`: a bare id names its wallet. */
export function publicId(kind: IdKind, { part, id }: WalletKey, local: string): string {
  return `${kind}_${part.toString(16).padStart(2, "0")}${id}_${local}`;
}

/** Of a ULID: the time in ten digits of base 32 goes first, so that ids sort by it. */
const ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_DIGITS = 10;
const LAST_ULID_MS = 2 ** 48 - 1;

/** The local id of what time alone makes: named by its cause, it is the same for all who make it, and sorts with the others. */
export function causedId(instant: number, cause: string): string {
  let left = Math.min(Math.max(instant, 0), LAST_ULID_MS);
  let time = "";
  for (let digit = 0; digit < TIME_DIGITS; digit++) {
    time = (ULID_DIGITS[left % ULID_DIGITS.length] ?? "") + time;
    left = Math.floor(left / ULID_DIGITS.length);
  }
  return `${time}-${cause}`;
}

const PUBLIC_ID = /^([a-z]{2})_([0-9a-f]{2})([0-9a-f]{16})_(.+)$/s;

/** Undefined: not an id of this kind. */
export function parsePublicId(
  kind: IdKind,
  text: string,
): { readonly key: WalletKey; readonly local: string } | undefined {
  const [, prefix, part = "", id = "", local = ""] = PUBLIC_ID.exec(text) ?? [];
  return prefix === kind ? { key: { part: Number.parseInt(part, 16), id }, local } : undefined;
}
