/** What a process asked of one wallet. Credits are whole numbers of any unit, the same in all of a history. */
export type WalletCall =
  | { readonly kind: "grant"; readonly wallet: string; readonly key: string; readonly amount: bigint }
  | { readonly kind: "withdraw"; readonly wallet: string; readonly key: string; readonly amount: bigint }
  | { readonly kind: "balance"; readonly wallet: string };

/**
 * What it was told.
 * - done: it was applied, now or by an earlier call of the same key; the first answer, and what was left after it.
 * - denied: there was too little, and so much of it.
 * - conflict: its key was used before, for another request.
 * - read: what was available.
 * - none: nothing was done, and nothing will be.
 */
export type WalletOutcome =
  | { readonly kind: "done"; readonly id: string; readonly available: bigint }
  | { readonly kind: "denied"; readonly available: bigint }
  | { readonly kind: "conflict" }
  | { readonly kind: "read"; readonly available: bigint }
  | { readonly kind: "none" };

/** One call as its caller saw it, with instants of one clock that all processes share. */
export interface Invocation {
  readonly process: string;
  readonly call: WalletCall;
  /** Nanoseconds; before anything was done. */
  readonly startedAt: bigint;
  /** Nanoseconds; after the answer was there. Null where there was none: it may take effect at any time, or never. */
  readonly endedAt: bigint | null;
  /** Null where nobody knows: its process died, or the store did not say whether it was written. */
  readonly outcome: WalletOutcome | null;
}

/** Why a history cannot have happened on one copy of the wallet. */
export interface HistoryViolation {
  readonly wallet: string;
  /** For people: what was known, and the calls that fit nowhere. */
  readonly what: string;
  /** The calls that have no order: those of the shortest beginning of the history that has none, from where it breaks. */
  readonly window: readonly Invocation[];
}
