import type { Change } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";

/**
 * Wallets with a change on its way whose answer was lost. Such a change may still land as long as the stored version is
 * the one that it expects, and only a newer version refuses it for good; having read that it is not there proves nothing.
 *
 * A doubt outlives the call that raised it: the caller who was told `store_unavailable` comes back with the same key.
 */
export class Doubts {
  /** By wallet, the highest version that a change in doubt expects. */
  private readonly expected = new Map<string, number>();

  raise({ key, expect }: Pick<Change, "key" | "expect">): void {
    this.expected.set(key.id, Math.max(expect, this.expected.get(key.id) ?? expect));
  }

  /** This version is stored: what expected an older one will never land. */
  see({ id }: WalletKey, version: number): void {
    const expect = this.expected.get(id);
    if (expect !== undefined && version > expect) this.expected.delete(id);
  }

  /** May something still land on this version of the wallet? */
  areAbout({ id }: WalletKey, version: number): boolean {
    const expect = this.expected.get(id);
    return expect !== undefined && version <= expect;
  }
}
