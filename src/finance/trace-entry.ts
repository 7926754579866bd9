import * as z from "zod";
import { idSchema } from "../catalog/inputs.js";
import { invalidInput } from "../core/errors.js";
import type { Grant } from "../engine/api-results.js";
import type { BookDoor } from "../engine/book-door.js";
import { publicId } from "../engine/ids.js";
import type { EntryRow } from "../store/rows.js";
import type { FinanceSource } from "./api.js";
import { entriesOf, reversedBy } from "./concerned.js";
import { parseOptions } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import { sealBook } from "./seal-book.js";
import { bookedAt } from "./seals.js";
import type { EntryTrace } from "./trace-api.js";
import {
  Receipts,
  type TracedPlace,
  entryAt,
  grantRowAt,
  ledgerPlace,
  originsOf,
  tracedEffect,
} from "./trace-parts.js";

const VERB = "traceEntry";

/**
 * A ledger entry back to its origin: the operation that wrote it with all its entries, the grant and those that its credits
 * came from, down to the one that was paid for; of a reversal the withdrawal that it takes back; and the period that counts
 * it.
 *
 * @throws CreditError `invalid_input` where there is no such entry; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { traceEntry } from "coffer/finance";
 *
 * const { items } = await credits.ledger({ customerId: "acme", currency: "tokens", order: "desc", limit: 1 });
 * const [entry] = items;
 * if (entry !== undefined) console.log((await traceEntry(credits, entry.id)).grant?.source);
 * ```
 */
export async function traceEntry(credits: FinanceSource, entryId: string): Promise<EntryTrace> {
  const door = doorOf(credits, VERB);
  const { books } = door;
  const id = parseOptions(z.strictObject({ entryId: idSchema }), { entryId }, VERB).entryId;
  const { key, names, local } = await books.placeOf("en", id, "invalid_input");
  const place = ledgerPlace(local);
  const row = place && (await entryAt(books, key, place.recordedAt, place.seq));
  if (row === undefined)
    throw invalidInput(`${VERB}: there is no entry "${id}". Pass the \`id\` of one that \`ledger\` lists.`, {
      field: "entryId",
    });
  const book = await sealBook(door);
  const sealedOf = await book.sealedIn(key.part);
  const at = bookedAt(row, book.seals, sealedOf(key.id));
  const receipts = new Receipts(books, key);
  const here = { key, names };
  const grant = await grantOf(books, here, row);
  const siblings = await entriesOf(books, key, row.operationId);
  const end = book.seals.ends.find((one) => one > at);
  return {
    entry: books.presentEntry(names, row),
    customerId: names.customerId,
    scope: names.scope === "" ? undefined : names.scope,
    effect: tracedEffect(row),
    bookedAt: new Date(at),
    closedAt: end === undefined ? null : new Date(end),
    operation: await receipts.operationOf(row),
    siblings: siblings.map((sibling) => books.presentEntry(names, sibling)),
    grant,
    origins: grant === null ? [] : await originsOf(books, grant),
    reverses:
      row.type === "reversed" ? await reversedOf(books, here, reversedBy(await receipts.of(row))) : null,
  };
}

async function grantOf(books: BookDoor, { key, names }: TracedPlace, row: EntryRow): Promise<Grant | null> {
  if (row.grantId === null) return null;
  const found = await grantRowAt(books, key, row.grantId);
  return found === undefined ? null : books.presentGrant(names, found);
}

async function reversedOf(
  books: BookDoor,
  { key, names }: TracedPlace,
  withdrawal: string | undefined,
): Promise<EntryTrace["reverses"]> {
  if (withdrawal === undefined) return null;
  const entries = await entriesOf(books, key, withdrawal);
  return {
    withdrawalId: publicId("wd", key, withdrawal),
    occurredAt: entries[0] === undefined ? null : new Date(entries[0].occurredAt),
    entries: entries.map((entry) => books.presentEntry(names, entry)),
  };
}
