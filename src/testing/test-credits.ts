import type { Catalog } from "../catalog/define.js";
import type { WalletRef } from "../engine/api-requests.js";
import type { CreditEngine } from "../engine/api.js";
import { type CreditEngineOptions, createCreditEngine } from "../engine/engine.js";
import type { Pace } from "../engine/pace.js";
import type { CreditStore } from "../store/contract.js";
import { memoryStore } from "../stores/memory.js";
import { type ManualClock, manualClock } from "./manual-clock.js";
import { sequentialIds } from "./sequential-ids.js";
import { type Statement, statementOf } from "./statement.js";

export interface TestCreditsOptions<C extends Catalog, Tx = never> extends Pick<
  CreditEngineOptions<C, Tx>,
  "catalog" | "timeoutMs" | "pace"
> {
  /** Where the clock starts; default: the beginning of 2026, UTC. */
  readonly now?: Date | number | string | undefined;
  /** Default: a new one in memory. One that fails as planned, or that joins transactions of your app, may stand here. */
  readonly store?: CreditStore<Tx> | undefined;
}

/** An engine, and all that a test moves it by and looks at it with. */
export interface TestCredits<C extends Catalog, Tx = never> {
  readonly credits: CreditEngine<C, Tx>;
  /** Stands still until it is told to move. */
  readonly clock: ManualClock;
  readonly store: CreditStore<Tx>;
  /** What the engine makes its ids by. Give it, the clock and the store to another engine to test two processes. */
  readonly ids: () => string;
  /** What the customer sees now: balance, grants and ledger. */
  readonly statement: (wallet: WalletRef<C>) => Promise<Statement>;
}

const START = "2026-01-01T00:00:00Z";

/**
 * A real engine for the tests of an app, bound to no test runner. Nothing in it comes by chance or from the machine's
 * clock: two runs give the same books, ids and hashes included. Between tries it does not wait but says that time has
 * passed, so a store that is down is told at once; where a real database is to be waited for, give a `pace`.
 *
 * @throws CreditError `invalid_input` for what is no catalog or no store
 * @throws RangeError for a `now` that is no instant
 * @example
 * ```ts
 * import { testCredits } from "coffer/testing";
 *
 * const { credits, clock, statement } = testCredits({ catalog, now: "2026-01-01T00:00:00Z" });
 * const acme = { customerId: "acme", currency: "tokens" } as const;
 * await credits.grant({
 *   ...acme,
 *   amount: 100,
 *   category: "promotional",
 *   expiresAt: "2026-01-15T00:00:00Z",
 *   idempotencyKey: "trial",
 * });
 * clock.advance({ days: 31 });
 * console.log((await statement(acme)).balance.available.toString()); // 0
 * ```
 */
export function testCredits<C extends Catalog, Tx = never>({
  catalog,
  now = START,
  store = memoryStore(),
  pace = unhurriedPace(),
  ...others
}: TestCreditsOptions<C, Tx>): TestCredits<C, Tx> {
  const [clock, ids] = [manualClock(now), sequentialIds()];
  // Unknown options are for the engine to refuse.
  const credits = createCreditEngine({ ...others, catalog, store, clock, ids, pace });
  return { credits, clock, store, ids, statement: (wallet) => statementOf(credits, wallet) };
}

/** Time that passes by waiting alone. It sets no timers: a runner that has replaced them changes nothing. */
function unhurriedPace(): Pace {
  let elapsedMs = 0;
  return {
    monotonicMs: () => elapsedMs,
    wait: async (ms) => {
      elapsedMs += ms;
    },
    random: () => 0.5,
  };
}
