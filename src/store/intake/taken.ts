import type { Change } from "../contract.js";
import type { EntryRow, ReceiptRow, WalletHead } from "../rows.js";
import type { Stored } from "./byte-pool.js";

/** A change in rows that only the store holds. */
export interface Taken extends Omit<Change, "head" | "entries" | "receipts"> {
  readonly head: Stored<WalletHead>;
  readonly entries: readonly Stored<EntryRow>[];
  readonly receipts: readonly Stored<ReceiptRow>[];
}
