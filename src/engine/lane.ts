import { CreditError } from "../core/errors.js";
import type { Known } from "../core/known.js";
import { needsOf } from "../core/needs.js";
import type { CreditStore, Outcome } from "../store/contract.js";
import type { WalletCache } from "./cache.js";
import type { CachedWallet } from "./change.js";
import type { Committer } from "./committer.js";
import { type BatchDecision, decideBatch } from "./decide-batch.js";
import { asCreditError, isAmbiguous, isTransient } from "./store-failures.js";
import type { Answer, Mutation } from "./task.js";
import type { WalletState } from "./wallet-state.js";

export interface LaneServices {
  readonly store: CreditStore<unknown>;
  readonly committer: Committer;
  readonly cache: WalletCache;
  readonly now: () => number;
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
    private readonly newState: () => WalletState,
    /** Called whenever nothing is left to do. */
    private readonly onIdle: () => void,
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
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      try {
        await this.process(batch);
      } catch (error) {
        const failure = asCreditError(error);
        for (const { reject } of batch) reject(failure);
      }
    }
    this.isRunning = false;
    this.onIdle();
  }

  private async process(batch: readonly Waiting[]): Promise<void> {
    const state = this.newState();
    let pending = batch;
    let spoilt = 0;
    let failed = 0;
    while (pending.length > 0) {
      try {
        const settled = await this.attempt(state, pending);
        if (settled === "spoilt") spoilt++;
        else pending = pending.slice(settled);
      } catch (error) {
        failed++;
        if (failed >= MOST_FAILED_TRIES || !(isTransient(error) || isAmbiguous(error))) throw error;
        // Whether the commit landed is decided by what is stored: its receipts, and the version that refuses a second.
        state.take(await this.load(state, pending));
      }
      if (spoilt >= MOST_SPOILT_TRIES) throw spoiltTooOften();
    }
  }

  private async attempt(state: WalletState, pending: readonly Waiting[]): Promise<Settled> {
    await this.fillIn(state, pending);
    const base = state.base;
    if (base === undefined) return "spoilt";
    const decision = this.decide(state, base, pending);
    if (decision.prepared === null) return this.confirm(state, pending, decision);
    state.remember(decision.prepared);
    const outcome = await this.services.committer.commit(decision.prepared.change);
    return this.conclude(state, pending, decision, outcome);
  }

  private async fillIn(state: WalletState, pending: readonly Waiting[]): Promise<void> {
    for (;;) {
      const read = state.missing((base, known) => this.needs(base, known, pending));
      if (read === null) return;
      const [snapshot] = await this.services.store.load([read]);
      if (snapshot !== undefined) state.take(snapshot);
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

  private async load(
    state: WalletState,
    pending: readonly Waiting[],
  ): Promise<Parameters<WalletState["take"]>[0]> {
    const keys = pending.map(({ mutation }) => mutation.key);
    const [snapshot] = await this.services.store.load([state.read(keys)]);
    if (snapshot === undefined) throw new Error("The store answered a read with no snapshot.");
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
      case "duplicate":
        for (const receipt of outcome.receipts) state.receipts.set(receipt.key, receipt);
        return 0;
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
      state.remember(decision.prepared);
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
    else waiting.resolve({ ...outcome, replayed: outcome.replayed && !state.isOwn(waiting.mutation.key) });
  }
  return outcomes.length;
}

function spoiltTooOften(): CreditError {
  return new CreditError(
    "store_conflict",
    "Other writers changed this wallet at every try. Nothing was written; try again with the same idempotency key.",
  );
}
