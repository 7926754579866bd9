import type { Subscription } from "../../core/subscription.js";
import type { Snapshot } from "../../store/contract.js";
import type { RecordRow } from "../../store/rows.js";
import { decodeJson } from "../json.js";

const KIND = "subscription";

/** Undefined: there is none of this id. */
export function subscriptionFrom(snapshot: Snapshot, id: string | null): Subscription | undefined {
  const rows = [...snapshot.records, ...snapshot.asked.records];
  const row = rows.find((one) => one.kind === KIND && one.id === id);
  return row === undefined ? undefined : fromRow(row);
}

/** Those that have not ended, or not long ago. */
export function openSubscriptions(snapshot: Snapshot): readonly Subscription[] {
  return snapshot.records.filter(({ kind }) => kind === KIND).map(fromRow);
}

function fromRow({ data }: RecordRow): Subscription {
  return decodeJson(data) as Subscription;
}
