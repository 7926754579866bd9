import type { Change, StoreLimits } from "../contract.js";
import type { EventRow, WalletKey } from "../rows.js";
import type { BytePool } from "./byte-pool.js";
import { Intake, integer, partNumber, refuse, walletId } from "./intake.js";
import { checkSize, checkWithin } from "./limits.js";
import {
  takeDelta,
  takeEntry,
  takeEvent,
  takeGrant,
  takeHead,
  takeReceipt,
  takeRecord,
} from "./take-rows.js";
import type { Taken } from "./taken.js";

/** Checks all that can be checked without looking at the wallets, and copies it. Nothing is written yet. */
export function takeChanges(
  pool: BytePool,
  changes: readonly Change[],
  limits: StoreLimits,
): readonly Taken[] {
  checkWithin(changes.length, limits.changesPerCommit, "changes in a commit");
  const intake = new Intake(pool);
  const taken = takeAll(intake, changes, takeChange);
  checkSize(taken, intake.units, limits);
  refuseRepeated(taken, ({ key }) => nameOf(key), "wallets of a commit");
  return taken;
}

export function takeKey(key: WalletKey): WalletKey {
  return { part: partNumber(key.part, "key.part"), id: walletId(key.id, "key.id") };
}

/** One text for a wallet. */
export function nameOf(key: WalletKey): string {
  return `${key.part}/${key.id}`;
}

function takeChange(intake: Intake, change: Change): Taken {
  const taken: Taken = {
    key: takeKey(change.key),
    expect: integer(change.expect, "expect"),
    head: takeHead(intake, change.head),
    unused: takeAll(intake, change.unused, takeUnused),
    opened: takeAll(intake, change.opened, takeGrant),
    moved: takeAll(intake, change.moved, takeGrant),
    records: takeAll(intake, change.records, takeRecord),
    entries: takeAll(intake, change.entries, takeEntry),
    receipts: takeAll(intake, change.receipts, takeReceipt),
    events: inOrder(takeAll(intake, change.events, takeEvent)),
    usage: takeAll(intake, change.usage, takeDelta),
  };
  checkVersions(taken);
  checkRepeats(taken);
  return taken;
}

/** A loop rather than `map`: most lists hold nothing or one row, and a commit has eight of them. */
function takeAll<Row, Own>(
  intake: Intake,
  rows: readonly Row[],
  take: (intake: Intake, row: Row) => Own,
): Own[] {
  const own: Own[] = [];
  for (const row of rows) own.push(take(intake, row));
  return own;
}

function takeUnused(intake: Intake, key: string): string {
  return intake.text(key, "unused");
}

function inOrder(events: EventRow[]): readonly EventRow[] {
  return events.length < 2 ? events : events.toSorted((a, b) => a.eventNo - b.eventNo);
}

function checkVersions({ expect, head }: Taken): void {
  if (expect < 0) refuse(`expect is ${expect}: versions begin at 0`);
  if (head.version !== expect + 1) refuse(`head.version is ${head.version}, not expect + 1 (${expect + 1})`);
}

/** No row may stand twice in a change. Usage may: it adds up. */
function checkRepeats({ opened, moved, records, entries, receipts, events }: Taken): void {
  const grants = opened.length === 0 ? moved : [...opened, ...moved];
  refuseRepeated(grants, ({ id }) => id, "grants of a change");
  refuseRepeated(records, ({ kind, id }) => `${kind}\0${id}`, "records of a change");
  refuseRepeated(entries, ({ recordedAt, seq }) => `${recordedAt}-${seq}`, "entries of a change");
  refuseRepeated(receipts, ({ key }) => key, "receipts of a change");
  refuseRepeated(
    receipts,
    ({ recordedAt, receiptNo }) => `${recordedAt}-${receiptNo}`,
    "receipts of a change",
  );
  refuseRepeated(events, ({ eventNo }) => String(eventNo), "events of a change");
}

function refuseRepeated<Row>(rows: readonly Row[], nameRow: (row: Row) => string, what: string): void {
  if (rows.length < 2) return;
  const names = new Set<string>();
  for (const row of rows) {
    const name = nameRow(row);
    if (names.has(name)) refuse(`${what} must differ: ${JSON.stringify(name)} stands there twice`);
    names.add(name);
  }
}
