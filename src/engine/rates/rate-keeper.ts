import type { CompiledCatalog } from "../../catalog/catalog.js";
import { compileRate } from "../../catalog/compile-rate.js";
import { CreditError } from "../../core/errors.js";
import {
  type FeatureRates,
  NOTHING_PUBLISHED,
  type PublishedRate,
  type RateBook,
  type RateHistory,
  versionName,
} from "../../core/rate-book.js";
import type { WalletNames } from "../../core/wallet.js";
import type { RecordRow } from "../../store/rows.js";
import { walletKeyOf } from "../ids.js";
import { decodeJson } from "../json.js";
import type { Pace, Patience } from "../pace.js";
import { reading } from "../persevere.js";
import type { Services } from "../services.js";
import { type StoreAccess, loadOne } from "../store-access.js";

/** The engine's own wallet for what belongs to the catalog. */
export const CATALOG_WALLET: WalletNames = { customerId: "", currency: "catalog", scope: "" };
const CATALOG_KEY = walletKeyOf(CATALOG_WALLET);

/** The published rates as this process knows them: it looks again whether there are newer ones once they may be stale. */
export class RateKeeper {
  book: RateBook = NOTHING_PUBLISHED;
  private version = 0;
  /** Monotonic; until then they count as known. */
  private knownUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly catalog: CompiledCatalog,
    private readonly pace: Pace,
    private readonly maxStaleMs: number,
  ) {}

  get isStale(): boolean {
    return this.pace.monotonicMs() >= this.knownUntilMs;
  }

  /** The next decision looks again. */
  expire(): void {
    this.knownUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** One read, which brings nothing where nothing was published since. */
  async look(access: StoreAccess, patience: Patience): Promise<void> {
    const askedAtMs = this.pace.monotonicMs();
    const read = this.version === 0 ? { key: CATALOG_KEY } : { key: CATALOG_KEY, unless: this.version };
    const snapshot = await loadOne(access, read, patience);
    // A transaction of the app may see what is older than what is known.
    if (!snapshot.unchanged && snapshot.version > this.version) {
      this.book = rateBook(this.catalog, historiesOf(snapshot.records));
      this.version = snapshot.version;
    }
    this.knownUntilMs = Math.max(this.knownUntilMs, askedAtMs + this.maxStaleMs);
  }
}

/** For reads that rate something. */
export async function lookAtRates({ access, rates }: Services): Promise<void> {
  if (rates.isStale) await reading(access, (patience) => rates.look(access, patience));
}

export function historiesOf(records: readonly RecordRow[]): readonly RateHistory[] {
  return records.flatMap(({ kind, data }) => (kind === "rate" ? [decodeJson(data) as RateHistory] : []));
}

interface Pages {
  base: readonly PublishedRate[];
  readonly byPlan: Map<string, readonly PublishedRate[]>;
  readonly byCustomer: Map<string, readonly PublishedRate[]>;
}

/** Of features that this program's catalog does not have, nothing: nobody can ask for them here. */
function rateBook(catalog: CompiledCatalog, histories: readonly RateHistory[]): RateBook {
  const book = new Map<string, FeatureRates & Pages>();
  for (const history of histories) {
    const feature = catalog.features.get(history.feature);
    const scale = catalog.currencies.get(feature?.currency ?? "")?.scale;
    if (feature === undefined || scale === undefined) continue;
    const pages = book.get(feature.id) ?? { base: [], byPlan: new Map(), byCustomer: new Map() };
    book.set(feature.id, pages);
    const versions = history.versions.map((version): PublishedRate => ({
      ...version,
      name: versionName(history, version.version),
      plan: history.plan,
      customerId: history.customerId,
      rate: compiled(version.rate, scale),
    }));
    if (history.customerId !== null) pages.byCustomer.set(history.customerId, versions);
    else if (history.plan !== null) pages.byPlan.set(history.plan, versions);
    else pages.base = versions;
  }
  return book;
}

/** A later program may have published a form that this one cannot read: charging another rate instead would be wrong. */
function compiled(rate: string | null, scale: number): PublishedRate["rate"] {
  if (rate === null) return null;
  try {
    return compileRate(JSON.parse(rate), scale, "rate");
  } catch (error) {
    if (CreditError.is(error)) return undefined;
    throw error;
  }
}
