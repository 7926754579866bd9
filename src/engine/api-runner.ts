import type { InstantInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";

export interface RunDueRequest {
  /** Wallets with something due by then; not in the future. Default: now. */
  readonly until?: InstantInput | undefined;
}

export interface StartRunnerOptions {
  /** The pause between two runs. */
  readonly every: Duration;
  /** Is told of a run that failed; it is tried again after the pause. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Runner {
  /** Settles once the commits under way have ended. What is not done yet is left for the next run. */
  stop(): Promise<void>;
}
