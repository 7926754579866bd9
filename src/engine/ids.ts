import { createHash } from "node:crypto";
import type { WalletNames } from "../core/wallet.js";
import type { WalletKey } from "../store/rows.js";

/** Kinds of public ids, by their prefix. */
export type IdKind = "gr" | "wd" | "rs" | "sc" | "sb" | "en" | "op" | "ev";

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

const PUBLIC_ID = /^([a-z]{2})_([0-9a-f]{2})([0-9a-f]{16})_(.+)$/s;

/** Undefined: not an id of this kind. */
export function parsePublicId(
  kind: IdKind,
  text: string,
): { readonly key: WalletKey; readonly local: string } | undefined {
  const [, prefix, part = "", id = "", local = ""] = PUBLIC_ID.exec(text) ?? [];
  return prefix === kind ? { key: { part: Number.parseInt(part, 16), id }, local } : undefined;
}
