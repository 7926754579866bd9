import { type CompiledCatalog, type Currency, currencyOf } from "../catalog/catalog.js";
import { textSchema } from "../catalog/inputs.js";
import { show } from "../catalog/parse-input.js";
import { MAX_INSTANT } from "../core/calendar.js";
import type { DecisionTerms } from "../core/draft.js";
import { CreditError, type CreditErrorCode, invalidInput } from "../core/errors.js";
import type { WalletNames } from "../core/wallet.js";
import type { CreditStore, Read, Snapshot } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";
import { WalletCache } from "./cache.js";
import { Committer } from "./committer.js";
import { type IdKind, parsePublicId, publicId, walletKeyOf } from "./ids.js";
import { canonicalJson } from "./json.js";
import { Lane } from "./lane.js";
import { sha256 } from "./ledger-hash.js";
import { asCreditError, noSnapshot } from "./store-failures.js";
import type { Answer, Mutation } from "./task.js";
import { WalletState } from "./wallet-state.js";

export interface ServiceOptions {
  readonly catalog: CompiledCatalog;
  readonly store: CreditStore<unknown>;
  readonly clock: () => number;
  readonly ids: (instant: number) => string;
  readonly cachedWallets: number;
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

/** What every verb stands on: the store behind its cache and committer, the lanes, the clock and the ids. */
export class Services {
  readonly catalog: CompiledCatalog;
  readonly store: CreditStore<unknown>;
  readonly cache: WalletCache;
  readonly committer: Committer;
  private readonly lanes: Map<string, Lane> = new Map();
  private readonly rateVersions: ReadonlyMap<string, string>;
  private readonly underWay: Set<Promise<unknown>> = new Set();
  private closing: Promise<void> | null = null;

  constructor(private readonly options: ServiceOptions) {
    this.catalog = options.catalog;
    this.store = options.store;
    this.cache = new WalletCache(options.cachedWallets);
    this.committer = new Committer(options.store);
    this.rateVersions = new Map(
      [...options.catalog.features.values()].map(({ id, rate }) => [id, rateVersionOf(rate)]),
    );
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

  handle(names: WalletNames): WalletHandle {
    const key = walletKeyOf(names);
    const currency = currencyOf(this.catalog, names.currency);
    return {
      key,
      names,
      currency,
      terms: {
        catalog: this.catalog,
        currency,
        mostPayments: shareOfRows(this.store.limits.rowsPerChange, ROWS_PER_PAYMENT),
        mostPins: shareOfRows(this.store.limits.rowsPerChange, ROWS_PER_PIN),
        newId: this.newId,
        rateVersionOf: (feature) => this.rateVersions.get(feature) ?? "",
        publicId: (kind, local) => publicId(kind, key, local),
      },
    };
  }

  /** The wallet that a bare public id names, and the local id in it. */
  async handleOf(
    kind: IdKind,
    id: string,
    missing: CreditErrorCode,
  ): Promise<{ readonly handle: WalletHandle; readonly local: string }> {
    const parsed = parsePublicId(kind, id);
    const names = parsed === undefined ? undefined : await this.namesAt(parsed.key);
    const handle = names === undefined ? undefined : this.handle(names);
    if (parsed === undefined || handle?.key.part !== parsed.key.part)
      throw new CreditError(
        missing,
        `There is no such thing as ${show(id)}. Pass the \`id\` that the engine returned.`,
        { id },
      );
    return { handle, local: parsed.local };
  }

  private async namesAt(key: WalletKey): Promise<WalletNames | undefined> {
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached.wallet.names;
    const { head } = await this.snapshotOf({ key });
    return head === null
      ? undefined
      : { customerId: head.customerId, currency: head.currency, scope: head.scope };
  }

  async snapshotOf(read: Read): Promise<Snapshot> {
    return this.reading(async () => {
      const [snapshot] = await this.store.load([read]);
      if (snapshot === undefined) throw noSnapshot();
      return snapshot;
    });
  }

  stateOf({ key, names, terms }: WalletHandle): WalletState {
    return new WalletState(key, names, terms, this.cache.get(key));
  }

  /** Queues a mutation behind those of its wallet. */
  submit(handle: WalletHandle, mutation: Mutation): Promise<Answer> {
    const name = handle.key.id;
    const lane = this.lanes.get(name) ?? this.openLane(name, handle);
    return lane.submit(mutation);
  }

  private openLane(name: string, handle: WalletHandle): Lane {
    const lane = new Lane(this, {
      newState: () => this.stateOf(handle),
      whenIdle: () => this.lanes.delete(name),
    });
    this.lanes.set(name, lane);
    return lane;
  }

  /** Runs a read of the store; its failures reach callers as `CreditError`s. */
  async reading<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      throw asCreditError(error);
    }
  }

  /** Runs a verb: one that has begun is finished even if the engine is closed meanwhile. */
  async during<Value>(verb: () => Promise<Value>): Promise<Value> {
    if (this.closing !== null)
      throw new CreditError("unsupported", "This engine was closed; create another one.");
    const running = verb();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  close(): Promise<void> {
    this.closing ??= this.drainAndClose();
    return this.closing;
  }

  private async drainAndClose(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.reading(() => this.store.close());
  }
}

/** Of the rows of a change: a payment takes four of a quarter of them, a pin that is freed or captured two of a half. */
const ROWS_PER_PAYMENT = 16;
const ROWS_PER_PIN = 4;

function shareOfRows(rowsPerChange: number, rowsEach: number): number {
  return Math.max(1, Math.floor(rowsPerChange / rowsEach));
}

/** Named by what it says, so that processes with the same rate agree and a changed rate has another name. */
function rateVersionOf(rate: unknown): string {
  return Buffer.from(sha256(canonicalJson(rate)))
    .toString("hex")
    .slice(0, RATE_VERSION_LENGTH);
}
