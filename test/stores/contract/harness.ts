import type { CreditStore } from "coffer/store";

/** What a store under test can do, beside what its `limits` say. */
export interface Capabilities {
  /** Several processes may use the same rows: the harness gives `another`. */
  readonly isShared: boolean;
  /** A transaction holds single wallets. Where it holds everything, a commit beside it waits or is refused. */
  readonly hasRowLocks: boolean;
  /** It works within transactions of an app: the harness gives `begin`. */
  readonly joinsTransactions: boolean;
}

/** A transaction that an app began on its own connection. */
export interface AppTransaction {
  readonly tx: unknown;
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

/** One store with nothing in it, and what surrounds it. */
export interface Surroundings {
  readonly store: CreditStore;
  /** Another store on the same rows, with connections of its own: as another process sees them. */
  readonly another?: () => Promise<CreditStore>;
  /** Begins a transaction of the app. Only where stores join these. */
  readonly begin?: () => Promise<AppTransaction>;
  /** Closes all that was opened, and removes what was written. */
  readonly dispose: () => Promise<void>;
}

/** How the laws meet a store. */
export interface Harness {
  readonly capabilities: Capabilities;
  readonly open: () => Promise<Surroundings>;
  /** Texts that the driver itself alters on their way back, by what they are called among the texts of law 8. */
  readonly alteredByDriver?: readonly string[];
  /** Random histories to play: few where each costs time. Default: 15. */
  readonly histories?: number;
}
