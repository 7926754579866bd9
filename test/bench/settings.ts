/** How long to look, and at how much. */
export interface Settings {
  readonly rounds: number;
  /** Of one round of one contender. */
  readonly ms: number;
  /** Ledger entries of the big wallet. */
  readonly entries: number;
  /** Calls that may wait in an engine under overload. */
  readonly mostWaiting: number;
  /** The folder where pictures go. */
  readonly out: string;
}
