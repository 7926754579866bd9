import { CreditError } from "../core/errors.js";
import { type Batch, type Settled, type Settler, type Told, type Waiting, keysOf } from "./batch.js";
import type { WalletMemory } from "./cache.js";
import { partByTime } from "./pace.js";
import { type Tries, persevere } from "./persevere.js";
import { hasRate } from "../core/lines.js";
import type { Queue } from "./queue.js";
import type { RateKeeper } from "./rates/rate-keeper.js";
import { type StoreAccess, loadOne } from "./store-access.js";
import { isAmbiguous, isTooLarge } from "./store-failures.js";
import { type Answer, type Mutation, replay } from "./task.js";
import type { WalletState } from "./wallet-state.js";

export interface LaneServices {
  readonly access: StoreAccess;
  readonly cache: WalletMemory;
  readonly settler: Settler;
  readonly queue: Queue;
  readonly rates: RateKeeper;
}

interface LaneHooks {
  readonly newState: () => WalletState;
  readonly whenIdle: () => void;
}

/** Decided together at most: bounds how long one wallet's batch holds the event loop. */
const LARGEST_BATCH = 500;
/** From so many on, this process works about as long on a batch as the store needs for a commit of nothing. */
const WORTH_PARTING = 128;

/**
 * The queue of one wallet. Mutations are decided in order on the latest known state and committed as one version; those
 * that arrive meanwhile wait for the next.
 *
 * The next batch is on its way before the callers of the last one are answered: what they do then, new calls for this
 * wallet most of all, goes on beside the commit.
 */
export class Lane {
  private waiting: Waiting[] = [];
  private untold: Told[] = [];
  private isRunning = false;
  /** Those that are being decided, too. */
  private unanswered = 0;

  constructor(
    private readonly services: LaneServices,
    private readonly hooks: LaneHooks,
  ) {}

  /** @throws CreditError `over_limit` where too many wait. */
  submit(mutation: Mutation): Promise<Answer> {
    this.enter();
    const patience = this.services.access.patience();
    return new Promise((resolve, reject) => {
      this.waiting.push({ mutation, patience, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // A turn of the event loop lets callers of the same moment join the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const settling = this.settle(this.nextBatch());
      if (this.untold.length > 0) {
        const { untold } = this;
        this.untold = [];
        await this.services.access.turn();
        this.tell(untold);
      }
      await settling;
    }
    this.tellAll();
    this.isRunning = false;
    this.hooks.whenIdle();
  }

  /**
   * Where all callers wait at once, half of them: else they would all wait for one commit, then the store for all of
   * them. From there on the halves take turns.
   */
  private nextBatch(): Waiting[] {
    const { length } = this.waiting;
    const isAll = this.untold.length === 0 && length >= WORTH_PARTING;
    return this.waiting.splice(0, Math.min(isAll ? Math.ceil(length / 2) : length, LARGEST_BATCH));
  }

  private tellAll(): void {
    this.tell(this.untold);
    this.untold = [];
  }

  private tell(all: readonly Told[]): void {
    for (const { to, outcome } of all) {
      this.leave();
      if (outcome instanceof CreditError) to.reject(outcome);
      else to.resolve(outcome);
    }
  }

  private enter(): void {
    try {
      this.services.queue.enter(this.unanswered);
    } catch (error) {
      // A lane that nobody runs in would stay for ever.
      if (!this.isRunning) this.hooks.whenIdle();
      throw error;
    }
    this.unanswered++;
  }

  private leave(): void {
    this.unanswered--;
    this.services.queue.leave();
  }

  /** Answers all of a batch, each once; never throws. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    const state = this.hooks.newState();
    let pending = batch;
    try {
      pending = this.withoutRepeats(state, batch);
      for (;;) {
        // Of those in a queue the last one's time ends last.
        const patience = pending.at(-1)?.patience;
        if (patience === undefined) return;
        const settled = await persevere(patience, (tries) => {
          pending = this.inTime(pending, tries);
          const begunAtMs = this.services.access.monotonicMs();
          return this.attempt(
            { state, pending, patience, begunAtMs, toTell: (told) => this.untold.push(told) },
            tries,
          );
        });
        if (settled === "too large") break;
        // Due effects took the whole change, or a repeat was met: others' time is not spent on that.
        pending = settled === 0 ? this.withNewTime(pending) : pending.slice(settled);
        if (pending.length > 0) this.tellAll();
      }
    } catch (error) {
      // Those of the batch that were late, or settled, have left.
      this.reject(pending, error);
      return;
    }
    await this.settleInHalves(pending);
  }

  /** Answers repeats whose receipts are at hand: they need neither the store nor the wallet as it is now. */
  private withoutRepeats({ key }: WalletState, batch: readonly Waiting[]): readonly Waiting[] {
    const { cache } = this.services;
    const isFresh = (to: Waiting): boolean => {
      const receipt = cache.receipt(key, to.mutation.key);
      if (receipt !== undefined) this.untold.push({ to, outcome: replay(to.mutation, receipt) });
      return receipt === undefined;
    };
    return batch.filter(isFresh);
  }

  private async attempt(batch: Batch, { failure }: Tries): Promise<Settled | "too large"> {
    const { state, pending, patience } = batch;
    if (pending.length === 0) return 0;
    const { access, settler, rates } = this.services;
    try {
      // Whether a commit landed is decided by what is stored: its receipts, and the version that refuses a second.
      if (failure !== undefined) state.take(await loadOne(access, state.read(keysOf(batch)), patience));
      if (rates.isStale && pending.some(({ mutation }) => isRated(mutation)))
        await rates.look(access, patience);
      return await settler.settle(batch);
    } catch (error) {
      if (isAmbiguous(error)) state.doubt();
      if (isTooLarge(error) && pending.length > 1) return "too large";
      throw error;
    }
  }

  /** Each has its own time: the others of its batch may go on without it. */
  private inTime(pending: readonly Waiting[], { failure }: Tries): readonly Waiting[] {
    const { inTime, late } = partByTime(pending);
    this.reject(late, failure ?? notReached());
    return inTime;
  }

  /** For a portion of what was due that is written now. Those who come behind have waited for it, too. */
  private withNewTime(pending: readonly Waiting[]): readonly Waiting[] {
    const renewed = (one: Waiting): Waiting => ({ ...one, patience: this.services.access.patience() });
    this.waiting = this.waiting.map(renewed);
    return pending.map(renewed);
  }

  private reject(batch: readonly Waiting[], error: unknown): void {
    const failure = this.services.access.failure(error);
    for (const { reject } of batch) {
      this.leave();
      reject(failure);
    }
  }

  /** What is too large for one commit together may fit apart. */
  private async settleInHalves(pending: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(pending.length / 2);
    await this.settle(pending.slice(0, middle));
    this.tellAll();
    await this.settle(pending.slice(middle));
  }
}

/** Credits taken by amount have no rate; of a reservation, only what was not reserved is rated at its capture. */
function isRated({ request }: Mutation): boolean {
  if (request.kind === "capture") return "items" in request.of;
  return (request.kind === "withdraw" || request.kind === "reserve") && request.lines.some(hasRate);
}

function notReached(): CreditError {
  return new CreditError(
    "store_unavailable",
    "Others that wanted this wallet took all of its time. Nothing was written; try again with the same idempotency key.",
  );
}
