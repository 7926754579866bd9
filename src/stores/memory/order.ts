import type { EntryRow, ReceiptRow } from "../../store/rows.js";

/**
 * Orders texts by their UTF-8 bytes, as every store must.
 *
 * JavaScript's `<` orders by UTF-16 units, which puts U+1F600 (a surrogate pair, D83D …) before U+FFFD; the bytes,
 * and the code points, say the opposite. The texts are well-formed: where they first differ, both units are
 * halves at the same place of a pair, or at least one is a whole character.
 */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates (D800–DFFF) above the rest of the plane (E000–FFFF), where their characters belong. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compareText(a.id, b.id);
}

export function byEntryPosition(
  a: Pick<EntryRow, "recordedAt" | "seq">,
  b: Pick<EntryRow, "recordedAt" | "seq">,
): number {
  return a.recordedAt - b.recordedAt || a.seq - b.seq;
}

export function byReceiptPosition(
  a: Pick<ReceiptRow, "recordedAt" | "receiptNo">,
  b: Pick<ReceiptRow, "recordedAt" | "receiptNo">,
): number {
  return a.recordedAt - b.recordedAt || a.receiptNo - b.receiptNo;
}
