import { CreditError } from "../core/errors.js";
import { needsOf } from "../core/needs.js";
import type { Known } from "../core/known.js";
import type { WalletMemory } from "./cache.js";
import type { CachedWallet } from "./change.js";
import { type BatchDecision, decideBatch } from "./decide-batch.js";
import type { Patience } from "./pace.js";
import type { ReceiptRow } from "../store/rows.js";
import type { StoreAccess } from "./store-access.js";
import type { Answer, Mutation } from "./task.js";
import type { WalletState } from "./wallet-state.js";

/** A mutation in the queue of its wallet. */
export interface Waiting {
  readonly mutation: Mutation;
  readonly patience: Patience;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A mutation whose outcome stands. */
export interface Told {
  readonly to: Waiting;
  readonly outcome: Answer | CreditError;
}

/** Mutations that are decided together, and what is known of their wallet. */
export interface Batch {
  readonly state: WalletState;
  readonly pending: readonly Waiting[];
  readonly patience: Patience;
  /** Monotonic time at which it was begun: what it finds stored was not stored earlier than seen. */
  readonly begunAtMs: number;
  /** Takes each outcome; its caller is told soon. */
  readonly toTell: (told: Told) => void;
}

/** How many of a batch were settled, or that another writer came first. */
export type Settled = number | "spoilt";

/** One try at a batch. The engine has one way to do it, a transaction of the app another. */
export interface Settler {
  settle(batch: Batch): Promise<Settled>;
}

/** What a settler works with. */
export interface Tools<Access extends StoreAccess = StoreAccess> {
  readonly access: Access;
  readonly cache: WalletMemory;
  readonly now: () => number;
}

/** What the batch needs to know of the wallet besides its state. */
export function needsFor(
  { pending }: Batch,
  { now }: Tools,
): (base: CachedWallet, known: Known) => ReturnType<typeof needsOf>[] {
  return (base, known) => {
    const instant = now();
    return pending.map(({ mutation }) => needsOf(mutation.request, base.wallet, known, instant));
  };
}

export function decideOn(
  base: CachedWallet,
  { state, pending }: Batch,
  { access, now }: Tools,
): BatchDecision {
  return decideBatch({
    key: state.key,
    base,
    terms: state.terms,
    known: state.known,
    receipts: state.receipts,
    mutations: pending.map(({ mutation }) => mutation),
    isInDoubt: access.isInDoubt(state.key, base.wallet.version),
    limits: access.limits,
    now,
  });
}

export function keysOf({ pending }: Batch): readonly string[] {
  return pending.map(({ mutation }) => mutation.key);
}

/** What was decided is stored. */
export function conclude(batch: Batch, { outcomes, prepared }: BatchDecision, { cache }: Tools): number {
  const { state } = batch;
  if (prepared !== null) {
    cache.put(state.key, prepared.next, batch.begunAtMs);
    cache.keepReceipts(state.key, prepared.change.receipts);
    state.base = prepared.next;
    state.forgetKnown();
  }
  return answer(batch, outcomes, cache);
}

export function answer(
  { state, pending, toTell }: Batch,
  outcomes: BatchDecision["outcomes"],
  cache: WalletMemory,
): number {
  for (const [index, outcome] of outcomes.entries()) {
    const to = pending[index];
    if (to === undefined) continue;
    if (outcome instanceof CreditError) toTell({ to, outcome });
    else {
      const { result, replayed } = outcome;
      const met = replayed ? state.receipts.get(to.mutation.key) : undefined;
      if (met !== undefined) cache.keepReceipts(state.key, [ownCopy(met)]);
      const isReplay = replayed && !state.claim(to.mutation.key);
      toTell({ to, outcome: replayed === isReplay ? outcome : { result, replayed: isReplay } });
    }
  }
  return outcomes.length;
}

/** A driver's bytes may be a view of all that one answer brought, which would be kept with them. */
function ownCopy(receipt: ReceiptRow): ReceiptRow {
  return { ...receipt, requestHash: Uint8Array.from(receipt.requestHash) };
}
