import type { EntryRow } from "../store/rows.js";

/** What an entry means to the books of money. */
export type MoneyEffect =
  "billed" | "recognised" | "breakage" | "refunded" | "movedIn" | "movedOut" | "overage";

/** Minor units that an entry adds to one column; negative: it takes back what an earlier entry added. */
export interface Effect {
  readonly effect: MoneyEffect;
  readonly minor: bigint;
  readonly currency: string;
}

const BY_TYPE: Readonly<Record<string, MoneyEffect>> = {
  granted: "billed",
  consumed: "recognised",
  overdraft_settled: "recognised",
  // Of a grant: credits come back from use, and their money from revenue.
  reversed: "recognised",
  expired: "breakage",
  voided: "breakage",
  adjusted: "breakage",
  expiry_reversed: "breakage",
  refunded: "refunded",
};

/** Columns that deferred money comes from; to the others it goes. */
const COMES_IN: ReadonlySet<MoneyEffect> = new Set(["billed", "movedIn"]);

/** Null: the entry carries no money. An entry says what its account gained; what has left stands in a column as it is. */
export function effectOf({ type, account, cost, costCurrency, amount }: EntryRow): Effect | null {
  if (cost === null || cost === 0n || costCurrency === null) return null;
  if (account === "overage") return { effect: "overage", minor: -cost, currency: costCurrency };
  const effect = BY_TYPE[type] ?? (amount < 0n ? "movedOut" : "movedIn");
  return { effect, minor: COMES_IN.has(effect) ? cost : -cost, currency: costCurrency };
}

/** Credits of promotional grants that an entry used; negative: gave back. Null: it is no use of such credits. */
export function promotionalUse({ type, account, cost, amount, grantId }: EntryRow): bigint | null {
  if (account !== "grant" || cost !== null || grantId === null || amount === 0n) return null;
  return type === "consumed" || type === "overdraft_settled" || type === "reversed" ? -amount : null;
}
