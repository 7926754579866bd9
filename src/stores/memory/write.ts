import { refuse } from "../../store/intake/intake.js";
import { bearWallet, placeEvent, putHead } from "./parts.js";
import type { Parts } from "./parts.js";
import type { Taken } from "../../store/intake/taken.js";
import { putGrant, putRecord } from "./wallet.js";
import type { Wallet } from "./wallet.js";

/**
 * Refuses a change that would break the wallet it was decided on: a row that must be new is there, or one that must
 * be there is not. Call it for every change of a batch before the first is written: `write` cannot fail.
 */
export function checkAgainst(wallet: Wallet | undefined, change: Taken): void {
  for (const { id } of change.opened) {
    if (wallet?.grants.has(id)) refuse(`opened grant ${id} exists`);
  }
  for (const { id } of change.moved) {
    if (!wallet?.grants.has(id)) refuse(`moved grant ${id} does not exist`);
  }
  for (const { key } of change.receipts) {
    if (wallet?.receipts.has(key)) refuse(`receipt ${key} exists`);
  }
  for (const receipt of change.receipts) {
    const { recordedAt, receiptNo } = receipt;
    if (wallet?.receiptsInTime.has(receipt)) refuse(`receipt (${recordedAt}, ${receiptNo}) exists`);
  }
  for (const entry of change.entries) {
    const { recordedAt, seq } = entry;
    if (wallet?.entries.has(entry)) refuse(`entry (${recordedAt}, ${seq}) exists`);
  }
  for (const { eventNo } of change.events) {
    if (eventNo <= (wallet?.lastEventNo ?? 0)) refuse(`event ${eventNo} exists, or one after it`);
  }
}

/** Writes a change that was checked. */
export function write(parts: Parts, change: Taken): void {
  const part = parts.open(change.key.part);
  let wallet = part.wallets.get(change.key.id);
  if (wallet === undefined) wallet = bearWallet(part, change.key, change.head);
  else putHead(part, wallet, change.head);
  for (const grant of change.opened) putGrant(wallet, grant);
  for (const grant of change.moved) putGrant(wallet, grant);
  for (const record of change.records) putRecord(wallet, record);
  for (const entry of change.entries) wallet.entries.add(entry);
  for (const receipt of change.receipts) {
    wallet.receipts.set(receipt.key, receipt);
    wallet.receiptsInTime.add(receipt);
  }
  for (const event of change.events) placeEvent(part, wallet, event);
  for (const delta of change.usage) wallet.usage.add(delta);
}
