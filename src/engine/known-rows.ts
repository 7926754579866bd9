import type { Known, Needs } from "../core/known.js";
import { NOTHING_KNOWN } from "../core/known.js";
import type { Entry } from "../core/entry.js";
import type { Read, Snapshot } from "../store/contract.js";
import { entryFromRow } from "./entry-rows.js";
import { reservationFromRow, scheduleFromRow, topUpFromRow, withdrawalFromRow } from "./record-rows.js";
import { grantFromRow } from "./wallet-rows.js";

/** Everything that was asked for of a wallet beside its snapshot, so that nothing is asked twice. */
export interface Asked {
  readonly grants: ReadonlySet<string>;
  readonly reservations: ReadonlySet<string>;
  readonly withdrawals: ReadonlySet<string>;
  readonly schedules: ReadonlySet<string>;
  readonly topUps: ReadonlySet<string>;
  readonly operations: ReadonlySet<string>;
  readonly lapsedSince: number | null;
}

export const NOTHING_ASKED: Asked = {
  grants: new Set(),
  reservations: new Set(),
  withdrawals: new Set(),
  schedules: new Set(),
  topUps: new Set(),
  operations: new Set(),
  lapsedSince: null,
};

export { NOTHING_KNOWN };

export function askAlso(asked: Asked, needs: readonly Needs[]): Asked {
  const all = (field: Exclude<keyof Asked, "lapsedSince">) =>
    new Set([...asked[field], ...needs.flatMap((need) => need[field] ?? [])]);
  const since = needs.flatMap(({ lapsedSince }) => lapsedSince ?? []);
  return {
    grants: all("grants"),
    reservations: all("reservations"),
    withdrawals: all("withdrawals"),
    schedules: all("schedules"),
    topUps: all("topUps"),
    operations: all("operations"),
    lapsedSince: since.reduce<number | null>(
      (least, one) => (least === null || one < least ? one : least),
      asked.lapsedSince,
    ),
  };
}

export function isSame(a: Asked, b: Asked): boolean {
  return (
    a.lapsedSince === b.lapsedSince &&
    a.grants.size === b.grants.size &&
    a.reservations.size === b.reservations.size &&
    a.withdrawals.size === b.withdrawals.size &&
    a.schedules.size === b.schedules.size &&
    a.topUps.size === b.topUps.size &&
    a.operations.size === b.operations.size
  );
}

/** The part of a read that asks for these. */
export function readOf({
  grants,
  reservations,
  withdrawals,
  schedules,
  topUps,
  operations,
  lapsedSince,
}: Asked): Omit<Read, "key"> {
  return {
    grants: [...grants],
    records: [
      ...[...reservations].map((id) => ({ kind: "reservation", id })),
      ...[...withdrawals].map((id) => ({ kind: "withdrawal", id })),
      ...[...schedules].map((id) => ({ kind: "schedule", id })),
      ...[...topUps].map((id) => ({ kind: "topUp", id })),
    ],
    operations: [...operations],
    ...(lapsedSince === null ? {} : { lapsedSince }),
  };
}

export function knownFrom(snapshot: Snapshot, instant: number): Known {
  const { grants, records, entries, lapsed } = snapshot.asked;
  const byOperation = new Map<string, Entry[]>();
  for (const row of entries) {
    const entry = entryFromRow(row);
    byOperation.set(entry.operationId, [...(byOperation.get(entry.operationId) ?? []), entry]);
  }
  const ofKind = (kind: string) => records.filter((record) => record.kind === kind);
  return {
    grants: new Map([...grants, ...lapsed].map((row) => [row.id, grantFromRow(row, instant)])),
    reservations: new Map(ofKind("reservation").map((row) => [row.id, reservationFromRow(row)])),
    withdrawals: new Map(ofKind("withdrawal").map((row) => [row.id, withdrawalFromRow(row)])),
    schedules: new Map(ofKind("schedule").map((row) => [row.id, scheduleFromRow(row)])),
    topUps: new Map(ofKind("topUp").map((row) => [row.id, topUpFromRow(row)])),
    operations: byOperation,
    lapsed: lapsed.map((row) => grantFromRow(row, instant)),
  };
}
