import { type CompiledCatalog, type Currency, currencyOf } from "../catalog/catalog.js";
import { textSchema } from "../catalog/inputs.js";
import { show } from "../catalog/parse-input.js";
import { DEFAULT_BURN_ORDER, burnOrderBy } from "../core/burn-order.js";
import { MAX_INSTANT } from "../core/calendar.js";
import type { DecisionTerms } from "../core/decision-terms.js";
import { invalidInput } from "../core/errors.js";
import { NO_THRESHOLDS } from "../core/thresholds.js";
import type { RateBook } from "../core/rate-book.js";
import type { WalletNames } from "../core/wallet.js";
import type { StoreLimits } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";
import { causedId, publicId, walletKeyOf } from "./ids.js";
import { canonicalJson } from "./json.js";
import { sha256 } from "./ledger-hash.js";

export interface HandleOptions {
  readonly catalog: CompiledCatalog;
  readonly limits: StoreLimits;
  readonly clock: () => number;
  readonly ids: (instant: number) => string;
  /** What is known to be published by now. */
  readonly rates: () => RateBook;
}

/** A wallet by place and names, with the terms on which it is decided. */
export interface WalletHandle {
  readonly key: WalletKey;
  readonly names: WalletNames;
  readonly currency: Currency;
  readonly terms: DecisionTerms;
}

const RATE_VERSION_LENGTH = 12;

/** Leaves room for the rest of a public id. */
const LONGEST_LOCAL_ID = 200;
const localIdSchema = textSchema(LONGEST_LOCAL_ID);

/** What can be said of wallets without reading them: their places and terms, by the catalog, the clock and the ids. */
export class WalletHandles {
  readonly catalog: CompiledCatalog;
  private readonly rateVersions: ReadonlyMap<string, string>;
  private readonly handles: Map<string, WalletHandle> = new Map();

  constructor(private readonly options: HandleOptions) {
    this.catalog = options.catalog;
    const { features, plans } = options.catalog;
    this.rateVersions = new Map([
      ...[...features.values()].map(({ id, rate }) => [rateName(id, null), rateVersionOf(rate)] as const),
      ...[...plans.values()].flatMap((plan) =>
        [...plan.rates].map(([feature, rate]) => [rateName(feature, plan.id), rateVersionOf(rate)] as const),
      ),
    ]);
  }

  readonly now = (): number => {
    const told: unknown = this.options.clock();
    const instant = typeof told === "number" ? Math.floor(told) : Number.NaN;
    if (Math.abs(instant) <= MAX_INSTANT) return instant;
    throw invalidInput(
      `The engine's \`clock\` must return UTC milliseconds as a finite number; it returned ${show(told)}.`,
    );
  };

  readonly newId = (instant: number): string => {
    const id: unknown = this.options.ids(instant);
    if (localIdSchema.safeParse(id).success) return String(id);
    throw invalidInput(
      `The engine's \`ids\` must return texts of 1 to ${LONGEST_LOCAL_ID} bytes; it returned ${show(id)}.`,
    );
  };

  /** Made once for each wallet of late: a place costs two hashes. */
  handle(names: WalletNames): WalletHandle {
    // No name holds a NUL.
    const text = `${names.customerId}\u0000${names.currency}\u0000${names.scope}`;
    const known = this.handles.get(text);
    if (known !== undefined) return known;
    const handle = this.newHandle(names);
    if (this.handles.size >= MOST_HANDLES) this.handles.clear();
    this.handles.set(text, handle);
    return handle;
  }

  private newHandle(names: WalletNames): WalletHandle {
    const key = walletKeyOf(names);
    const currency = holdsCredits(names) ? currencyOf(this.catalog, names.currency) : NO_CURRENCY;
    const { limits, rates } = this.options;
    const { rowsPerChange } = limits;
    return {
      key,
      names,
      currency,
      terms: {
        catalog: this.catalog,
        currency,
        mostPayments: shareOfRows(rowsPerChange, ROWS_PER_PAYMENT),
        mostPins: shareOfRows(rowsPerChange, ROWS_PER_PIN),
        newId: this.newId,
        causedId,
        rateVersionOf: (feature, plan) => this.rateVersions.get(rateName(feature, plan)) ?? "",
        get rates() {
          return rates();
        },
        publicId: (kind, local) => publicId(kind, key, local),
      },
    };
  }
}

/** The engine's own wallets, where consumers' places and published rates stand, have no customer; a customer's own has no currency. */
function holdsCredits({ customerId, currency }: WalletNames): boolean {
  return customerId !== "" && currency !== "";
}

/** Of wallets that hold no credits. Callers cannot name them. */
const NO_CURRENCY: Currency = {
  id: "",
  name: "",
  scale: 0,
  policy: { mode: "hard" },
  burnCriteria: DEFAULT_BURN_ORDER,
  burnOrder: burnOrderBy(DEFAULT_BURN_ORDER),
  lateWindow: {},
  chartDimensions: [],
  thresholds: NO_THRESHOLDS,
  noticeLeads: [],
  topUps: new Map(),
};

const MOST_HANDLES = 20_000;

/** Of the rows of a change: a payment takes four of a quarter of them, a pin that is freed or captured two of a half. */
const ROWS_PER_PAYMENT = 16;
const ROWS_PER_PIN = 4;

function shareOfRows(rowsPerChange: number, rowsEach: number): number {
  return Math.max(1, Math.floor(rowsPerChange / rowsEach));
}

/** No name holds a NUL. */
function rateName(feature: string, plan: string | null): string {
  return plan === null ? feature : `${feature}\u0000${plan}`;
}

/** Named by what it says, so that processes with the same rate agree and a changed rate has another name. */
function rateVersionOf(rate: unknown): string {
  return Buffer.from(sha256(canonicalJson(rate)))
    .toString("hex")
    .slice(0, RATE_VERSION_LENGTH);
}
