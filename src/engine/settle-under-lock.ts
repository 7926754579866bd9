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
import type { WalletKey } from "../store/rows.js";
import type { BatchDecision } from "./decide-batch.js";

/** Waits for the wallet's lock and decides under it. What else must be known is asked for at the next try. */
export class UnderLock implements Settler {
  /** @param locked Is told of each lock whether it found the wallet as this process had left it. */
  constructor(
    private readonly tools: Tools,
    private readonly locked: (key: WalletKey, isClean: boolean) => void = () => undefined,
  ) {}

  async settle(batch: Batch): Promise<Settled> {
    const { state, patience } = batch;
    let decision: BatchDecision | undefined;
    let isClean = false;
    const { asks } = state;
    await this.tools.access.transact(
      [state.read(keysOf(batch))],
      ([snapshot]) => {
        decision = undefined;
        if (snapshot === undefined) return [];
        // The store may call again, on snapshots that hold no more than those of the first time.
        isClean = state.take(snapshot, asks);
        const { base } = state;
        if (base === undefined || state.isMissing(needsFor(batch, this.tools))) return [];
        decision = decideOn(base, batch, this.tools);
        state.send(decision.prepared);
        return decision.prepared === null ? [] : [decision.prepared.change];
      },
      patience,
    );
    this.locked(state.key, isClean);
    return decision === undefined ? "spoilt" : conclude(batch, decision, this.tools);
  }
}
