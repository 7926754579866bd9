import type { Attachment } from "../core/attachments.js";
import type { Budget } from "../core/budget.js";
import type { RateHistory } from "../core/rate-book.js";
import type { RecordChange } from "../core/record-change.js";
import { type OveragePeriod, type Reservation, type WithdrawalRecord, isOwing } from "../core/records.js";
import type { Schedule } from "../core/schedule.js";
import type { TierCount } from "../core/tier-period.js";
import { type AutoTopUp, type TopUp, isUnsettled } from "../core/top-up.js";
import type { Wallet } from "../core/wallet.js";
import {
  withAttachment,
  withRates,
  withReservation,
  withSchedule,
  withWithdrawalRecord,
} from "../core/wallet-index.js";
import { withAutoTopUp, withTopUp } from "../core/wallet-index-top-ups.js";
import type { RecordRow } from "../store/rows.js";
import { decodeJson, encodeJson } from "./json.js";

/** One record holds all counts of a wallet: they are few. */
const TIERS_ID = "counts";
/** A wallet has one at most. */
const AUTO_TOP_UP_ID = "auto";

export function recordRow(change: RecordChange): RecordRow {
  const { kind, record } = change;
  switch (kind) {
    case "reservation":
      return { kind, id: record.id, open: record.state === "held", data: encodeJson(record) };
    case "withdrawal":
      return { kind, id: record.id, open: isOwing(record), data: encodeJson(record) };
    case "schedule":
      return { kind, id: record.id, open: !record.hasEnded, data: encodeJson(record) };
    case "subscription":
    case "rate":
      return { kind, id: record.id, open: true, data: encodeJson(record) };
    case "tiers":
      return { kind, id: TIERS_ID, open: true, data: encodeJson(record) };
    case "budget":
    case "plan":
      return { kind, id: record.id, open: change.open, data: encodeJson(record) };
    case "overage":
      return { kind, id: String(record.startsAt), open: change.open, data: encodeJson(record) };
    case "topUp":
      return { kind, id: record.id, open: isUnsettled(record), data: encodeJson(record) };
    case "autoTopUp":
      return { kind, id: AUTO_TOP_UP_ID, open: true, data: encodeJson(record) };
  }
}

export function budgetFromRow(row: RecordRow): Budget {
  return decodeJson(row.data) as Budget;
}

/** Reservations of before there were budgets hold nothing of any. */
export function reservationFromRow(row: RecordRow): Reservation {
  const reservation = decodeJson(row.data) as Omit<Reservation, "budgets"> & Partial<Reservation>;
  return { ...reservation, budgets: reservation.budgets ?? [] };
}

export function withdrawalFromRow(row: RecordRow): WithdrawalRecord {
  return decodeJson(row.data) as WithdrawalRecord;
}

export function scheduleFromRow(row: RecordRow): Schedule {
  return decodeJson(row.data) as Schedule;
}

export function topUpFromRow(row: RecordRow): TopUp {
  return decodeJson(row.data) as TopUp;
}

/** Puts an open record of a snapshot into the wallet. */
export function withRecord(wallet: Wallet, row: RecordRow): Wallet {
  switch (row.kind) {
    case "reservation":
      return withReservation(wallet, reservationFromRow(row));
    case "withdrawal":
      return withWithdrawalRecord(wallet, undefined, withdrawalFromRow(row));
    case "schedule":
      return withSchedule(wallet, scheduleFromRow(row));
    case "budget":
      return { ...wallet, budgets: wallet.budgets.with(row.id, budgetFromRow(row)) };
    case "plan":
      return withAttachment(wallet, decodeJson(row.data) as Attachment, true);
    case "tiers":
      return { ...wallet, tierCounts: decodeJson(row.data) as readonly TierCount[] };
    case "rate":
      return withRates(wallet, decodeJson(row.data) as RateHistory);
    case "overage":
      return { ...wallet, overagePeriod: decodeJson(row.data) as OveragePeriod };
    case "topUp":
      return withTopUp(wallet, topUpFromRow(row));
    case "autoTopUp":
      return withAutoTopUp(wallet, decodeJson(row.data) as AutoTopUp);
    default:
      return wallet;
  }
}
