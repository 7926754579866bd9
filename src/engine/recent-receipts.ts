import type { ReceiptRow, WalletKey } from "../store/rows.js";

interface Kept {
  readonly rows: Map<string, ReceiptRow>;
  bytes: number;
}

/** A caller who repeats does so within moments: older ones are found in the store. */
const MOST_PER_WALLET = 256;

/**
 * Receipts that were seen committed, so that a repeat costs no trip to the store. A receipt never changes, so one that
 * stands here is never stale, whatever later version the wallet has by now. Bounded by number per wallet and by bytes in all:
 * the oldest of a wallet go first, and all of the wallet that was written to least recently.
 */
export class RecentReceipts {
  private readonly wallets = new Map<string, Kept>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  get({ id }: WalletKey, key: string): ReceiptRow | undefined {
    return this.wallets.get(id)?.rows.get(key);
  }

  forget({ id }: WalletKey): void {
    this.bytes -= this.wallets.get(id)?.bytes ?? 0;
    this.wallets.delete(id);
  }

  keep({ id }: WalletKey, receipts: readonly ReceiptRow[]): void {
    if (receipts.length === 0) return;
    const kept = this.wallets.get(id) ?? { rows: new Map<string, ReceiptRow>(), bytes: 0 };
    this.wallets.delete(id);
    this.wallets.set(id, kept);
    // Of a larger batch the first would be dropped again at once.
    for (const receipt of receipts.slice(-MOST_PER_WALLET)) {
      if (kept.rows.has(receipt.key)) continue;
      kept.rows.set(receipt.key, receipt);
      this.count(kept, bytesOf(receipt));
    }
    while (kept.rows.size > MOST_PER_WALLET) this.dropOldest(kept);
    for (const [oldest, { bytes }] of this.wallets) {
      if (this.bytes <= this.mostBytes || oldest === id) break;
      this.wallets.delete(oldest);
      this.bytes -= bytes;
    }
    while (this.bytes > this.mostBytes && kept.rows.size > 0) this.dropOldest(kept);
    if (kept.rows.size === 0) this.wallets.delete(id);
  }

  private dropOldest(kept: Kept): void {
    for (const [key, receipt] of kept.rows) {
      kept.rows.delete(key);
      this.count(kept, -bytesOf(receipt));
      return;
    }
  }

  private count(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.bytes += bytes;
  }
}

/** About what it takes: the row with its place in the map and its hash, and two bytes a character. */
const ROW_BYTES = 500;

function bytesOf({ key, request, result, actor, reason }: ReceiptRow): number {
  const texts = key.length + request.length + result.length + (actor?.length ?? 0) + (reason?.length ?? 0);
  return ROW_BYTES + 2 * texts;
}
