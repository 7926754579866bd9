import { monotonicFactory } from "ulid";
import * as z from "zod";
import type { Catalog } from "../catalog/define.js";
import { parseInput, reading } from "../catalog/parse-input.js";
import type { CreditStore } from "../store/contract.js";
import type { CreditEngine } from "./api.js";
import { billingVerbs } from "./billing/billing-verbs.js";
import type { BillingProvider } from "./billing/port.js";
import { catalogVersionVerbs, definitionOf } from "./catalog-versions.js";
import { closeEngine, engineParts } from "./engine-parts.js";
import { eventVerbs } from "./events/verbs.js";
import { withDoor } from "./open-door.js";
import { MACHINE_PACE, type Pace } from "./pace.js";
import { DEFAULT_BOUNDS } from "./queue.js";
import { rateVerbs } from "./rates/verbs.js";
import { scopedEngine } from "./scope.js";
import { runDueOnce, startRunner } from "./start-runner.js";
import { creditVerbs } from "./verbs.js";

export interface CreditEngineOptions<C extends Catalog, Tx = never> {
  readonly catalog: C;
  readonly store: CreditStore<Tx>;
  /** UTC milliseconds; default `Date.now`. A wallet's own time never goes back, whatever the clock does. */
  readonly clock?: (() => number) | undefined;
  /** Makes ids from an instant; they must rise within a millisecond. Default: monotonic ULIDs. */
  readonly ids?: ((nowMs: number) => string) | undefined;
  /** Wallets kept in memory; default 10,000. */
  readonly cachedWallets?: number | undefined;
  /**
   * And the bytes that they may take; default 128 MiB. Reckoned as 4,000 a wallet and 500 for each open grant, reservation
   * and debt; long metadata takes more. The least recently used go first.
   */
  readonly cacheBytes?: number | undefined;
  /**
   * Milliseconds after which a call is given up as `store_unavailable`, its waiting and its tries included; default
   * 10,000. A call that first looks an id up, a listing of many pages, and one that finds years of periods due and writes
   * them in portions, has as long for each of these.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many mutations may wait for their answers at once, in all and of one wallet; default 100,000 each. What comes beyond
   * is refused as `over_limit` before anything is touched. `Infinity`: all may wait, each within `timeoutMs`. Transfers,
   * which wait for the store's locks, and calls within a transaction of the app are not counted.
   */
  readonly queue?:
    | { readonly mostWaiting?: number | undefined; readonly mostWaitingPerWallet?: number | undefined }
    | undefined;
  /**
   * Milliseconds for which this process may go on with the published rates that it knows before it looks whether others
   * have published; default 5,000, 0: it looks before every decision that rates something. What `publishRates` says here
   * holds here at once.
   */
  readonly ratesMaxStaleMs?: number | undefined;
  /**
   * The payment provider, for `topUp` and automatic top-ups: `coffer/billing` says what it is, `coffer/billing/stripe` is
   * one. Give it to every process that may write a wallet.
   */
  readonly billing?: BillingProvider | undefined;
  /** Milliseconds after which an answer of the billing provider counts as lost; default 30,000. */
  readonly billingTimeoutMs?: number | undefined;
  /** How the engine waits between tries; default: the machine's timers and randomness. For tests and simulations. */
  readonly pace?: Pace | undefined;
}

const DEFAULT_CACHED_WALLETS = 10_000;
const DEFAULT_CACHE_BYTES = 128 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;
/** What timers can wait for. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const DEFAULT_RATES_MAX_STALE_MS = 5_000;
const DEFAULT_BILLING_TIMEOUT_MS = 30_000;

const boundSchema = z.union([z.int().min(1), z.literal(Number.POSITIVE_INFINITY)]);

const optionsSchema = z.strictObject({
  catalog: z.custom<Catalog>(isCatalog, { error: "must be made with defineCatalog" }),
  store: z.custom<CreditStore<unknown>>(isStore, { error: "must be a store, as memoryStore() makes" }),
  clock: z
    .custom<() => number>(isFunction, { error: "must be a function that returns UTC milliseconds" })
    .optional(),
  ids: z
    .custom<(nowMs: number) => string>(isFunction, { error: "must be a function that makes ids" })
    .optional(),
  cachedWallets: z.int().min(1).optional(),
  cacheBytes: z.int().min(1).optional(),
  timeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
  ratesMaxStaleMs: z.int().min(0).optional(),
  billing: z
    .custom<BillingProvider>(isProvider, {
      error: "must be a billing provider, with the functions charge, refund and invoice",
    })
    .optional(),
  billingTimeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
  queue: z
    .strictObject({ mostWaiting: boundSchema.optional(), mostWaitingPerWallet: boundSchema.optional() })
    .optional(),
  pace: z
    .custom<Pace>(isPace, {
      error: "must have the functions monotonicMs, wait and random, and may have turn",
    })
    .optional(),
});

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** Told by its shape, since it may come from another copy of the package. */
function isCatalog(catalog: unknown): boolean {
  if (!isObject(catalog) || !("compiled" in catalog) || !isObject(catalog.compiled)) return false;
  const { currencies, features } = catalog.compiled as Partial<Record<string, unknown>>;
  return currencies instanceof Map && features instanceof Map;
}

