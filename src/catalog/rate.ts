import type { DecimalParts, RoundingMode } from "../core/amounts.js";

/** A rate as the engine computes with it: decimals are read, nothing is left to parse. `per` is a scaled quantity. */
export type CompiledRate = FlatRate | TieredRate | MatchedRate;

export interface FlatRate {
  readonly kind: "linear" | "block";
  readonly credits: DecimalParts;
  readonly per: bigint;
  readonly minimum: bigint;
  readonly rounding: RoundingMode;
}

export interface TieredRate {
  readonly kind: "tiers";
  /** The tiers count from the period's start, not from that of the event. */
  readonly over?: "period" | undefined;
  readonly tiers: readonly Tier[];
  readonly minimum: bigint;
  readonly rounding: RoundingMode;
}

export interface Tier {
  /** Upper bound of the tier, inclusive, counted from zero; null in the last. */
  readonly upTo: bigint | null;
  readonly credits: DecimalParts;
  readonly per: bigint;
}

export interface MatchedRate {
  readonly kind: "match";
  readonly cases: readonly MatchCase[];
  readonly fallback: CompiledRate | null;
}

export interface MatchCase {
  /** Dimension and the values that agree with it. */
  readonly when: readonly (readonly [string, readonly string[]])[];
  readonly rate: CompiledRate;
}

/** A rate that matching has settled: what a reservation keeps. */
export type SettledRate = FlatRate | TieredRate;
