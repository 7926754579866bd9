import type { CreditStore } from "coffer/store";
import type { StoreLawsOptions, StoreTransaction, StoreUnderTest } from "coffer/testing";

/** A transaction that an app began on its own connection. */
export type AppTransaction = StoreTransaction;

/** One store with nothing in it, and what surrounds it. */
export interface Surroundings extends StoreUnderTest {
  /** Closes all that was opened, and removes what was written. */
  readonly dispose: () => Promise<void>;
  /** Opens the same rows once more, by connections that nothing was written through. */
  readonly reopen?: () => Promise<CreditStore>;
}

/** How the laws meet a store. */
export interface Harness extends Pick<StoreLawsOptions, "capabilities" | "alteredByDriver" | "histories"> {
  readonly open: () => Promise<Surroundings>;
  /** Whether rows outlive the process that wrote them: then the surroundings say how to open them again. */
  readonly isLasting?: boolean;
}
