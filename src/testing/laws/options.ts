import type { CreditStore } from "../../store/contract.js";
import type { LAWS } from "../../store/laws.js";

/** The number of a law: see `LAWS` of `coffer/store`. */
export type LawNumber = keyof typeof LAWS;

/** What a store claims, beside what its `limits` say. What it does not claim is not tested, and reported as not run. */
export interface StoreCapabilities {
  /** Several processes may use the same rows: `create` gives `another`. */
  readonly isShared: boolean;
  /** A transaction holds single wallets. Where it holds everything, a commit beside it waits or is refused. */
  readonly hasRowLocks: boolean;
  /** It works within transactions of an app: `create` gives `begin`. */
  readonly joinsTransactions: boolean;
}

/** A transaction that an app began on its own connection. Each ends once, by `commit` or by `rollback`. */
export interface StoreTransaction {
  /** What the store takes as `tx`. */
  readonly tx: unknown;
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

/** One store with nothing in it, and what surrounds it. */
export interface StoreUnderTest {
  readonly store: CreditStore;
  /** Another store on the same rows, with connections of its own: as another process sees them. */
  readonly another?: () => Promise<CreditStore>;
  /** Begins a transaction of the app. Some cases leave one open: `destroy` rolls it back. */
  readonly begin?: () => Promise<StoreTransaction>;
}

/** How the laws meet a store. */
export interface StoreLawsOptions<Subject extends StoreUnderTest = StoreUnderTest> {
  /** Makes a store with nothing in it. Called once for each case. */
  readonly create: () => Subject | Promise<Subject>;
  /** Ends what `create` began, and removes what was written. Default: closes the store. */
  readonly destroy?: (subject: Subject) => void | Promise<void>;
  /**
   * For stores that outlive their process: gives a store on the rows that another one left, as the next process opens
   * them. The store before it was closed. What it gives is closed before `destroy` is called. Not given: law 20 is
   * tested only as far as `another` reaches, and the rest reported as not run.
   */
  readonly reopen?: (subject: Subject) => CreditStore | Promise<CreditStore>;
  readonly capabilities: StoreCapabilities;
  /** Only these laws. Default: all. */
  readonly laws?: readonly LawNumber[];
  /** Only cases whose title contains this text: a failure names the one to run again. */
  readonly title?: string;
  /** Random histories to play; 0 plays none, and needs no fast-check. Default: 15. */
  readonly histories?: number;
  /** Seed of what is random. The same each time by default. */
  readonly seed?: number;
  /** Where the counterexample of a failure stands: with its `seed` it is played again at once. */
  readonly path?: string;
  /** Milliseconds for one case; random ones have twenty times as long. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds for which law 12 lets processes fight for a wallet. Default: 5,000. */
  readonly contentionMs?: number;
  /** Texts that the driver itself alters on their way back, by what they are called in the titles of law 8. */
  readonly alteredByDriver?: readonly string[];
}
