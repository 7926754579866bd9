import type { EngineDoor } from "../../engine/door.js";
import { parsePublicId, publicId, walletKeyOf } from "../../engine/ids.js";
import { grantFromRow } from "../../engine/wallet-rows.js";
import type { WalletKey } from "../../store/rows.js";

/** Where a grant's credits came from, and whether it was paid for by other means than an invoice. */
export interface Origin {
  /** Null: from no other grant. */
  readonly originGrantId: string | null;
  readonly isPaidElsewhere: boolean;
}

/** Credits may have gone through as many grants as this; what lies further back is not looked for. */
const MOST_ORIGINS = 1_000;

/**
 * Follows moved credits back to the grant that was bought: they keep its terms. Only wallets of one customer are followed.
 * What has been read is kept for the run.
 */
export class Origins {
  /** By public id; null: of another customer, or nowhere to be found. */
  private readonly known: Map<string, Origin | null> = new Map();
  private readonly part: number;

  constructor(
    private readonly door: EngineDoor,
    private readonly customerId: string,
  ) {
    this.part = walletKeyOf({ customerId, currency: "", scope: "" }).part;
  }

  /** Reads the origins of these grants, and theirs in turn: one read for each step back, however many they are. */
  async learn(grants: readonly Origin[]): Promise<void> {
    let asked = this.unknownOf(grants);
    for (let steps = 0; asked.length > 0 && steps < MOST_ORIGINS; steps++) {
      await this.read(asked);
      asked = this.unknownOf(asked.flatMap((id) => this.known.get(id) ?? []));
    }
  }

  /** Is what this grant cost for the customer's own invoices to bill? Its origins must have been learnt. */
  isBilledHere(grant: Origin): boolean {
    let at: Origin | null = grant;
    for (let steps = 0; at !== null && steps <= MOST_ORIGINS; steps++) {
      if (at.originGrantId === null) return !at.isPaidElsewhere;
      at = this.known.get(at.originGrantId) ?? null;
    }
    return false;
  }

  private unknownOf(grants: readonly Origin[]): readonly string[] {
    const ids = new Set(grants.flatMap(({ originGrantId }) => originGrantId ?? []));
    return [...ids].filter((id) => !this.known.has(id));
  }

  private async read(ids: readonly string[]): Promise<void> {
    const { books, now } = this.door;
    const reads = new Map<string, { readonly key: WalletKey; readonly grants: string[] }>();
    for (const id of ids) {
      this.known.set(id, null);
      const place = parsePublicId("gr", id);
      // Another part is another customer's.
      if (place?.key.part !== this.part) continue;
      const { key, local } = place;
      const read = reads.get(key.id) ?? { key, grants: [] };
      reads.set(key.id, read);
      read.grants.push(local);
    }
    if (reads.size === 0) return;
    for (const { key, head, grants, asked } of await books.load([...reads.values()])) {
      // A part holds wallets of several customers.
      if (head?.customerId !== this.customerId) continue;
      for (const row of [...grants, ...asked.grants]) {
        const id = publicId("gr", key, row.id);
        // All open grants of the wallet come along.
        if (!this.known.has(id)) continue;
        const { originGrantId, payment } = grantFromRow(row, now());
        this.known.set(id, { originGrantId, isPaidElsewhere: payment?.state === "paid" });
      }
    }
  }
}
