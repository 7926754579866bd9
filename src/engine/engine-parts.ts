import type { CompiledCatalog } from "../catalog/catalog.js";
import type { CreditStore } from "../store/contract.js";
import type { Billing } from "./billing/billing-verbs.js";
import { Collector } from "./billing/collector.js";
import type { BillingProvider } from "./billing/port.js";
import { Provider } from "./billing/provider.js";
import { type CacheBounds, WalletCache } from "./cache.js";
import { Announcer } from "./events/announcer.js";
import { EngineLifetime } from "./lifetime.js";
import { OwnAccess } from "./own-access.js";
import type { Pace } from "./pace.js";
import { Queue, type QueueBounds } from "./queue.js";
import { RateKeeper } from "./rates/rate-keeper.js";
import { Services } from "./services.js";
import { Optimistically } from "./settle-optimistically.js";
import { WalletHandles } from "./wallet-handles.js";

export interface EngineSettings {
  readonly catalog: CompiledCatalog;
  readonly store: CreditStore<unknown>;
  readonly clock: () => number;
  readonly ids: (instant: number) => string;
  readonly cache: CacheBounds;
  readonly timeoutMs: number;
  readonly pace: Pace;
  readonly queue: QueueBounds;
  readonly ratesMaxStaleMs: number;
  readonly billing: BillingProvider | null;
  readonly billingTimeoutMs: number;
}

/** What an engine is made of. Its services serve its own verbs; transactions of the app share the rest. */
export interface EngineParts {
  readonly services: Services;
  readonly rates: RateKeeper;
  readonly handles: WalletHandles;
  readonly access: OwnAccess;
  readonly cache: WalletCache;
  readonly lifetime: EngineLifetime;
  readonly pace: Pace;
  /** Stops each that runs. */
  readonly runners: Set<() => Promise<void>>;
  readonly announcer: Announcer;
  /** Null: nothing is bought through this engine. */
  readonly billing: Billing | null;
}

export function engineParts(settings: EngineSettings): EngineParts {
  const { catalog, store, clock, ids, timeoutMs, pace, queue, ratesMaxStaleMs } = settings;
  const rates = new RateKeeper(catalog, pace, ratesMaxStaleMs);
  const handles = new WalletHandles({ catalog, limits: store.limits, clock, ids, rates: () => rates.book });
  const announcer = new Announcer();
  const access = new OwnAccess(store, pace, timeoutMs, announcer);
  const cache = new WalletCache(settings.cache, () => pace.monotonicMs());
  const lifetime = new EngineLifetime();
  const settler = new Optimistically({ access, cache, now: handles.now });
  const services = new Services({
    handles,
    access,
    cache,
    settler,
    lifetime,
    rates,
    queue: new Queue(queue),
  });
  const billing = billingOf(settings, services);
  billing?.collector.follow(announcer, lifetime);
  return { billing, services, rates, handles, access, cache, lifetime, announcer, pace, runners: new Set() };
}

function billingOf({ billing, billingTimeoutMs }: EngineSettings, services: Services): Billing | null {
  if (billing === null) return null;
  const provider = new Provider(billing, billingTimeoutMs);
  return { provider, collector: new Collector(services, provider) };
}

/** Lets everything under way finish, refuses what comes after, and closes the store. */
export async function closeEngine({ access, lifetime, runners }: EngineParts): Promise<void> {
  const stopping = [...runners].map((stop) => stop());
  // Nothing that is called from here on is begun.
  const closed = lifetime.close(async () => {
    try {
      await access.store.close();
    } catch (error) {
      throw access.failure(error);
    }
  });
  await Promise.all([...stopping, closed]);
}
