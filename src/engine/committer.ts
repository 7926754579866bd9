import type { Change, CreditStore, Outcome } from "../store/contract.js";

interface Waiting {
  readonly change: Change;
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

  commit(change: Change): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, resolve, reject });
      if (!this.inFlight) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.inFlight = true;
    while (this.waiting.length > 0) await this.send(this.nextBatch());
    this.inFlight = false;
  }

  private nextBatch(): Waiting[] {
    const { changesPerCommit, bytesPerCommit } = this.store.limits;
    let bytes = 0;
    let count = 0;
    for (const { change } of this.waiting) {
      bytes += estimateBytes(change);
      if (count > 0 && (count === changesPerCommit || bytes > bytesPerCommit)) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.store.commit(batch.map(({ change }) => change));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error("The store answered with fewer outcomes than changes."));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
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
