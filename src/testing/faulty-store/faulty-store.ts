import { show } from "../../catalog/parse-input.js";
import { MACHINE_PACE, type Pace } from "../../engine/pace.js";
import type {
  CallOptions,
  Change,
  CreditStore,
  Outcome,
  Read,
  Snapshot,
  StoreLimits,
} from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type {
  EventPage,
  ListQuery,
  Page,
  PruneQuery,
  RowOf,
  UsagePoint,
  UsageQuery,
} from "../../store/queries.js";
import type { WalletKey } from "../../store/rows.js";
import {
  type Fault,
  type FaultPlan,
  type StoreCall,
  type StoreMethod,
  checkFault,
  faultFor,
} from "./faults.js";

export interface FaultyStoreOptions {
  readonly plan: FaultPlan;
  /** How `slow` and `late` wait; default: the machine's timers and randomness. */
  readonly pace?: Pace | undefined;
  /** The longest that a `slow` call or a `late` landing takes; default 50. */
  readonly delayMs?: number | undefined;
}

/** A store that fails as planned, over one that works. */
export interface FaultyStore<Tx = never> extends CreditStore<Tx> {
  /** Every call so far, in order. */
  readonly calls: readonly StoreCall[];
  /** How often each fault came. */
  readonly faults: ReadonlyMap<Fault, number>;
  /** Waits until every `late` call has landed, or was refused. */
  landed(): Promise<void>;
}

/**
 * Wraps any store, so that its calls fail as a plan says: the ways in which a network, a database and its failover fail.
 * It never breaks a law of the contract, so whatever an engine over it answers must be true.
 *
 * @throws RangeError for options that are none; so does a call for which the plan names a fault that there is not.
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 * import { faultAt, faultyStore } from "coffer/testing";
 *
 * // The answer to the third call is lost, whether or not it was a write.
 * const store = faultyStore(memoryStore(), { plan: faultAt(3, "lost-answer") });
 * const credits = createCreditEngine({ catalog, store });
 * ```
 */
export function faultyStore<Tx = never>(
  store: CreditStore<Tx>,
  options: FaultyStoreOptions,
): FaultyStore<Tx> {
  const { plan, delayMs = 0 } = options;
  if (typeof plan !== "function")
    throw new RangeError("faultyStore: `plan` must be a function, as faultAt and faultsAtRandom make them.");
  if (!Number.isFinite(delayMs) || delayMs < 0)
    throw new RangeError(`faultyStore: \`delayMs\` must be milliseconds from 0; got ${show(delayMs)}.`);
  return new Faulty(store, options);
}

const DEFAULT_DELAY_MS = 50;

type Decide = (snapshots: readonly Snapshot[]) => readonly Change[];

class Faulty<Tx> implements FaultyStore<Tx> {
  readonly calls: StoreCall[] = [];
  readonly faults = new Map<Fault, number>();
  private readonly landing = new Set<Promise<unknown>>();
  private readonly pace: Pace;
  private readonly delayMs: number;

  constructor(
    private readonly store: CreditStore<Tx>,
    private readonly options: FaultyStoreOptions,
  ) {
    this.pace = options.pace ?? MACHINE_PACE;
    this.delayMs = options.delayMs ?? DEFAULT_DELAY_MS;
  }

  get limits(): StoreLimits {
    return this.store.limits;
  }

  load(reads: readonly Read[], options?: CallOptions<Tx>): Promise<readonly Snapshot[]> {
    return this.read("load", () => this.store.load(reads, options));
  }

  async commit(
    changes: readonly Change[],
    options?: Omit<CallOptions<Tx>, "tx">,
  ): Promise<readonly Outcome[]> {
    const run = () => this.store.commit(changes, options);
    const fault = this.meet("commit");
    switch (fault) {
      case "busy":
        return [
          { status: "busy" },
          ...(changes.length > 1 ? await this.store.commit(changes.slice(1), options) : []),
        ];
      case "torn":
        await this.store.commit(
          changes.filter((_, index) => index % 2 === 0),
          options,
        );
        throw lost("a part of the answer");
      case "late":
        this.later(run);
        throw lost("the answer of a call on its way");
      default:
        return this.happen(fault, run);
    }
  }

