import type { BookDoor } from "../engine/book-door.js";
import { parsePublicId } from "../engine/ids.js";
import type { EntryRow, ReceiptRow, WalletKey } from "../store/rows.js";
import { Pages } from "./pages.js";

const PER_PAGE = 100;

export async function receiptOf(
  books: BookDoor,
  wallet: WalletKey,
  { recordedAt, operationId }: Pick<EntryRow, "recordedAt" | "operationId">,
): Promise<ReceiptRow | undefined> {
  const at = { from: recordedAt, to: recordedAt + 1 };
  const listing = new Pages<ReceiptRow>((after) =>
    books.list({ kind: "receipts", where: { wallet }, ...at }, after, PER_PAGE),
  );
  while ((await listing.peek()) !== undefined) {
    const found = listing.take(() => true).find((receipt) => receipt.operationId === operationId);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All entries of an operation: they follow each other at one instant, from the one that its id names. */
export async function entriesOf(
  books: BookDoor,
  wallet: WalletKey,
  operationId: string,
): Promise<readonly EntryRow[]> {
  const recordedAt = Number(/^-?\d+/.exec(operationId)?.[0]);
  if (!Number.isSafeInteger(recordedAt)) return [];
  const at = { from: recordedAt, to: recordedAt + 1 };
  const listing = new Pages<EntryRow>((after) =>
    books.list({ kind: "entries", where: { wallet }, ...at }, after, PER_PAGE),
  );
  const entries: EntryRow[] = [];
  while ((await listing.peek()) !== undefined)
    entries.push(...listing.take(() => true).filter((entry) => entry.operationId === operationId));
  return entries;
}

/** The withdrawal that an operation reversed, by its local id; undefined: none, or its receipt is gone. */
export function reversedBy(receipt: ReceiptRow | undefined): string | undefined {
  if (receipt === undefined) return undefined;
  const { withdrawalId } = JSON.parse(receipt.request) as { readonly withdrawalId?: unknown };
  return typeof withdrawalId === "string" ? parsePublicId("wd", withdrawalId)?.local : undefined;
}

/** When what a reversal takes back was used. Null: its receipt was pruned. */
export async function usedAtOf(
  books: BookDoor,
  wallet: WalletKey,
  reversal: EntryRow,
): Promise<number | null> {
  const withdrawal = reversedBy(await receiptOf(books, wallet, reversal));
  if (withdrawal === undefined) return null;
  const [first] = await entriesOf(books, wallet, withdrawal);
  return first?.occurredAt ?? null;
}
