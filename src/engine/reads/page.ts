import { invalidInput } from "../../core/errors.js";
import type { WalletKey } from "../../store/rows.js";
import { sha256 } from "../ledger-hash.js";

export const DEFAULT_PAGE = 100;

export type Listing = "grants" | "ledger" | "deadLetters" | "topUps";

const SEAL_LENGTH = 12;

/** The store's cursor under a seal of its listing and wallet: what no page gave does not reach the store. */
export function sealCursor(listing: Listing, wallet: WalletKey, next: string | null): string | null {
  return next === null ? null : sealOf(listing, wallet, next) + next;
}

export function openCursor(listing: Listing, wallet: WalletKey, after: string | undefined): string | null {
  if (after === undefined) return null;
  const next = after.slice(SEAL_LENGTH);
  if (after.slice(0, SEAL_LENGTH) === sealOf(listing, wallet, next)) return next;
  throw invalidInput(`${listing}: \`after\` must be the \`next\` of the page before, of the same wallet.`, {
    field: "after",
  });
}

function sealOf(listing: Listing, { part, id }: WalletKey, next: string): string {
  return Buffer.from(sha256(JSON.stringify([listing, part, id, next])))
    .toString("hex")
    .slice(0, SEAL_LENGTH);
}
