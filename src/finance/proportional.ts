import type { DecimalParts } from "../core/amounts.js";
import { toDecimal } from "../core/decimal.js";
import { floorShare, minorPlaces } from "../core/money.js";
import type { ProportionalBreakage } from "./api.js";

/**
 * ASC 606's proportional method, grant by grant: of what was paid, the share `rate` is expected never to be used, so each
 * use of the rest earns rate / (1 − rate) of breakage along with it. Never more than is still deferred, and nothing once
 * the grant has ended, since then what has really broken is booked.
 */
export function estimateAt({ digits, places }: DecimalParts, recognised: bigint, deferred: bigint): bigint {
  const earned = floorShare(recognised, digits, 10n ** BigInt(places) - digits);
  if (earned <= 0n || deferred <= 0n) return 0n;
  return earned < deferred ? earned : deferred;
}

export function presentEstimate(
  currency: string,
  [opening, closing]: readonly [bigint, bigint],
  booked: bigint,
  deferred: bigint,
): ProportionalBreakage {
  const money = (minor: bigint) => toDecimal(minor, minorPlaces(currency));
  return {
    opening: money(opening),
    breakage: money(booked + closing - opening),
    closing: money(closing),
    deferred: money(deferred - closing),
  };
}
