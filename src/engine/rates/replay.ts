import { priceOf, settleRate, type Dimensions } from "../../catalog/pricing.js";
import type { SettledRate } from "../../catalog/rate.js";
import type { Entry } from "../../core/entry.js";
import { CreditError } from "../../core/errors.js";
import { type RatedLine, occasionAt, rateLine, rateOf } from "../../core/lines.js";
import type { RateBook } from "../../core/rate-book.js";
import { type TierCount, withCounted } from "../../core/tier-period.js";
import type { WalletNames } from "../../core/wallet.js";
import { featureOf } from "../../catalog/catalog.js";
import type { EntryRow, WalletKey } from "../../store/rows.js";
import { entryFromRow } from "../entry-rows.js";
import type { WalletHandle } from "../wallet-handles.js";
import type { WalletOfThen } from "./wallet-of-then.js";

export interface ReplayedSums {
  quantity: bigint;
  charged: bigint;
  proposed: bigint;
  refused: bigint;
}

interface Of {
  readonly key: WalletKey;
  /** Null: nothing of it counts. */
  readonly wallet: WalletOfThen | null;
  readonly features: ReadonlySet<string>;
  /** With the proposed rates in it, and as it is. */
  readonly book: RateBook;
  readonly before: RateBook;
  readonly handles: (names: WalletNames) => WalletHandle;
}

/** A line of a reservation that is captured in parts: it is priced on its running sum. */
interface Running {
  readonly rate: SettledRate;
  quantity: bigint;
  price: bigint;
}

/** Reservations live for days; what was captured of so many others since is not continued. */
const MOST_RUNNING = 50_000;

/** The use of one wallet, entry by entry in order of time, under other rates. */
export class Replay {
  readonly sums: Map<string, ReplayedSums> = new Map();
  private readonly running: Map<string, Running> = new Map();
  private tierCounts: readonly TierCount[] = [];
  private lastLine = "";
  private readonly grantsOfLine: Set<string> = new Set();
  /** Is the line under way rated by other rates than it was? */
  private isRated = false;

  constructor(private readonly of: Of) {}

  get key(): WalletKey {
    return this.of.key;
  }

  get wallet(): WalletOfThen | null {
    return this.of.wallet;
  }

  take(row: EntryRow): void {
    const { wallet, features } = this.of;
    if (wallet === null || row.feature === null || !features.has(row.feature)) return;
    const entry = entryFromRow(row);
    const { feature, quantity } = entry;
    if (feature === null || quantity === null) return;
    const sums = this.sums.get(feature) ?? { quantity: 0n, charged: 0n, proposed: 0n, refused: 0n };
    this.sums.set(feature, sums);
    sums.charged -= entry.amount;
    if (this.beginsLine(entry)) {
      sums.quantity += quantity;
      const price = this.priceOf(wallet, entry, feature, quantity);
      this.isRated = price !== null;
      if (price === "refused") sums.refused += quantity;
      else if (price !== null) sums.proposed += price;
    }
    if (!this.isRated) sums.proposed -= entry.amount;
  }

  /**
   * A line has an entry for each grant that paid for it, one after the other. Of two lines that are alike in one event,
   * the second begins where a grant pays again.
   */
  private beginsLine({ operationId, feature, dimensions, rateVersion, quantity, ...entry }: Entry): boolean {
    const { reservationId, account, grantId } = entry;
    const line = JSON.stringify([operationId, feature, dimensions, rateVersion, String(quantity)]);
    const payer = `${account} ${grantId ?? ""}`;
    const isAgain = reservationId === null && this.grantsOfLine.has(payer);
    const begins = line !== this.lastLine || isAgain;
    if (begins) this.grantsOfLine.clear();
    this.grantsOfLine.add(payer);
    this.lastLine = line;
    return begins;
  }

  /** Null: the proposed rates change nothing for it. */
  private priceOf(
    wallet: WalletOfThen,
    entry: Entry,
    feature: string,
    quantity: bigint,
  ): bigint | "refused" | null {
    const terms = { ...this.of.handles(wallet.names).terms, rates: this.of.book };
    const then = occasionAt({ ...wallet, tierCounts: this.tierCounts }, terms, entry.occurredAt);
    const applied = rateOf(terms, featureOf(terms.catalog, feature), then);
    const before = rateOf({ rates: this.of.before }, featureOf(terms.catalog, feature), then);
    if (applied.published?.name === before.published?.name) return null;
    const dimensions = entry.dimensions === null ? null : (JSON.parse(entry.dimensions) as Dimensions);
    if (settleRate(applied.rate, dimensions ?? {}) === undefined) return "refused";
    const request = { feature, quantity, dimensions };
    if (entry.reservationId === null) {
      const line = rateLine(terms, request, then);
      this.count(line, entry, terms.currency.lateWindow);
      return line.price;
    }
    return this.captured(entry, () => rateLine(terms, { ...request, quantity: 0n }, then), quantity, terms);
  }

  private captured(
    { reservationId, feature, dimensions, occurredAt }: Entry,
    rated: () => RatedLine,
    quantity: bigint,
    { currency }: WalletHandle["terms"],
  ): bigint {
    const name = JSON.stringify([reservationId, feature, dimensions]);
    let running = this.running.get(name);
    const line = rated();
    if (running === undefined) {
      if (line.rate === null) throw new CreditError("no_rate", `"${feature ?? ""}" has no rate.`);
      running = { rate: line.rate, quantity: 0n, price: 0n };
      this.running.set(name, running);
      const [oldest] = this.running.keys();
      if (this.running.size > MOST_RUNNING && oldest !== undefined) this.running.delete(oldest);
    }
    this.count({ ...line, quantity }, { occurredAt }, currency.lateWindow);
    const before = running.price;
    running.quantity += quantity;
    running.price = priceOf(running.rate, running.quantity, currency.scale);
    return running.price - before;
  }

  private count(
    { feature, quantity, tierPeriod }: RatedLine,
    { occurredAt }: Pick<Entry, "occurredAt">,
    lateWindow: WalletHandle["currency"]["lateWindow"],
  ): void {
    if (tierPeriod === undefined || feature === null || quantity === null) return;
    const { from, until } = tierPeriod;
    this.tierCounts = withCounted(
      this.tierCounts,
      { feature, quantity, from, until },
      occurredAt,
      lateWindow,
    );
  }
}
