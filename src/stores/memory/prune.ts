import type { PruneQuery } from "../../store/queries.js";
import type { EntryRow } from "../../store/rows.js";
import type { Stored } from "../../store/intake/byte-pool.js";
import { integer, partNumber } from "../../store/intake/intake.js";
import { checkRowCount } from "../../store/intake/limits.js";
import type { Part, Parts, PlacedEvent } from "./parts.js";
import { takeKey } from "../../store/intake/take-change.js";
import type { Wallet } from "./wallet.js";

/** How many rows were deleted. */
export function prune(parts: Parts, { what, part: number, before, upToPosition, limit }: PruneQuery): number {
  checkRowCount(limit);
  if (typeof what === "object") {
    const wallet = parts.find(takeKey(what.entriesOf));
    return wallet === undefined ? 0 : pruneEntries(wallet, integer(what.upToSeq, "upToSeq"), limit);
  }
  integer(before, "before");
  const part = parts.get(partNumber(number, "part"));
  if (part === undefined) return 0;
  const upTo = upToPosition === undefined ? Infinity : integer(upToPosition, "upToPosition");
  return what === "events" ? pruneEvents(part, before, upTo, limit) : pruneReceipts(part, before, limit);
}

function pruneEntries(wallet: Wallet, upToSeq: number, limit: number): number {
  const old: Stored<EntryRow>[] = [];
  for (const entry of wallet.entries.from()) {
    if (old.length === limit) break;
    if (entry.seq <= upToSeq) old.push(entry);
  }
  for (const entry of old) wallet.entries.delete(entry);
  return old.length;
}

/** Each wallet has its own time, so the events of a part are only nearly in order of `at`: all are looked at. */
function pruneEvents(part: Part, before: number, upTo: number, limit: number): number {
  const old: PlacedEvent[] = [];
  for (const placed of part.events.from()) {
    if (old.length === limit || placed.position > upTo) break;
    if (placed.event.at < before) old.push(placed);
  }
  for (const placed of old) part.events.delete(placed);
  return old.length;
}

function pruneReceipts(part: Part, before: number, limit: number): number {
  let count = 0;
  for (const wallet of part.inOrder.from()) {
    const old = [];
    for (const receipt of wallet.receiptsInTime.from()) {
      if (receipt.recordedAt >= before || count + old.length === limit) break;
      old.push(receipt);
    }
    for (const receipt of old) {
      wallet.receipts.delete(receipt.key);
      wallet.receiptsInTime.delete(receipt);
    }
    count += old.length;
  }
  return count;
}
