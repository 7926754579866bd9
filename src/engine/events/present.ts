import { Decimal } from "../../core/decimal.js";
import type { EventRow, WalletKey } from "../../store/rows.js";
import type { CreditEvent } from "../api-events.js";
import { publicId } from "../ids.js";
import type { EventPayload } from "./rows.js";

const DECIMALS: ReadonlySet<string> = new Set([
  "amount",
  "remaining",
  "held",
  "consumed",
  "usedPercent",
  "thresholdPercent",
  "threshold",
  "released",
  "available",
  "scheduled",
  "balance",
  "net",
  "overdraft",
  "credits",
  "taken",
  "uncovered",
]);
const INSTANTS: ReadonlySet<string> = new Set(["effectiveAt", "expiresAt", "retryAt", "resetsAt"]);
/** Objects within the data that hold amounts, too. */
const PARTS: ReadonlySet<string> = new Set(["grant", "totals", "topUp", "price", "money"]);

/** An event as callers read it. */
export function presentEvent(wallet: WalletKey, { eventNo, type, at, payload }: EventRow): CreditEvent {
  const { v, customerId, scope, currency, data } = JSON.parse(payload) as EventPayload;
  const event = {
    id: publicId("ev", wallet, String(eventNo)),
    type,
    version: v,
    at: new Date(at),
    customerId,
    scope: scope === "" ? undefined : scope,
    currency,
    sequence: eventNo,
    data: present(data),
  };
  return event as unknown as CreditEvent;
}

type Fields = Readonly<Record<string, unknown>>;

/** An event out of its JSON text, as a receiver far away reads it. */
export function eventFromJson(fields: Fields): CreditEvent {
  const { id, type, version, at, customerId, scope, currency, sequence, data } = fields;
  const event = {
    id,
    type,
    version,
    at: new Date(String(at)),
    customerId,
    scope,
    currency,
    sequence,
    data: present(data as Fields),
  };
  return event as unknown as CreditEvent;
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, presentField(name, value)]));
}

function presentField(name: string, value: unknown): unknown {
  if (typeof value === "string" && DECIMALS.has(name)) return new Decimal(value);
  if ((typeof value === "number" || typeof value === "string") && INSTANTS.has(name)) return new Date(value);
  return PARTS.has(name) ? present(value as Fields) : value;
}
