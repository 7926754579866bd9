import { QUANTITY_UNIT } from "../core/amounts.js";
import { quarterHourOf } from "../core/calendar.js";
import type { Entry } from "../core/entry.js";
import type { Violation } from "../core/invariants.js";
import type { WithdrawalRecord } from "../core/records.js";
import type { Result } from "../core/results.js";
import { decodeJson } from "../engine/json.js";
import { usesByGroup } from "./check-usage-groups.js";
import type { CreditStore } from "../store/contract.js";
import type { ReceiptRow, WalletKey } from "../store/rows.js";

export interface UsedWallet {
  readonly store: CreditStore;
  readonly key: WalletKey;
  readonly entries: readonly Entry[];
  /** Of all operations of the wallet: none was pruned. */
  readonly receipts: readonly ReceiptRow[];
  readonly withdrawals: readonly WithdrawalRecord[];
  /** The counter that dimensions belong to; undefined: unknown here, so only whole features are compared. */
  readonly groupOf: ((dimensions: string | null) => string) | undefined;
}

/**
 * The usage counters say what the books say: credits by quarter-hour and feature, as the ledger tells of uses and of what
 * came back of them; events and quantities by feature, as the receipts tell.
 */
export async function usageGaps(used: UsedWallet): Promise<readonly Violation[]> {
  const results = used.receipts.map(({ result }) => decodeJson(result) as Result);
  const meant = new Sums();
  addAmounts(meant, used.entries, results);
  addEvents(meant, results);
  const { groupOf } = used;
  if (groupOf !== undefined)
    for (const { feature, group, amount } of usesByGroup(used.entries, used.withdrawals, groupOf))
      meant.addGroup(feature, group, amount);
  const counted = await countersOf(used, [...meant.buckets]);
  return meant
    .differences(counted)
    .map((difference) => ({ law: 8, what: `the usage counters do not say what was used: ${difference}` }));
}

class Sums {
  readonly buckets = new Set<number>();
  private readonly sums = new Map<string, bigint>();

  add(name: string, value: bigint): void {
    this.sums.set(name, (this.sums.get(name) ?? 0n) + value);
  }

  addAmount(bucketAt: number | "elsewhere", feature: string, amount: bigint): void {
    if (bucketAt !== "elsewhere") this.buckets.add(bucketAt);
    this.add(`credits of "${feature}" at ${bucketAt}`, amount);
  }

  addGroup(feature: string, group: string, amount: bigint): void {
    this.add(`credits of "${feature}" in all with ${group === "" ? "no charted dimension" : group}`, amount);
  }

  addEvent(feature: string, quantity: bigint, count: bigint): void {
    this.add(`quantity of "${feature}"`, quantity);
    this.add(`events of "${feature}"`, count);
  }

  differences(others: Sums): readonly string[] {
    const names = new Set([...this.sums.keys(), ...others.sums.keys()]);
    return [...names].flatMap((name) => {
      const [mine, theirs] = [this.sums.get(name) ?? 0n, others.sums.get(name) ?? 0n];
      return mine === theirs ? [] : [`${name} are ${mine}, ${theirs} were counted`];
    });
  }
}

function addAmounts(meant: Sums, entries: readonly Entry[], results: readonly Result[]): void {
  const usedAt = new Map<string, number>();
  for (const { type, operationId, occurredAt, feature, amount } of entries)
    if (type === "consumed" || type === "overdraft" || type === "overage") {
      usedAt.set(operationId, usedAt.get(operationId) ?? occurredAt);
      meant.addAmount(quarterHourOf(occurredAt), feature ?? "", -amount);
    }
  const takenBack = new Map<string, string>();
  for (const result of results) if (result.kind === "reversal") takenBack.set(result.id, result.withdrawalId);
  for (const { type, operationId, feature, amount } of entries) {
    const occurredAt = usedAt.get(takenBack.get(operationId) ?? "");
    if (type === "reversed" && occurredAt !== undefined)
      meant.addAmount(quarterHourOf(occurredAt), feature ?? "", -amount);
  }
}

function addEvents(meant: Sums, results: readonly Result[]): void {
  for (const result of results)
    if (result.kind === "withdrawal")
      for (const { feature, quantity } of result.lines) meant.addEvent(feature ?? "", quantity ?? 0n, 1n);
}

const QUARTER_HOUR_MS = 15 * 60_000;
/** The ends of time, as dates know it. */
const LAST_INSTANT = 8.64e15;
/** Of one query. */
const MOST_POINTS = 1_000;

/** All counters of a wallet: those of these quarter-hours each, and the rest between them. */
async function countersOf({ store, key, groupOf }: UsedWallet, buckets: readonly number[]): Promise<Sums> {
  const starts = new Set(buckets);
  const ends = buckets.map((at) => at + QUARTER_HOUR_MS);
  const bounds = [...new Set([-LAST_INSTANT, ...buckets, ...ends, LAST_INSTANT])].sort((a, b) => a - b);
  const counted = new Sums();
  for (let from = 0; from < bounds.length - 1; from += MOST_POINTS) {
    const some = bounds.slice(from, from + MOST_POINTS + 1);
    for (const point of await store.usage({ key, bounds: some })) {
      const at = some[point.index] ?? -LAST_INSTANT;
      counted.addAmount(starts.has(at) ? at : "elsewhere", point.feature, point.amount);
      const quantity = point.quantity * QUANTITY_UNIT + point.quantityFraction;
      if (groupOf !== undefined) counted.addGroup(point.feature, point.group, point.amount);
      counted.addEvent(point.feature, quantity, BigInt(point.count));
    }
  }
  return counted;
}