  async transact(reads: readonly Read[], decide: Decide, options?: CallOptions<Tx>): Promise<void> {
    const run = (deciding: Decide = decide) => this.store.transact(reads, deciding, options);
    const fault = this.meet("transact");
    switch (fault) {
      case "deadlock":
        return this.rollBack(run, decide);
      case "rerun":
        decide(await this.store.load(reads, options));
        return run();
      case "late": {
        // In a transaction of the app nothing can land once that has ended.
        const changes = decide(await this.store.load(reads, options));
        if (options?.tx === undefined) this.later(() => this.writeIfStill(changes));
        throw lost("the answer of a transaction on its way");
      }
      default:
        return this.happen(fault, run);
    }
  }

  list<Q extends ListQuery>(query: Q, options?: CallOptions<Tx>): Promise<Page<RowOf[Q["kind"]]>> {
    return this.read("list", () => this.store.list(query, options));
  }

  usage(query: UsageQuery, options?: CallOptions<Tx>): Promise<readonly UsagePoint[]> {
    return this.read("usage", () => this.store.usage(query, options));
  }

  due(query: Parameters<CreditStore["due"]>[0]): Promise<readonly WalletKey[]> {
    return this.read("due", () => this.store.due(query));
  }

  events(query: Parameters<CreditStore["events"]>[0]): Promise<EventPage> {
    return this.read("events", () => this.store.events(query));
  }

  prune(query: PruneQuery): Promise<number> {
    return this.read("prune", () => this.store.prune(query));
  }

  close(): Promise<void> {
    return this.store.close();
  }

  async landed(): Promise<void> {
    while (this.landing.size > 0) await Promise.allSettled(this.landing);
  }

  private meet(method: StoreMethod): Fault | undefined {
    const call = { method, number: this.calls.length + 1 };
    this.calls.push(call);
    const planned = this.options.plan(call);
    if (planned !== undefined) checkFault("The plan of faultyStore", planned);
    const fault = planned === undefined ? undefined : faultFor(method, planned);
    if (fault !== undefined) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    return fault;
  }

  private async read<Value>(method: StoreMethod, run: () => Promise<Value>): Promise<Value> {
    return this.happen(this.meet(method), run);
  }

  /** The faults that are alike for every method. */
  private async happen<Value>(fault: Fault | undefined, run: () => Promise<Value>): Promise<Value> {
    switch (fault) {
      case undefined:
        return run();
      case "permanent":
        throw new StoreError("permanent", "A planned fault: refused for good.");
      case "lost-call":
        throw lost("the call");
      case "lost-answer":
        await run();
        throw lost("the answer");
      case "slow":
        return this.slowly(run);
      default:
        throw new StoreError("transient", "A planned fault: failed in passing.");
    }
  }

  private async slowly<Value>(run: () => Promise<Value>): Promise<Value> {
    const before = this.pace.random();
    await this.delay(before);
    const value = await run();
    await this.delay(1 - before);
    return value;
  }

  private delay(share: number): Promise<void> {
    return this.pace.wait(share * this.delayMs);
  }

  private later(run: () => Promise<unknown>): void {
    // It has no caller any more: whatever comes of it, nobody is told.
    const landing = this.delay(this.pace.random())
      .then(run)
      .catch(() => undefined)
      .finally(() => this.landing.delete(landing));
    this.landing.add(landing);
  }

  /** As a store without locks ends a transact: if every version and key is still what was decided on. */
  private writeIfStill(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    const reads = changes.map(({ key, unused }) => ({ key, receipts: unused }));
    return this.store.transact(reads, (snapshots) => {
      const stand = snapshots.every(
        ({ version, asked }, index) => version === changes[index]?.expect && asked.receipts.length === 0,
      );
      return stand ? changes : [];
    });
  }

  private async rollBack(run: (deciding: Decide) => Promise<void>, decide: Decide): Promise<void> {
    const rolledBack = new StoreError("transient", "A planned fault: the database ended this transaction.");
    await run((snapshots) => {
      decide(snapshots);
      throw rolledBack;
    });
  }
}

function lost(what: string): StoreError {
  return new StoreError("ambiguous", `A planned fault: ${what} was lost.`);
}
