import type { Outcome } from "../store/contract.js";
import {
  type Batch,
  type Settled,
  type Settler,
  type Tools,
  answer,
  conclude,
  decideOn,
  keysOf,
  needsFor,
} from "./batch.js";
import { Contention } from "./contention.js";
import type { BatchDecision } from "./decide-batch.js";
import { UnderLock } from "./settle-under-lock.js";
import { type CommittingAccess, loadOne } from "./store-access.js";

/**
 * Decides on the latest known state and commits on its version, without a lock, beside the changes of other wallets; a
 * wallet that others write to as well is decided under its lock for a while. A denial counts only once the store has
 * confirmed the state that it was decided on.
 */
export class Optimistically implements Settler {
  private readonly contention = new Contention();
  private readonly underLock: UnderLock;

  constructor(private readonly tools: Tools<CommittingAccess>) {
    this.underLock = new UnderLock(tools, (key, isClean) => this.contention.locked(key, isClean));
  }

  async settle(batch: Batch): Promise<Settled> {
    if (this.contention.isMet(batch.state.key)) return this.underLock.settle(batch);
    const { state, patience } = batch;
    // Nothing is waited for where nothing is missing: what is decided leaves in the same turn.
    const needs = needsFor(batch, this.tools);
    const keys = keysOf(batch);
    for (let read = state.missing(needs, keys); read !== null; read = state.missing(needs))
      state.take(await loadOne(this.tools.access, read, patience));
    if (state.base !== undefined) this.tools.cache.put(state.key, state.base);
    const { base } = state;
    if (base === undefined) return "spoilt";
    const decision = decideOn(base, batch, this.tools);
    if (decision.prepared === null) return this.confirm(batch, decision);
    state.send(decision.prepared);
    const outcome = await this.tools.access.commit(decision.prepared.change, patience);
    return this.take(batch, decision, outcome);
  }

  /** Nothing to write: replays stand as they are, denials once the store says that nothing has changed. */
  private async confirm(batch: Batch, { outcomes, unused }: BatchDecision): Promise<Settled> {
    const { state, patience } = batch;
    if (unused.length > 0) {
      const before = state.receipts.size;
      const stands = state.take(await loadOne(this.tools.access, state.read(keysOf(batch)), patience));
      if (!stands) this.contention.meet(state.key);
      if (!stands || state.receipts.size > before) return "spoilt";
    }
    return answer(batch, outcomes, this.tools.cache);
  }

  private async take(batch: Batch, decision: BatchDecision, outcome: Outcome): Promise<Settled> {
    const { state } = batch;
    switch (outcome.status) {
      case "committed":
        return conclude(batch, decision, this.tools);
      case "duplicate": {
        const before = state.receipts.size;
        for (const receipt of outcome.receipts) state.receipts.set(receipt.key, receipt);
        if (state.receipts.size > before) return 0;
        this.contention.meet(state.key);
        return "spoilt";
      }
      case "conflict":
        state.replaceBase(outcome.fresh);
        if (state.base !== undefined) this.tools.cache.put(state.key, state.base);
        this.contention.meet(state.key);
        return "spoilt";
      case "busy":
        this.contention.meet(state.key);
        return this.underLock.settle(batch);
    }
  }
}
