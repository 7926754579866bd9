import { CreditError } from "../core/errors.js";

/** How many mutations may wait for their answer at once; what comes beyond is refused before anything is touched. */
export interface QueueBounds {
  readonly mostWaiting: number;
  readonly mostWaitingPerWallet: number;
}

export const DEFAULT_BOUNDS: QueueBounds = { mostWaiting: 100_000, mostWaitingPerWallet: 10_000 };
/** Within a transaction of the app calls go one after another. */
export const NO_BOUNDS: QueueBounds = {
  mostWaiting: Number.POSITIVE_INFINITY,
  mostWaitingPerWallet: Number.POSITIVE_INFINITY,
};

/** All mutations of an engine that wait, whatever wallet they are for. */
export class Queue {
  private waiting = 0;

  constructor(private readonly bounds: QueueBounds) {}

  /**
   * @param inWallet How many wait for its wallet.
   * @throws CreditError `over_limit` where there is no room.
   */
  enter(inWallet: number): void {
    const { mostWaiting, mostWaitingPerWallet } = this.bounds;
    if (inWallet >= mostWaitingPerWallet)
      throw full(`${mostWaitingPerWallet} calls for this wallet`, "queue.mostWaitingPerWallet", {
        waiting: inWallet,
        limit: mostWaitingPerWallet,
      });
    if (this.waiting >= mostWaiting)
      throw full(`${mostWaiting} calls`, "queue.mostWaiting", { waiting: this.waiting, limit: mostWaiting });
    this.waiting++;
  }

  leave(): void {
    this.waiting--;
  }
}

function full(what: string, option: string, details: Readonly<Record<string, unknown>>): CreditError {
  return new CreditError(
    "over_limit",
    `${what} are waiting for their answers already. Nothing was done; call again later with the same idempotency key, or raise the engine's \`${option}\`.`,
    details,
  );
}
