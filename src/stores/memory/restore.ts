import { StoreError } from "../../store/errors.js";
import type {
  EntryRow,
  EventRow,
  GrantRow,
  ReceiptRow,
  RecordRow,
  UsageDelta,
  WalletHead,
} from "../../store/rows.js";
import type { BytePool } from "../../store/intake/byte-pool.js";
import { DUMP_FORMAT, DUMP_VERSION } from "./dump.js";
import { bigint, Intake, integer, partNumber, refuse, walletId } from "../../store/intake/intake.js";
import { readJson } from "./json.js";
import { bearWallet, Parts } from "./parts.js";
import type { Part } from "./parts.js";
import {
  takeEntry,
  takeEvent,
  takeGrant,
  takeHead,
  takeReceipt,
  takeRecord,
} from "../../store/intake/take-rows.js";
import { putGrant, putRecord } from "./wallet.js";
import type { Wallet } from "./wallet.js";

const LONGEST_VERSION_SHOWN = 50;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what `dump` wrote, and nothing else. Rows are given to the functions that take a commit's rows: these check
 * every field, so that the casts below promise no more than that somebody looks.
 */
export function restore(text: string): Parts {
  if (typeof text !== "string") refuse("`restore` must be the text of a dump");
  const dumped = fieldsOf(parse(text), "the dump");
  if (dumped.format !== DUMP_FORMAT)
    refuse(`not a dump of ${DUMP_FORMAT}: its format is ${String(dumped.format)}`);
  if (dumped.version !== DUMP_VERSION) {
    throw new StoreError(
      "unsupported",
      `this dump has version ${String(dumped.version).slice(0, LONGEST_VERSION_SHOWN)}; version ${DUMP_VERSION} is read`,
    );
  }
  const parts = new Parts();
  for (const fields of listOf(dumped, "parts")) restorePart(parts, fields);
  return parts;
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new StoreError("permanent", "not a dump: it is not JSON", { cause });
  }
}

function restorePart(parts: Parts, fields: Fields): void {
  const number = partNumber(fields.part as number, "part");
  if (parts.get(number) !== undefined) refuse(`part ${number} stands in the dump twice`);
  const part = parts.open(number);
  for (const wallet of listOf(fields, "wallets")) restoreWallet(parts.pool, part, number, wallet);
  for (const event of listOf(fields, "events")) restoreEvent(parts.pool, part, event);
  const lastPosition = integer(fields.lastPosition as number, "lastPosition");
  if (lastPosition < part.lastPosition)
    refuse(`lastPosition ${lastPosition} is not the last of part ${number}`);
  part.lastPosition = lastPosition;
}

function restoreWallet(pool: BytePool, part: Part, number: number, fields: Fields): void {
  const intake = new Intake(pool);
  const id = walletId(fields.id as string, "id");
  if (part.wallets.has(id)) refuse(`wallet ${id} stands in the dump twice`);
  const head = takeHead(intake, fieldsOf(fields.head, "head") as unknown as WalletHead);
  if (head.version < 1) refuse(`wallet ${id} has version ${head.version}: no wallet below 1 is kept`);
  const wallet = bearWallet(part, { part: number, id }, head);
  wallet.lastEventNo = integer(fields.lastEventNo as number, "lastEventNo");
  restoreGrants(wallet, intake, listOf(fields, "grants"));
  restoreRecords(wallet, intake, listOf(fields, "records"));
  restoreEntries(wallet, intake, listOf(fields, "entries"));
  restoreReceipts(wallet, intake, listOf(fields, "receipts"));
  restoreUsage(wallet, intake, listOf(fields, "usage"));
}

function restoreGrants(wallet: Wallet, intake: Intake, rows: readonly Fields[]): void {
  for (const row of rows) {
    const grant = takeGrant(intake, row as unknown as GrantRow);
    if (wallet.grants.has(grant.id)) refuse(`grant ${grant.id} stands in the dump twice`);
    putGrant(wallet, grant);
  }
}

function restoreRecords(wallet: Wallet, intake: Intake, rows: readonly Fields[]): void {
  for (const row of rows) {
    const record = takeRecord(intake, row as unknown as RecordRow);
    if (wallet.records.get(record.kind)?.has(record.id)) {
      refuse(`record ${record.kind} ${record.id} stands in the dump twice`);
    }
    putRecord(wallet, record);
  }
}

function restoreEntries(wallet: Wallet, intake: Intake, rows: readonly Fields[]): void {
  for (const row of rows) {
    const entry = takeEntry(intake, row as unknown as EntryRow);
    if (!wallet.entries.add(entry)) {
      refuse(`entry (${entry.recordedAt}, ${entry.seq}) stands in the dump twice`);
    }
  }
}

function restoreReceipts(wallet: Wallet, intake: Intake, rows: readonly Fields[]): void {
  for (const row of rows) {
    const receipt = takeReceipt(intake, row as unknown as ReceiptRow);
    if (wallet.receipts.has(receipt.key)) refuse(`receipt ${receipt.key} stands in the dump twice`);
    wallet.receipts.set(receipt.key, receipt);
    if (!wallet.receiptsInTime.add(receipt)) {
      refuse(`receipt (${receipt.recordedAt}, ${receipt.receiptNo}) stands in the dump twice`);
    }
  }
}

/** Counters may be beyond the range of a delta: they are sums. */
function restoreUsage(wallet: Wallet, intake: Intake, rows: readonly Fields[]): void {
  for (const row of rows) {
    const sum = row as unknown as UsageDelta;
    wallet.usage.add({
      bucketAt: integer(sum.bucketAt, "usage.bucketAt"),
      feature: intake.text(sum.feature, "usage.feature"),
      group: intake.text(sum.group, "usage.group"),
      quantity: bigint(sum.quantity, "usage.quantity"),
      quantityFraction: bigint(sum.quantityFraction, "usage.quantityFraction"),
      amount: bigint(sum.amount, "usage.amount"),
      count: integer(sum.count, "usage.count"),
    });
  }
}

function restoreEvent(pool: BytePool, part: Part, fields: Fields): void {
  const event = takeEvent(new Intake(pool), fields as unknown as EventRow);
  const position = integer(fields.position as number, "event.position");
  const wallet = part.wallets.get(String(fields.wallet));
  if (wallet === undefined) return refuse(`event ${position} is of a wallet that is not in the dump`);
  if (position <= part.lastPosition) refuse(`event ${position} does not come after ${part.lastPosition}`);
  if (event.eventNo > wallet.lastEventNo) refuse(`event ${position} is beyond the wallet's last event`);
  part.events.add({ position, wallet, event });
  part.lastPosition = position;
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null) refuse(`${name} is not an object`);
  return value as Fields;
}

function listOf(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  if (!Array.isArray(list)) refuse(`${name} is not a list`);
  return (list as readonly unknown[]).map((row, index) => fieldsOf(row, `${name}[${index}]`));
}
