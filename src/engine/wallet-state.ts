import type { DecisionTerms } from "../core/decision-terms.js";
import type { Known, Needs } from "../core/known.js";
import type { WalletNames } from "../core/wallet.js";
import type { Read, Snapshot } from "../store/contract.js";
import type { ReceiptRow, WalletKey } from "../store/rows.js";
import type { CachedWallet, PreparedChange } from "./change.js";
import {
  type Asked,
  NOTHING_ASKED,
  NOTHING_KNOWN,
  askAlso,
  isSame,
  knownFrom,
  readOf,
} from "./known-rows.js";
import { genesisHash } from "./ledger-hash.js";
import { walletFromSnapshot } from "./wallet-rows.js";

/**
 * What is known of one wallet while a batch is decided: a base at one version, what was read beside it at that version,
 * and the receipts met so far. Receipts never change, so they outlive a change of version.
 */
export class WalletState {
  known: Known = NOTHING_KNOWN;
  readonly receipts: Map<string, ReceiptRow> = new Map();
  /** What the next read asks for, and what the one asked for that brought what is known. */
  private asked: Asked = NOTHING_ASKED;
  private answered: Asked = NOTHING_ASKED;
  private sent: readonly ReceiptRow[] = [];
  /** Operations by key: each try is another one, and any of those whose answers were lost may be the one that lands. */
  private readonly inDoubt: Map<string, Set<string>> = new Map();

  constructor(
    readonly key: WalletKey,
    readonly names: WalletNames,
    readonly terms: DecisionTerms,
    public base: CachedWallet | undefined,
  ) {}

  /**
   * The read that brings what is missing; null when nothing is.
   *
   * @param keys Looked up along with a wallet that has to be read anyway: who asks of one that nobody remembers may well
   *   be repeating himself, and would else be decided anew, and refused by the commit.
   */
  missing(
    needsOf: (base: CachedWallet, known: Known) => readonly Needs[],
    keys: readonly string[] = [],
  ): Read | null {
    if (this.base === undefined) return this.read(keys);
    this.asked = askAlso(this.asked, needsOf(this.base, this.known));
    if (isSame(this.asked, this.answered)) return null;
    return this.read([]);
  }

  isMissing(needsOf: (base: CachedWallet, known: Known) => readonly Needs[]): boolean {
    return this.missing(needsOf) !== null;
  }

  /** All of it anew, with the receipts of these keys: confirms a denial, and clears up an unknown outcome. */
  read(receipts: readonly string[]): Read {
    return {
      key: this.key,
      ...(this.base === undefined ? {} : { unless: this.base.wallet.version }),
      ...readOf(this.asked),
      ...(receipts.length === 0 ? {} : { receipts }),
    };
  }

  /** What a read asks for now, beside the wallet itself. */
  get asks(): Asked {
    return this.asked;
  }

  /**
   * @param asked What the read of this snapshot asked for: by now, more may be wanted, which is missing yet.
   * @returns whether the base still stands.
   */
  take(snapshot: Snapshot, asked: Asked = this.asked): boolean {
    this.answered = asked;
    for (const receipt of snapshot.asked.receipts) this.receipts.set(receipt.key, receipt);
    const stands = snapshot.unchanged && this.base !== undefined;
    if (!stands) this.base = cachedFrom(this.names, this.terms, snapshot);
    this.known = knownFrom(snapshot, this.base?.wallet.clock ?? 0);
    return stands;
  }

  /** A change on its way. */
  send(prepared: PreparedChange | null): void {
    this.sent = prepared?.change.receipts ?? [];
  }

  /** The answer to what was sent is lost: should its receipts turn up, they are ours. */
  doubt(): void {
    for (const { key, operationId } of this.sent)
      this.inDoubt.set(key, (this.inDoubt.get(key) ?? new Set()).add(operationId));
  }

  /** Is this key's receipt of a change of ours whose answer was lost? Says so once: a second caller replays it. */
  claim(key: string): boolean {
    const operationId = this.receipts.get(key)?.operationId;
    if (operationId === undefined || this.inDoubt.get(key)?.has(operationId) !== true) return false;
    return this.inDoubt.delete(key);
  }

  /** The fresh snapshot of a conflict: a new base, beside which nothing has been read yet. */
  replaceBase(fresh: Snapshot): void {
    this.take({ ...fresh, unchanged: false });
    this.forgetKnown();
  }

  /** What was read belongs to a version that has passed. */
  forgetKnown(): void {
    this.asked = NOTHING_ASKED;
    this.answered = NOTHING_ASKED;
    this.known = NOTHING_KNOWN;
  }
}

export function cachedFrom(names: WalletNames, terms: DecisionTerms, snapshot: Snapshot): CachedWallet {
  return {
    wallet: walletFromSnapshot(names, terms.currency, snapshot),
    ledgerHash: snapshot.head?.ledgerHash ?? genesisHash(names),
  };
}
