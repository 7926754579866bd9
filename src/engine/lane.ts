import { CreditError } from "../core/errors.js";
import type { Known } from "../core/known.js";
import { needsOf } from "../core/needs.js";
import type { CreditStore, Outcome, Read, Snapshot } from "../store/contract.js";
import type { WalletCache } from "./cache.js";
import type { CachedWallet } from "./change.js";
import type { Committer } from "./committer.js";
import { type BatchDecision, decideBatch } from "./decide-batch.js";
import { asCreditError, isAmbiguous, isTooLarge, isTransient, noSnapshot } from "./store-failures.js";
import type { Answer, Mutation } from "./task.js";
import type { WalletState } from "./wallet-state.js";

export interface LaneServices {
  readonly store: CreditStore<unknown>;
  readonly committer: Committer;
  readonly cache: WalletCache;
  readonly now: () => number;
}

interface LaneHooks {
  readonly newState: () => WalletState;
  readonly whenIdle: () => void;
}

interface Waiting {
  readonly mutation: Mutation;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** How many of the pending mutations were answered, or that another writer came first. */
type Settled = number | "spoilt";

/** Decided together at most: bounds how long one wallet's batch holds the event loop. */
const LARGEST_BATCH = 500;
/** Tries that were all spoilt by other writers, or by a store that could not be reached. */
const MOST_SPOILT_TRIES = 20;
const MOST_FAILED_TRIES = 5;
/** A wallet that others write as often is decided under its lock, whose queue is fair. */
const TRIES_BEFORE_LOCK = 3;

/**
 * The queue of one wallet. Mutations are decided in order on the latest known state and committed as one version; those
 * that arrive meanwhile wait for the next. A denial counts only once the store has confirmed the state that it was
 * decided on.
 */
export class Lane {
  private waiting: Waiting[] = [];
  private isRunning = false;

  constructor(
    private readonly services: LaneServices,
    private readonly hooks: LaneHooks,
  ) {}

  submit(mutation: Mutation): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ mutation, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // A turn of the event loop lets callers of the same moment join the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, LARGEST_BATCH));
    this.isRunning = false;
    this.hooks.whenIdle();
  }

