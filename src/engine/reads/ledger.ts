import { QUANTITY_PLACES } from "../../core/amounts.js";
import { toDecimal } from "../../core/decimal.js";
import type { EntryRow } from "../../store/rows.js";
import type { LedgerEntry, Page } from "../api-read-results.js";
import { writeDue } from "../due.js";
import { entryFromRow } from "../entry-rows.js";
import { publicId } from "../ids.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf, moneyOf } from "../present.js";
import { ledgerSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { DEFAULT_PAGE, openCursor, sealCursor } from "./page.js";
import { listRows } from "./rows.js";

/** Entries by sequence number. */
export async function ledger(services: Services, request: unknown): Promise<Page<LedgerEntry>> {
  const { input } = parseRequest(ledgerSchema, request, "ledger");
  const handle = services.handle(namesOf(input, input.currency));
  const { types, feature, from, to, order, limit = DEFAULT_PAGE } = input;
  const after = openCursor("ledger", handle.key, input.after);
  await writeDue(services, handle);
  const filters = Object.fromEntries(
    Object.entries({ types, feature, from, to, order }).filter(([, filter]) => filter !== undefined),
  );
  const page = await listRows(
    services,
    { where: { wallet: handle.key }, kind: "entries", ...filters },
    after,
    limit,
  );
  return {
    items: page.items.map((row) => presentEntry(handle, row)),
    next: sealCursor("ledger", handle.key, page.next),
  };
}

export function presentEntry(handle: WalletHandle, row: EntryRow): LedgerEntry {
  const entry = entryFromRow(row);
  const { key } = handle;
  const { seq, type, account, feature, rateVersion, actor, reason, cause } = entry;
  return {
    id: entryId(handle, row),
    seq,
    type,
    account,
    amount: creditsOf(handle, entry.amount),
    balanceAfter: creditsOf(handle, entry.balanceAfter),
    grantId: entry.grantId === null ? null : publicId("gr", key, entry.grantId),
    operationId: publicId("op", key, entry.operationId),
    reservationId: entry.reservationId === null ? null : publicId("rs", key, entry.reservationId),
    feature,
    quantity: entry.quantity === null ? null : toDecimal(entry.quantity, QUANTITY_PLACES),
    dimensions: entry.dimensions === null ? null : (JSON.parse(entry.dimensions) as Record<string, string>),
    rateVersion,
    cost:
      entry.money === null || entry.moneyCurrency === null ? null : moneyOf(entry.money, entry.moneyCurrency),
    actor,
    reason,
    cause,
    occurredAt: new Date(entry.occurredAt),
    recordedAt: new Date(entry.recordedAt),
    hash: Buffer.from(row.hash).toString("hex"),
  };
}

export function entryId({ key }: WalletHandle, { recordedAt, seq }: EntryRow): string {
  return publicId("en", key, `${recordedAt}-${seq}`);
}
