import type { CompiledCatalog, Currency } from "../catalog/catalog.js";
import type { DecimalParts } from "./amounts.js";
import { plansAt } from "./attachments.js";
import { type Duration, subtractDuration } from "./calendar.js";
import type { Grant } from "./grant.js";
import type { Wallet } from "./wallet.js";

/** At what a wallet's events are told. */
export interface Thresholds {
  /** Percentages of a grant that is used, ascending, above 0 and up to 100. */
  readonly usageLow: readonly DecimalParts[];
  /** Scaled credits of net; null: none. */
  readonly balanceLow: bigint | null;
  /** How long before its expiry a grant is told to expire. */
  readonly expiringLead: readonly Duration[];
}

export const NO_THRESHOLDS: Thresholds = { usageLow: [], balanceLow: null, expiringLead: [] };

/** The wallet's own, else those of the highest-ranked plan which has some, else the currency's. */
export function thresholdsOf(
  wallet: Wallet,
  { catalog, currency }: { readonly catalog: CompiledCatalog; readonly currency: Currency },
): Thresholds {
  if (wallet.watch.thresholds !== null) return wallet.watch.thresholds;
  if (wallet.attachments.size === 0) return currency.thresholds;
  for (const plan of plansAt(wallet, catalog, wallet.clock)) {
    const thresholds = plan.thresholds.get(currency.id);
    if (thresholds !== undefined) return thresholds;
  }
  return currency.thresholds;
}

/**
 * When a grant's next notice may be due; null: never. Which lead times hold is asked then, since plans come and go:
 * `leads` are all that may. What lies before the grant was there is no notice.
 */
export function nextNoticeAt(
  { expiresAt, effectiveAt, createdAt, noticedAt }: Grant,
  leads: readonly Duration[],
): number | null {
  if (expiresAt === null) return null;
  const after = Math.max(effectiveAt, createdAt, noticedAt ?? Number.MIN_SAFE_INTEGER);
  let next: number | null = null;
  for (const lead of leads) {
    const at = subtractDuration(expiresAt, lead);
    if (at > after && (next === null || at < next)) next = at;
  }
  return next;
}

/** Whether `part` of `whole` is at least so many percent. */
export function reaches(part: bigint, whole: bigint, { digits, places }: DecimalParts): boolean {
  return part * 100n * 10n ** BigInt(places) >= digits * whole;
}

const HUNDREDTHS = 10_000n;

/** Percent with two places, rounded down, so that only what is all used reads as 100. */
export function percentOf(part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : (part * HUNDREDTHS) / whole;
}

/** Decimal places of `percentOf`. */
export const PERCENT_PLACES = 2;
