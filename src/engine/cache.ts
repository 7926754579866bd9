import type { ReceiptRow, WalletKey } from "../store/rows.js";
import type { CachedWallet } from "./change.js";
import { RecentReceipts } from "./recent-receipts.js";

/** Where wallets are kept from one call to the next. */
export interface WalletMemory {
  get(key: WalletKey): CachedWallet | undefined;
  /**
   * @param seenAtMs Monotonic time at which the store was asked, or told, and this is what it had; left out where nobody
   *   asked it.
   */
  put(key: WalletKey, cached: CachedWallet, seenAtMs?: number): void;
  /** The wallet, if the store was seen to have it not earlier than that. */
  getSince(key: WalletKey, sinceMs: number): CachedWallet | undefined;
  drop(key: WalletKey): void;
  /** The receipt of an idempotency key of the wallet, if it was kept and is there yet. */
  receipt(key: WalletKey, idempotencyKey: string): ReceiptRow | undefined;
  /** Receipts that the store is known to have, for good. */
  keepReceipts(key: WalletKey, receipts: readonly ReceiptRow[]): void;
}

export interface CacheBounds {
  readonly mostWallets: number;
  readonly mostBytes: number;
}

/** One byte of so many is for receipts: their own share, since wallets are worth more. */
const RECEIPTS_SHARE = 8;

interface Kept {
  readonly cached: CachedWallet;
  readonly seenAtMs: number;
  readonly bytes: number;
}

/**
 * Wallets seen last, the least recent dropped first. What stands here may be stale: the version decides at commit, and
 * reads ask the store whether it still holds.
 */
export class WalletCache implements WalletMemory {
  private readonly wallets = new Map<string, Kept>();
  private bytes = 0;
  private droppedAtMs = Number.NEGATIVE_INFINITY;
  private readonly bounds: CacheBounds;
  private readonly receipts: RecentReceipts;

  constructor(
    { mostWallets, mostBytes }: CacheBounds,
    private readonly nowMs: () => number,
  ) {
    const ofReceipts = Math.floor(mostBytes / RECEIPTS_SHARE);
    this.bounds = { mostWallets, mostBytes: mostBytes - ofReceipts };
    this.receipts = new RecentReceipts(ofReceipts);
  }

  receipt(key: WalletKey, idempotencyKey: string): ReceiptRow | undefined {
    return this.receipts.get(key, idempotencyKey);
  }

  /** They outlive their wallet here: what makes a wallet stale leaves them true. */
  keepReceipts(key: WalletKey, receipts: readonly ReceiptRow[]): void {
    this.receipts.keep(key, receipts);
  }

  get({ id }: WalletKey): CachedWallet | undefined {
    const kept = this.wallets.get(id);
    if (kept !== undefined) {
      this.wallets.delete(id);
      this.wallets.set(id, kept);
    }
    return kept?.cached;
  }

  getSince(key: WalletKey, sinceMs: number): CachedWallet | undefined {
    const kept = this.wallets.get(key.id);
    return kept !== undefined && kept.seenAtMs >= sinceMs ? this.get(key) : undefined;
  }

  /** Never puts an older version in a newer one's place. */
  put(key: WalletKey, cached: CachedWallet, seenAtMs: number = Number.NEGATIVE_INFINITY): void {
    const before = this.wallets.get(key.id);
    const { version } = cached.wallet;
    if (before !== undefined && before.cached.wallet.version > version) {
      // Late news; or the store has lost what it had, and a repeat must be able to make up for that.
      this.receipts.forget(key);
      return;
    }
    const isSame = before?.cached.wallet.version === version;
    this.remove(key);
    const bytes = bytesOf(cached);
    // What was asked before a wallet was dropped may be from before what it was dropped for.
    const asked = seenAtMs > this.droppedAtMs ? seenAtMs : Number.NEGATIVE_INFINITY;
    const seen = isSame ? Math.max(asked, before.seenAtMs) : asked;
    this.wallets.set(key.id, { cached, seenAtMs: seen, bytes });
    this.bytes += bytes;
    while (this.isOver()) this.dropOldest();
  }

  drop(key: WalletKey): void {
    this.droppedAtMs = this.nowMs();
    this.remove(key);
  }

  private remove({ id }: WalletKey): void {
    this.bytes -= this.wallets.get(id)?.bytes ?? 0;
    this.wallets.delete(id);
  }

  /** The one that was just put stays, however large it is: whoever uses it would read all of it again. */
  private isOver(): boolean {
    const { size } = this.wallets;
    return size > 1 && (size > this.bounds.mostWallets || this.bytes > this.bounds.mostBytes);
  }

  private dropOldest(): void {
    for (const [id, { bytes }] of this.wallets) {
      this.wallets.delete(id);
      this.bytes -= bytes;
      return;
    }
  }
}

/** Measured on wallets of 1 to 51 grants: one without, and each thing that is open, with its places in the indexes. */
const WALLET_BYTES = 4_000;
const OPEN_BYTES = 500;

function bytesOf({ wallet }: CachedWallet): number {
  const { openGrants, reservations, owingWithdrawals } = wallet;
  return WALLET_BYTES + OPEN_BYTES * (openGrants.size + reservations.size + owingWithdrawals.size);
}
