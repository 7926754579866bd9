import type { EventPage } from "../../store/queries.js";
import type { WalletKey } from "../../store/rows.js";
import { integer, partNumber } from "../../store/intake/intake.js";
import { checkRowCount } from "../../store/intake/limits.js";
import type { Parts } from "./parts.js";

/** Wallets with `dueAt ≤ before`, earliest first within a part, part by part as they are named. */
export function due(
  parts: Parts,
  query: { readonly before: number; readonly parts: readonly number[]; readonly limit: number },
): WalletKey[] {
  checkRowCount(query.limit);
  integer(query.before, "before");
  const keys: WalletKey[] = [];
  for (const number of new Set(query.parts)) {
    for (const { at, wallet } of parts.get(partNumber(number, "parts"))?.due.from() ?? []) {
      if (at > query.before) break;
      if (keys.length === query.limit) return keys;
      keys.push({ ...wallet.key });
    }
  }
  return keys;
}

/** Positions are given when events are committed: whoever reads p has seen all below. */
export function events(
  parts: Parts,
  query: { readonly part: number; readonly after: number; readonly limit: number },
): EventPage {
  checkRowCount(query.limit);
  integer(query.after, "after");
  const items: EventPage["items"][number][] = [];
  const placed = parts
    .get(partNumber(query.part, "part"))
    ?.events.from(({ position }) => position <= query.after);
  for (const { position, wallet, event } of placed ?? []) {
    if (items.length === query.limit) break;
    items.push({ wallet: { ...wallet.key }, position, ...event });
  }
  return { items, next: items.at(-1)?.position ?? query.after };
}
