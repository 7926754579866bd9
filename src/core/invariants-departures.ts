import { sum } from "./amounts.js";
import type { Entry, LedgerEntryType } from "./entry.js";
import type { Grant } from "./grant.js";
import type { Violation, WalletFacts } from "./invariants.js";

/** The entries that move credits into a counter of a grant, and back out of it. */
const COUNTED = {
  consumed: ["consumed", "overdraft_settled", "reversed"],
  expired: ["expired", "expiry_reversed"],
  voided: ["voided"],
  refunded: ["refunded"],
  moved: ["transferred_out", "rolled_over"],
} as const satisfies Partial<Record<keyof Grant, readonly LedgerEntryType[]>>;

const ARRIVALS: readonly LedgerEntryType[] = ["granted", "transferred_in", "adjusted", "rolled_over"];

/** What a grant counts as gone, in credits and in money, is what its entries say. */
export function departures({ grants, entries }: WalletFacts): readonly Violation[] {
  const byGrant = new Map<string, Entry[]>();
  for (const entry of entries)
    if (entry.grantId !== null) byGrant.set(entry.grantId, [...(byGrant.get(entry.grantId) ?? []), entry]);
  return grants.flatMap((grant) => [
    ...creditsGone(grant, byGrant.get(grant.id) ?? []),
    ...moneyGone(grant, byGrant.get(grant.id) ?? []),
  ]);
}

function creditsGone(grant: Grant, entries: readonly Entry[]): readonly Violation[] {
  const arrived = sum(entries.filter(isArrival).map((entry) => entry.amount));
  const wrong = Object.entries(COUNTED).filter(
    ([counter, types]) =>
      grant[counter as keyof typeof COUNTED] !== -sum(of(entries, types).map((entry) => entry.amount)),
  );
  const adjusted = -sum(of(entries, ["adjusted"]).map((entry) => entry.amount));
  return [
    ...wrong.map(([counter]) => ({
      law: 1,
      what: `grant ${grant.id}: its ${counter} is not what its entries say`,
    })),
    ...(adjusted === grant.adjusted
      ? []
      : [{ law: 1, what: `grant ${grant.id}: its adjusted is not what its entries say` }]),
    ...(arrived === grant.amount
      ? []
      : [{ law: 1, what: `grant ${grant.id}: its amount is not what its first entry says` }]),
  ];
}

function moneyGone({ id, cost }: Grant, entries: readonly Entry[]): readonly Violation[] {
  if (cost === null) return [];
  const lost = of(entries, ["expired", "expiry_reversed", "voided", "adjusted"]);
  const parts = [
    ["total", cost.total, moneyOf(entries.filter(isArrival))],
    ["recognised", cost.recognised, -moneyOf(of(entries, COUNTED.consumed))],
    ["breakage", cost.breakage, -moneyOf(lost)],
    ["refunded", cost.refunded, -moneyOf(of(entries, COUNTED.refunded))],
    ["moved", cost.moved, -moneyOf(of(entries, COUNTED.moved))],
  ] as const;
  return parts.flatMap(([part, kept, told]) =>
    kept === told
      ? []
      : [{ law: 4, what: `grant ${id}: the ${part} money of its cost is not what its entries say` }],
  );
}

function moneyOf(entries: readonly Entry[]): bigint {
  return sum(entries.map((entry) => entry.money ?? 0n));
}

/** An adjustment up brings a grant into being; one down takes from it. */
function isArrival({ type, amount }: Entry): boolean {
  return ARRIVALS.includes(type) && amount > 0n;
}

/** Of these types, without those that bring a grant into being. */
function of(entries: readonly Entry[], types: readonly LedgerEntryType[]): readonly Entry[] {
  return entries.filter((entry) => types.includes(entry.type) && !isArrival(entry));
}
