import type { CreditErrorCode } from "../../core/errors.js";
import type { WalletKey } from "../../store/rows.js";
import type { ModelVerb } from "../model/index.js";
import type { Process } from "./process.js";
import type { SimulatedWallet } from "./catalog.js";

/** A request of a client, with all that became of it. Its key is its own. */
export interface Operation {
  readonly key: string;
  readonly verb: ModelVerb;
  readonly request: Readonly<Record<string, unknown>> & { readonly idempotencyKey: string };
  readonly wallet: SimulatedWallet;
  readonly place: WalletKey;
  readonly tries: Try[];
  /** The answer, without `replayed`, as one text. */
  answer: string | undefined;
  value: unknown;
  readonly denials: Denial[];
}

/** What a process told of one try: that it was done, surely was not, or that nothing is known. */
export type Told = "done" | "not done" | "unknown";

export interface Try {
  readonly process: Process;
  /** When it was sent and when it was answered, as the auditor counts moments. */
  readonly began: number;
  ended: number;
  told: Told;
  /** Refused for the wallet's state, not for want of the store. */
  wasDenied: boolean;
  /** Undefined where it was not told as done. */
  replayed: boolean | undefined;
}

/** A refusal with reasons in the wallet's state. */
export interface Denial {
  readonly code: CreditErrorCode;
  /** The wallet's versions when the call began and when it was answered. */
  readonly from: number;
  readonly to: number;
  /** What the process read of its clock meanwhile. */
  readonly readings: readonly number[];
}