  /** Answers all of a batch, never throws. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.process(batch);
    } catch (error) {
      const failure = asCreditError(error);
      for (const { reject } of batch) reject(failure);
    }
  }

  private async process(batch: readonly Waiting[]): Promise<void> {
    const state = this.hooks.newState();
    let pending = batch;
    let spoilt = 0;
    let failed = 0;
    /** An error after which nobody knows whether its commit landed, until another try says so. */
    let doubt: unknown;
    let isStale = false;
    while (pending.length > 0) {
      try {
        // Whether a commit landed is decided by what is stored: its receipts, and the version that refuses a second.
        if (isStale) state.take(await this.load(state, pending));
        isStale = false;
        const settled = await this.attempt(state, pending, spoilt >= TRIES_BEFORE_LOCK);
        doubt = undefined;
        if (settled === "spoilt") spoilt++;
        else pending = pending.slice(settled);
      } catch (error) {
        if (isTooLarge(error) && pending.length > 1) return this.settleInHalves(pending);
        failed++;
        if (isAmbiguous(error)) {
          state.doubt();
          doubt = error;
        }
        if (failed >= MOST_FAILED_TRIES || !(isTransient(error) || isAmbiguous(error))) throw doubt ?? error;
        isStale = true;
      }
      if (spoilt >= MOST_SPOILT_TRIES) throw spoiltTooOften();
    }
  }

  /** What is too large for one commit together may fit apart. */
  private async settleInHalves(pending: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(pending.length / 2);
    await this.settle(pending.slice(0, middle));
    await this.settle(pending.slice(middle));
  }

  private async attempt(
    state: WalletState,
    pending: readonly Waiting[],
    underLock: boolean,
  ): Promise<Settled> {
    await this.fillIn(state, pending);
    const base = state.base;
    if (base === undefined) return "spoilt";
    if (underLock) return this.decideUnderLock(state, pending);
    const decision = this.decide(state, base, pending);
    if (decision.prepared === null) return this.confirm(state, pending, decision);
    state.send(decision.prepared);
    const outcome = await this.services.committer.commit(decision.prepared.change);
    return this.conclude(state, pending, decision, outcome);
  }

  private async fillIn(state: WalletState, pending: readonly Waiting[]): Promise<void> {
    for (;;) {
      const read = state.missing((base, known) => this.needs(base, known, pending));
      if (read === null) {
        if (state.base !== undefined) this.services.cache.put(state.key, state.base);
        return;
      }
      state.take(await this.snapshotOf(read));
    }
  }

  private needs(base: CachedWallet, known: Known, pending: readonly Waiting[]): ReturnType<typeof needsOf>[] {
    const now = this.services.now();
    return pending.map(({ mutation }) => needsOf(mutation.request, base.wallet, known, now));
  }

  private decide(state: WalletState, base: CachedWallet, pending: readonly Waiting[]): BatchDecision {
    return decideBatch({
      key: state.key,
      base,
      terms: state.terms,
      known: state.known,
      receipts: state.receipts,
      mutations: pending.map(({ mutation }) => mutation),
      limits: this.services.store.limits,
      now: this.services.now,
    });
  }

  /** Nothing to write: replays stand as they are, denials once the store says that nothing has changed. */
  private async confirm(
    state: WalletState,
    pending: readonly Waiting[],
    { outcomes, unused }: BatchDecision,
  ): Promise<Settled> {
    if (unused.length > 0) {
      const before = state.receipts.size;
      const stands = state.take(await this.load(state, pending));
      if (!stands || state.receipts.size > before) return "spoilt";
    }
    return answer(state, pending, outcomes);
  }

  private load(state: WalletState, pending: readonly Waiting[]): Promise<Snapshot> {
    return this.snapshotOf(state.read(pending.map(({ mutation }) => mutation.key)));
  }

  private async snapshotOf(read: Read): Promise<Snapshot> {
    const [snapshot] = await this.services.store.load([read]);
    if (snapshot === undefined) throw noSnapshot();
    return snapshot;
  }

  private async conclude(
    state: WalletState,
    pending: readonly Waiting[],
    decision: BatchDecision,
    outcome: Outcome,
  ): Promise<Settled> {
    switch (outcome.status) {
      case "committed":
        return this.committed(state, pending, decision);
      case "duplicate": {
        const before = state.receipts.size;
        for (const receipt of outcome.receipts) state.receipts.set(receipt.key, receipt);
        return state.receipts.size > before ? 0 : "spoilt";
      }
      case "conflict":
        state.replaceBase(outcome.fresh);
        return "spoilt";
      case "busy":
        return this.decideUnderLock(state, pending);
    }
  }

  private committed(
    state: WalletState,
    pending: readonly Waiting[],
    { outcomes, prepared }: BatchDecision,
  ): number {
    if (prepared !== null) {
      this.services.cache.put(state.key, prepared.next);
      state.base = prepared.next;
      state.forgetKnown();
    }
    return answer(state, pending, outcomes);
  }

  /** Somebody holds the wallet's row: wait for the lock, and decide under it. */
  private async decideUnderLock(state: WalletState, pending: readonly Waiting[]): Promise<Settled> {
    let decision: BatchDecision | undefined;
    const keys = pending.map(({ mutation }) => mutation.key);
    const read = state.read(keys);
    await this.services.store.transact([read], ([snapshot]) => {
      decision = undefined;
      if (snapshot === undefined) return [];
      const stands = state.take(snapshot);
      const base = state.base;
      if (
        base === undefined ||
        (!stands && state.isMissing((next, known) => this.needs(next, known, pending)))
      )
        return [];
      decision = this.decide(state, base, pending);
      state.send(decision.prepared);
      return decision.prepared === null ? [] : [decision.prepared.change];
    });
    return decision === undefined ? "spoilt" : this.committed(state, pending, decision);
  }
}

function answer(
  state: WalletState,
  pending: readonly Waiting[],
  outcomes: readonly (Answer | CreditError)[],
): number {
  for (const [index, outcome] of outcomes.entries()) {
    const waiting = pending[index];
    if (waiting === undefined) continue;
    if (outcome instanceof CreditError) waiting.reject(outcome);
    else waiting.resolve({ ...outcome, replayed: outcome.replayed && !state.claim(waiting.mutation.key) });
  }
  return outcomes.length;
}

function spoiltTooOften(): CreditError {
  return new CreditError(
    "store_conflict",
    "Other writers changed this wallet at every try. Nothing was written; try again with the same idempotency key.",
  );
}
