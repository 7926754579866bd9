import type { EventRow, ReceiptRow, RecordRow } from "../../../store/rows.js";
import { bytes, flag, integer, key, optional, part, text, walletId } from "../columns.js";
import type { Placed, Table } from "./table.js";
import { PART_MEANS, WALLET_MEANS } from "./wallet.js";

export const record: Table<Placed<RecordRow>> = {
  name: "record",
  means: "Anything else with a life: reservations, debts of withdrawals, overage periods.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    kind: key(64)("What it is."),
    id: key(512)("Unique among its kind in the wallet."),
    open: flag("False once nothing more can happen to it."),
    data: text("JSON."),
  },
  key: ["part", "wallet", "kind", "id"],
  indexes: [{ name: "record_open", columns: ["part", "wallet", "open"], where: "open" }],
};

/**
 * True of every row. A query must say it to be served by the index: without it PostgreSQL, as long as it knows nothing of
 * the table's contents, looks keys up by going through all receipts of the wallet.
 */
const EVERY_RECEIPT = `receipt_no >= ${Number.MIN_SAFE_INTEGER}`;

export const receipt: Table<Placed<ReceiptRow>> = {
  name: "receipt",
  means: "The memory of each mutation: what was asked under which key, and what was answered. Never changed.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    receiptNo: integer("1, 2, 3, … in the wallet, without a gap."),
    key: key(512)("The idempotency key.", "idempotency_key"),
    operationId: key(255)("The operation that it led to."),
    kind: key(64)("Which verb."),
    requestHash: bytes("Of the request as it was given."),
    request: text("JSON: the request."),
    result: text("JSON: the answer."),
    actor: optional(text("Who did it.")),
    reason: optional(text("Why.")),
    recordedAt: integer("When, in UTC milliseconds."),
  },
  key: ["part", "wallet", "key"],
  indexes: [
    { name: "receipt_time", columns: ["part", "wallet", "recorded_at", "receipt_no"], where: EVERY_RECEIPT },
  ],
};

export const outbox: Table<Placed<EventRow>> = {
  name: "outbox",
  means: "Events that have no position yet. Reading a part's events moves them to `event`.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    eventNo: integer("1, 2, 3, … in the wallet, without a gap."),
    type: key(255)("What happened."),
    at: integer("When, in UTC milliseconds."),
    payload: text("JSON, versioned."),
  },
  key: ["part", "wallet", "eventNo"],
  indexes: [],
};

export const event: Table<Placed<EventRow> & { readonly position: number }> = {
  name: "event",
  means: "Events in the order in which consumers meet them.",
  columns: {
    part: part(PART_MEANS),
    position: integer("1, 2, 3, … in the part: whoever has seen one has seen all below."),
    wallet: walletId(WALLET_MEANS),
    eventNo: integer("1, 2, 3, … in the wallet, without a gap."),
    type: key(255)("What happened."),
    at: integer("When, in UTC milliseconds."),
    payload: text("JSON, versioned."),
  },
  key: ["part", "position"],
  indexes: [],
};
