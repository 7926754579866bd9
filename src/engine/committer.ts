import type { Change, CreditStore, Outcome } from "../store/contract.js";
import { StoreError } from "../store/errors.js";
import { type Patience, partByTime } from "./pace.js";
import { isRefused } from "./store-failures.js";

interface Waiting {
  readonly change: Change;
  readonly patience: Patience;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: the changes that queue up while one commit is in flight travel together in the next one. No timers: a
 * lone change leaves at once.
 */
export class Committer {
  private waiting: Waiting[] = [];
  private inFlight = false;

  constructor(private readonly store: CreditStore<unknown>) {}

  commit(change: Change, patience: Patience): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, patience, resolve, reject });
      if (!this.inFlight) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.inFlight = true;
    while (this.waiting.length > 0) await this.send(this.nextBatch());
    this.inFlight = false;
  }

  /** As many as the store takes at once, and of one wallet one: its next change waits for the next commit. */
  private nextBatch(): readonly Waiting[] {
    const { changesPerCommit, bytesPerCommit } = this.store.limits;
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const wallets = new Set<string>();
    let bytes = 0;
    for (const waiting of this.waiting) {
      const { key } = waiting.change;
      const size = wallets.has(key.id) ? 0 : estimateBytes(waiting.change);
      const fits = batch.length < changesPerCommit && bytes + size <= bytesPerCommit;
      if (wallets.has(key.id) || (batch.length > 0 && !fits)) left.push(waiting);
      else {
        batch.push(waiting);
        bytes += size;
      }
      // A change that must wait holds back those of its wallet that come after it.
      wallets.add(key.id);
    }
    this.waiting = left;
    return batch;
  }

  /** One that is almost late must not cut the time of those beside it: the call gets what the most patient has left. */
  private async send(queued: readonly Waiting[]): Promise<void> {
    const { inTime: batch, late } = partByTime(queued);
    for (const { reject } of late) reject(notSentInTime());
    if (batch.length === 0) return;
    const timeoutMs = Math.max(...batch.map(({ patience }) => patience.leftMs()));
    try {
      const changes = batch.map(({ change }) => change);
      const outcomes = await this.store.commit(changes, { timeoutMs });
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(noOutcome());
        else resolve(outcome);
      }
    } catch (error) {
      if (batch.length > 1 && isRefused(error)) await this.sendEachAlone(batch);
      else for (const { reject } of batch) reject(error);
    }
  }

  /** A commit that was refused whole wrote nothing: those that are in order need not suffer for the one that is not. */
  private async sendEachAlone(batch: readonly Waiting[]): Promise<void> {
    for (const waiting of batch) await this.send([waiting]);
  }
}

function notSentInTime(): StoreError {
  return new StoreError("transient", "The commits before this one took all of its time.");
}

/** It may have been applied all the same: what is stored says. */
function noOutcome(): StoreError {
  return new StoreError("ambiguous", "The store answered with fewer outcomes than changes.");
}

const ROW_BYTES = 200;

/** Generous: texts may take up to three bytes a character, rows their fixed columns. */
function estimateBytes({ head, opened, moved, records, entries, receipts, events, usage }: Change): number {
  const rows =
    1 +
    opened.length +
    moved.length +
    records.length +
    entries.length +
    receipts.length +
    events.length +
    usage.length;
  let characters = head.settings.length;
  for (const { detail } of [...opened, ...moved]) characters += detail.length;
  for (const { data } of records) characters += data.length;
  for (const { detail } of entries) characters += detail?.length ?? 0;
  for (const { request, result } of receipts) characters += request.length + result.length;
  for (const { payload } of events) characters += payload.length;
  return rows * ROW_BYTES + characters * 3;
}