const STORE_METHODS = ["load", "commit", "transact", "list", "close"] as const;

const PROVIDER_METHODS = ["charge", "refund", "invoice"] as const;

function isProvider(provider: unknown): boolean {
  return isObject(provider) && hasMethods(provider, PROVIDER_METHODS);
}

const PACE_METHODS = ["monotonicMs", "wait", "random"] as const;

function isStore(store: unknown): boolean {
  if (!isObject(store) || !("limits" in store) || !isObject(store.limits)) return false;
  return hasMethods(store, STORE_METHODS);
}

function isPace(pace: unknown): boolean {
  if (!isObject(pace) || !hasMethods(pace, PACE_METHODS)) return false;
  const { turn } = pace as Partial<Pace>;
  return turn === undefined || isFunction(turn);
}

function hasMethods(value: object, names: readonly string[]): boolean {
  return names.every((name) => isFunction((value as Partial<Record<string, unknown>>)[name]));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Creates the engine: the rules of credits over a store.
 *
 * @throws CreditError `invalid_input` where an option is not what it should be.
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 *
 * const credits = createCreditEngine({ catalog, store: memoryStore() });
 * await credits.grant({ customerId: "acme", currency: "tokens", amount: 1000, category: "promotional", idempotencyKey: "welcome" });
 * const used = await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1500, idempotencyKey: "req_1" });
 * console.log(used.amount.toString(), used.available.toString());
 * ```
 */
export function createCreditEngine<C extends Catalog, Tx = never>(
  options: CreditEngineOptions<C, Tx>,
): CreditEngine<C, Tx> {
  const { parts, definition } = reading("createCreditEngine", () => {
    const given = parseInput(optionsSchema, options, "createCreditEngine");
    const { catalog, store, clock, ids, cachedWallets, cacheBytes, timeoutMs, pace, queue } = given;
    const parts = engineParts({
      catalog: catalog.compiled,
      store,
      clock: clock ?? Date.now,
      ids: ids ?? monotonicUlids(),
      cache: {
        mostWallets: cachedWallets ?? DEFAULT_CACHED_WALLETS,
        mostBytes: cacheBytes ?? DEFAULT_CACHE_BYTES,
      },
      ratesMaxStaleMs: given.ratesMaxStaleMs ?? DEFAULT_RATES_MAX_STALE_MS,
      timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      billing: given.billing ?? null,
      billingTimeoutMs: given.billingTimeoutMs ?? DEFAULT_BILLING_TIMEOUT_MS,
      pace: pace ?? MACHINE_PACE,
      queue: {
        mostWaiting: queue?.mostWaiting ?? DEFAULT_BOUNDS.mostWaiting,
        mostWaitingPerWallet: queue?.mostWaitingPerWallet ?? DEFAULT_BOUNDS.mostWaitingPerWallet,
      },
    });
    return { parts, definition: definitionOf(catalog) };
  });
  return withDoor(parts, {
    ...creditVerbs<C>(parts.services),
    ...billingVerbs<C>(parts.services, parts.billing),
    ...eventVerbs(parts),
    withTransaction: (tx: Tx) => scopedEngine(parts, tx),
    ...rateVerbs<C>(parts.services),
    ...catalogVersionVerbs(parts.services, definition),
    runDue: (request = {}) => runDueOnce(parts, request),
    startRunner: (runner) => startRunner(parts, runner),
    close: () => closeEngine(parts),
  });
}

/** The last instant that a ULID can bear. */
const LAST_ULID_MS = 2 ** 48 - 1;

/** Instants before 1970 and beyond 10889 give ids of these ends: they rise all the same. */
function monotonicUlids(): (nowMs: number) => string {
  const next = monotonicFactory();
  return (nowMs) => next(Math.min(Math.max(nowMs, 0), LAST_ULID_MS));
}
