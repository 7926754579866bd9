import type { InstantInput } from "../catalog/definition.js";
import type { RevenueGroup, RevenueReport } from "./api.js";

export interface ClosePeriodRequest {
  /** The end: the first instant that is not in the period; not in the future. It begins where the last one ended. */
  readonly to: InstantInput;
  /** What the sealed report is broken down by; default: nothing, one row per money. */
  readonly groupBy?: readonly RevenueGroup[] | undefined;
  readonly actor: string;
  readonly reason: string;
}

export interface ClosedPeriod {
  /** Null: from the first entry on. */
  readonly from: Date | null;
  readonly to: Date;
  readonly closedAt: Date;
  readonly actor: string;
  readonly reason: string;
  /** Wallets with entries in it. */
  readonly wallets: number;
  /** SHA-256 over the last entry, by number and hash, that each of these has in it; in hex. */
  readonly heads: string;
  readonly report: RevenueReport;
}

export interface VerifyPeriodRequest {
  /** The end of a closed period. */
  readonly to: InstantInput;
}

export type PeriodVerification =
  | { readonly ok: true; readonly wallets: number; readonly entries: number }
  /** What does not fit any more, in a sentence. */
  | { readonly ok: false; readonly problem: string };
