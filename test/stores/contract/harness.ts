import type { StoreLawsOptions, StoreTransaction, StoreUnderTest } from "coffer/testing";

/** A transaction that an app began on its own connection. */
export type AppTransaction = StoreTransaction;

/** One store with nothing in it, and what surrounds it. */
export interface Surroundings extends StoreUnderTest {
  /** Closes all that was opened, and removes what was written. */
  readonly dispose: () => Promise<void>;
}

/** How the laws meet a store. */
export interface Harness extends Pick<StoreLawsOptions, "capabilities" | "alteredByDriver" | "histories"> {
  readonly open: () => Promise<Surroundings>;
}
