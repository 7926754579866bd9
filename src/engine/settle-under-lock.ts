import {
  type Batch,
  type Settled,
  type Settler,
  type Tools,
  conclude,
  decideOn,
  keysOf,
  needsFor,
} from "./batch.js";
import type { BatchDecision } from "./decide-batch.js";

/** Waits for the wallet's lock and decides under it. What else must be known is asked for at the next try. */
export class UnderLock implements Settler {
  constructor(private readonly tools: Tools) {}

  async settle(batch: Batch): Promise<Settled> {
    const { state, patience } = batch;
    let decision: BatchDecision | undefined;
    const { asks } = state;
    await this.tools.access.transact(
      [state.read(keysOf(batch))],
      ([snapshot]) => {
        decision = undefined;
        if (snapshot === undefined) return [];
        // The store may call again, on snapshots that hold no more than those of the first time.
        state.take(snapshot, asks);
        const { base } = state;
        if (base === undefined || state.isMissing(needsFor(batch, this.tools))) return [];
        decision = decideOn(base, batch, this.tools);
        state.send(decision.prepared);
        return decision.prepared === null ? [] : [decision.prepared.change];
      },
      patience,
    );
    return decision === undefined ? "spoilt" : conclude(batch, decision, this.tools);
  }
}
