import { EVENT_VERSION, type WalletEvent } from "../../core/events.js";
import type { WalletNames } from "../../core/wallet.js";
import type { EventRow } from "../../store/rows.js";
import { encodeJson } from "../json.js";

/** What an event's row says besides its number, type and instant: enough to tell it without reading its wallet. */
export interface EventPayload {
  readonly v: number;
  readonly customerId: string;
  readonly scope: string;
  readonly currency: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function eventRow(
  { customerId, scope, currency }: WalletNames,
  { eventNo, type, at, data }: WalletEvent,
): EventRow {
  const payload = { v: EVENT_VERSION, customerId, scope, currency, data };
  return { eventNo, type, at, payload: encodeJson(payload) };
}
