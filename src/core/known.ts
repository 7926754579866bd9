import type { Entry } from "./entry.js";
import type { Grant } from "./grant.js";
import type { Reservation, WithdrawalRecord } from "./records.js";
import type { Schedule } from "./schedule.js";
import type { TopUp } from "./top-up.js";

/**
 * Closed things that were read beside the snapshot, at its version. What was asked for and is not here does not exist.
 */
export interface Known {
  readonly grants: ReadonlyMap<string, Grant>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly withdrawals: ReadonlyMap<string, WithdrawalRecord>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly topUps: ReadonlyMap<string, TopUp>;
  /** Entries by operation. */
  readonly operations: ReadonlyMap<string, readonly Entry[]>;
  /** Closed grants that lost credits to expiry at or after the instant asked for. */
  readonly lapsed: readonly Grant[];
}

export const NOTHING_KNOWN: Known = {
  grants: new Map(),
  reservations: new Map(),
  withdrawals: new Map(),
  schedules: new Map(),
  topUps: new Map(),
  operations: new Map(),
  lapsed: [],
};

/** What a decision has to be told of beside the open grants and records. */
export interface Needs {
  readonly grants?: readonly string[];
  readonly reservations?: readonly string[];
  readonly withdrawals?: readonly string[];
  readonly schedules?: readonly string[];
  readonly topUps?: readonly string[];
  readonly operations?: readonly string[];
  readonly lapsedSince?: number;
}
