import { type CompiledCatalog, type Currency, currencyOf } from "../catalog/catalog.js";
import type { DecisionTerms } from "../core/draft.js";
import { CreditError, type CreditErrorCode, invalidInput } from "../core/errors.js";
import type { WalletNames } from "../core/wallet.js";
import type { CreditStore } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";
import { WalletCache } from "./cache.js";
import { Committer } from "./committer.js";
import { type IdKind, parsePublicId, publicId, walletKeyOf } from "./ids.js";
import { canonicalJson } from "./json.js";
import { Lane } from "./lane.js";
import { sha256 } from "./ledger-hash.js";
import { asCreditError } from "./store-failures.js";
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

/** What every verb stands on: the store behind its cache and committer, the lanes, the clock and the ids. */
export class Services {
  readonly catalog: CompiledCatalog;
  readonly store: CreditStore<unknown>;
  readonly cache: WalletCache;
  readonly committer: Committer;
  private readonly lanes: Map<string, Lane> = new Map();
  private readonly underWay: Set<Promise<boolean>> = new Set();
  private readonly rateVersions: ReadonlyMap<string, string>;
  private isClosed = false;

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
    const instant = Math.floor(this.options.clock());
    if (Number.isSafeInteger(instant)) return instant;
    throw invalidInput("The engine's `clock` must return UTC milliseconds as a finite number.");
  };

  newId(instant: number): string {
    return this.options.ids(instant);
  }

  handle(names: WalletNames): WalletHandle {
    this.refuseIfClosed();
    const key = walletKeyOf(names);
    const currency = currencyOf(this.catalog, names.currency);
    return {
      key,
      names,
      currency,
      terms: {
        catalog: this.catalog,
        currency,
        newId: this.options.ids,
        rateVersionOf: (feature) => this.rateVersions.get(feature) ?? "",
        publicGrantId: (local) => publicId("gr", key, local),
      },
    };
  }

  /** The wallet that a bare public id names, and the local id in it. */
  async handleOf(
    kind: IdKind,
    id: string,
    missing: CreditErrorCode,
  ): Promise<{ readonly handle: WalletHandle; readonly local: string }> {
    this.refuseIfClosed();
    const parsed = parsePublicId(kind, id);
    const names = parsed === undefined ? undefined : await this.namesAt(parsed.key);
    if (parsed === undefined || names === undefined)
      throw new CreditError(
        missing,
        `There is no such thing as "${id}". Pass the \`id\` that the engine returned.`,
        { id },
      );
    return { handle: this.handle(names), local: parsed.local };
  }

  private async namesAt(key: WalletKey): Promise<WalletNames | undefined> {
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached.wallet.names;
    const [snapshot] = await this.reading(() => this.store.load([{ key }]));
    if (snapshot?.head == null) return undefined;
    const { customerId, currency, scope } = snapshot.head;
    return { customerId, currency, scope };
  }

  stateOf({ key, names, terms }: WalletHandle): WalletState {
    return new WalletState(key, names, terms, this.cache.get(key));
  }

  /** Queues a mutation behind those of its wallet. */
  submit(handle: WalletHandle, mutation: Mutation): Promise<Answer> {
    this.refuseIfClosed();
    const name = handle.key.id;
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(
        this,
        () => this.stateOf(handle),
        () => this.lanes.delete(name),
      );
      this.lanes.set(name, lane);
    }
    return this.finishing(lane.submit(mutation));
  }

  /** Work that `close` waits for. */
  finishing<Value>(work: Promise<Value>): Promise<Value> {
    const settled: Promise<boolean> = work.then(
      () => this.underWay.delete(settled),
      () => this.underWay.delete(settled),
    );
    this.underWay.add(settled);
    return work;
  }

  /** Runs a read of the store; its failures reach callers as `CreditError`s. */
  async reading<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      throw asCreditError(error);
    }
  }

  refuseIfClosed(): void {
    if (this.isClosed) throw new CreditError("unsupported", "This engine was closed; create another one.");
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await Promise.all(this.underWay);
    await this.reading(() => this.store.close());
  }
}

/** Named by what it says, so that processes with the same rate agree and a changed rate has another name. */
function rateVersionOf(rate: unknown): string {
  return Buffer.from(sha256(canonicalJson(rate)))
    .toString("hex")
    .slice(0, RATE_VERSION_LENGTH);
}
