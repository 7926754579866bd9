import type { CompiledCatalog } from "../catalog/catalog.js";
import { show } from "../catalog/parse-input.js";
import { CreditError, type CreditErrorCode } from "../core/errors.js";
import type { WalletNames } from "../core/wallet.js";
import type { Read, Snapshot } from "../store/contract.js";
import type { WalletKey } from "../store/rows.js";
import type { Settler } from "./batch.js";
import type { WalletMemory } from "./cache.js";
import { type IdKind, parsePublicId } from "./ids.js";
import { Lane } from "./lane.js";
import type { Lifetime } from "./lifetime.js";
import type { RateKeeper } from "./rates/rate-keeper.js";
import { reading } from "./persevere.js";
import type { Queue } from "./queue.js";
import { type StoreAccess, loadOne } from "./store-access.js";
import type { Answer, Mutation } from "./task.js";
import type { WalletHandle, WalletHandles } from "./wallet-handles.js";
import { WalletState } from "./wallet-state.js";

/** What differs between an engine and a transaction of the app that it works in. */
export interface Setting {
  readonly handles: WalletHandles;
  readonly access: StoreAccess;
  readonly cache: WalletMemory;
  readonly settler: Settler;
  readonly lifetime: Lifetime;
  readonly queue: Queue;
  readonly rates: RateKeeper;
}

/** What every verb stands on: the wallets and their terms, the way to the store, the cache and the lanes. */
export class Services {
  readonly catalog: CompiledCatalog;
  readonly access: StoreAccess;
  readonly cache: WalletMemory;
  readonly settler: Settler;
  readonly queue: Queue;
  readonly rates: RateKeeper;
  readonly now: () => number;
  readonly newId: (instant: number) => string;
  private readonly lanes: Map<string, Lane> = new Map();

  constructor(private readonly setting: Setting) {
    const { handles, access, cache, settler, queue, rates } = setting;
    this.catalog = handles.catalog;
    this.now = handles.now;
    this.newId = handles.newId;
    this.access = access;
    this.cache = cache;
    this.settler = settler;
    this.queue = queue;
    this.rates = rates;
  }

  handle(names: WalletNames): WalletHandle {
    return this.setting.handles.handle(names);
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

  snapshotOf(read: Read): Promise<Snapshot> {
    return reading(this.access, (patience) => loadOne(this.access, read, patience));
  }

  stateOf({ key, names, terms }: WalletHandle): WalletState {
    return new WalletState(key, names, terms, this.cache.get(key));
  }

  /** Queues a mutation behind those of its wallet. @throws CreditError `over_limit` where too many wait. */
  async submit(handle: WalletHandle, mutation: Mutation): Promise<Answer> {
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

  /** Runs a verb, where the engine's or the transaction's time has not ended. */
  during<Value>(verb: () => Promise<Value>): Promise<Value> {
    return this.setting.lifetime.during(verb);
  }
}
