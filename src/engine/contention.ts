import type { WalletKey } from "../store/rows.js";

/** Locks in a row that found the wallet as it was left, before it is decided without one again. */
const CLEAN_LOCKS = 8;
/** Far more wallets than can be fought over at once; what is forgotten is met again. */
const MOST_CONTENDED = 10_000;

/**
 * Wallets that another process has been writing to. Deciding these without a lock spoils most tries, and whoever waits
 * longest between two tries loses; the queue for a lock is fair.
 */
export class Contention {
  /** By wallet, how many clean locks it takes yet. */
  private readonly locksLeft = new Map<string, number>();

  /** Another writer was first. */
  meet({ id }: WalletKey): void {
    if (this.locksLeft.size >= MOST_CONTENDED) this.locksLeft.clear();
    this.locksLeft.set(id, CLEAN_LOCKS);
  }

  isMet({ id }: WalletKey): boolean {
    return this.locksLeft.has(id);
  }

  /** A lock was held. @param isClean Nobody had written since this process last looked. */
  locked(key: WalletKey, isClean: boolean): void {
    const left = this.locksLeft.get(key.id);
    if (left === undefined) return;
    if (!isClean) this.locksLeft.set(key.id, CLEAN_LOCKS);
    else if (left > 1) this.locksLeft.set(key.id, left - 1);
    else this.locksLeft.delete(key.id);
  }
}
