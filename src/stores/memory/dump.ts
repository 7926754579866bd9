import type { UsageDelta } from "../../store/rows.js";
import { StoreError } from "../../store/errors.js";
import { writeJson } from "./json.js";
import type { Part, Parts } from "./parts.js";
import { recordsInOrder } from "./wallet.js";
import type { Wallet } from "./wallet.js";

export const DUMP_FORMAT = "coffer/memory";
export const DUMP_VERSION = 1;

/** All of it as one JSON text; equal contents give equal texts. */
export function dump(parts: Parts): string {
  const dumped = [];
  for (let number = 0; number < 256; number++) {
    const part = parts.get(number);
    if (part !== undefined) dumped.push(dumpPart(number, part));
  }
  try {
    return writeJson({ format: DUMP_FORMAT, version: DUMP_VERSION, parts: dumped });
  } catch (cause) {
    throw new StoreError("limit", "the store is too large for one text", { cause });
  }
}

function dumpPart(number: number, part: Part) {
  return {
    part: number,
    lastPosition: part.lastPosition,
    wallets: Array.from(part.inOrder.from(), dumpWallet),
    events: Array.from(part.events.from(), ({ position, wallet, event }) => ({
      position,
      wallet: wallet.key.id,
      ...event,
    })),
  };
}

function dumpWallet(wallet: Wallet) {
  return {
    id: wallet.key.id,
    lastEventNo: wallet.lastEventNo,
    head: wallet.head,
    grants: [...wallet.grants.rows(undefined)],
    records: [...recordsInOrder(wallet, undefined)],
    entries: [...wallet.entries.from()],
    receipts: [...wallet.receiptsInTime.from()],
    usage: [...countersOf(wallet)],
  };
}

function* countersOf(wallet: Wallet): Generator<UsageDelta, undefined> {
  for (const { at, sums } of wallet.usage.from(-Infinity)) {
    for (const { feature, group, sum } of sums.inOrder()) yield { bucketAt: at, feature, group, ...sum };
  }
}
