/** To be added to the usage counter of a feature at an instant. */
export interface UsageCount {
  readonly at: number;
  /** "" for withdrawals by amount. */
  readonly feature: string;
  /** Scaled quantity. */
  readonly quantity: bigint;
  /** Scaled credits, negative for a reversal. */
  readonly amount: bigint;
  readonly count: number;
}
