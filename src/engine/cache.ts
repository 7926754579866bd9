import type { WalletKey } from "../store/rows.js";
import type { CachedWallet } from "./change.js";

/** Where wallets are kept from one call to the next. */
export interface WalletMemory {
  get(key: WalletKey): CachedWallet | undefined;
  put(key: WalletKey, cached: CachedWallet): void;
  drop(key: WalletKey): void;
}

/**
 * Wallets seen last, the least recent dropped first. What stands here may be stale: the version decides at commit, and
 * reads ask the store whether it still holds.
 */
export class WalletCache implements WalletMemory {
  private readonly wallets = new Map<string, CachedWallet>();

  constructor(private readonly capacity: number) {}

  get(key: WalletKey): CachedWallet | undefined {
    const cached = this.wallets.get(key.id);
    if (cached !== undefined) {
      this.wallets.delete(key.id);
      this.wallets.set(key.id, cached);
    }
    return cached;
  }

  /** Never puts an older version in a newer one's place. */
  put(key: WalletKey, cached: CachedWallet): void {
    const before = this.wallets.get(key.id);
    if (before !== undefined && before.wallet.version > cached.wallet.version) return;
    this.wallets.delete(key.id);
    this.wallets.set(key.id, cached);
    if (this.wallets.size <= this.capacity) return;
    const [oldest] = this.wallets.keys();
    if (oldest !== undefined) this.wallets.delete(oldest);
  }

  drop(key: WalletKey): void {
    this.wallets.delete(key.id);
  }
}
