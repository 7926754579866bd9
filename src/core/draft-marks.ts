import type { DueCause } from "./entry.js";
import type { Wallet } from "./wallet.js";

/** Who does it, why, and which instants its entries bear. */
export interface OperationContext {
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: number;
  readonly cause: DueCause | null;
}

/** Where a draft stood, to go back to. */
export interface Mark {
  readonly wallet: Wallet;
  readonly entries: number;
  readonly usage: number;
  readonly events: number;
  readonly undo: number;
}
