import { monotonicFactory } from "ulid";
import * as z from "zod";
import type { Catalog } from "../catalog/define.js";
import { parseInput, reading, show } from "../catalog/parse-input.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { CreditStore } from "../store/contract.js";
import type { CreditEngine } from "./api.js";
import { Mutations, type Settled } from "./mutations.js";
import {
  creditsOf,
  moneyOf,
  presentDraw,
  presentGrant,
  presentPolicy,
  presentReservation,
  presentWithdrawal,
} from "./present.js";
import { audit } from "./reads/audit.js";
import { balance } from "./reads/balance.js";
import { check, estimate } from "./reads/check.js";
import { explain } from "./reads/explain.js";
import { grants } from "./reads/grants.js";
import { ledger, verifyLedger } from "./reads/ledger.js";
import { publicId } from "./ids.js";
import { Services } from "./services.js";
import { transfer } from "./transfer.js";
import type { GrantResult as CoreGrantResult, Result } from "../core/results.js";
import type {
  Adjustment,
  Attempt,
  GrantResult,
  PolicyChange,
  Refund,
  Reversal,
  Withdrawal,
} from "./api-results.js";

export interface CreditEngineOptions<C extends Catalog> {
  readonly catalog: C;
  readonly store: CreditStore;
  /** UTC milliseconds; default `Date.now`. A wallet's own time never goes back, whatever the clock does. */
  readonly clock?: (() => number) | undefined;
  /** Makes ids from an instant; they must rise within a millisecond. Default: monotonic ULIDs. */
  readonly ids?: ((nowMs: number) => string) | undefined;
  /** Wallets kept in memory; default 10,000. */
  readonly cachedWallets?: number | undefined;
}

const DEFAULT_CACHED_WALLETS = 10_000;

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
});

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** Told by its shape, since it may come from another copy of the package. */
function isCatalog(catalog: unknown): boolean {
  if (!isObject(catalog) || !("compiled" in catalog) || !isObject(catalog.compiled)) return false;
  const { compiled } = catalog;
  return "currencies" in compiled && compiled.currencies instanceof Map && "features" in compiled;
}

const STORE_METHODS = ["load", "commit", "transact", "list", "close"] as const;

function isStore(store: unknown): boolean {
  if (!isObject(store) || !("limits" in store) || !isObject(store.limits)) return false;
  return STORE_METHODS.every((name) => isFunction((store as Partial<Record<string, unknown>>)[name]));
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
 * const credits = createCreditEngine({ catalog, store: memoryStore() });
 * await credits.grant({ customerId: "acme", currency: "tokens", amount: 1000, category: "promotional", idempotencyKey: "welcome" });
 * const used = await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1500, idempotencyKey: "req_1" });
 * console.log(used.amount.toString(), used.available.toString());
 * ```
 */
export function createCreditEngine<C extends Catalog>(options: CreditEngineOptions<C>): CreditEngine<C> {
  const { catalog, store, clock, ids, cachedWallets } = reading("createCreditEngine", () =>
    parseInput(optionsSchema, options, "createCreditEngine"),
  );
  const services = new Services({
    catalog: catalog.compiled,
    store,
    clock: clock ?? Date.now,
    ids: ids ?? monotonicUlids(),
    cachedWallets: cachedWallets ?? DEFAULT_CACHED_WALLETS,
  });
  return engineOf(services);
}

/** The last instant that a ULID can bear. */
const LAST_ULID_MS = 2 ** 48 - 1;

/** Instants before 1970 and beyond 10889 give ids of these ends: they rise all the same. */
function monotonicUlids(): (nowMs: number) => string {
  const next = monotonicFactory();
  return (nowMs) => next(Math.min(Math.max(nowMs, 0), LAST_ULID_MS));
}

function engineOf<C extends Catalog>(services: Services): CreditEngine<C> {
  const mutations = new Mutations(services);
  const verb =
    <Result>(run: (request: unknown) => Promise<Result>) =>
    (request: unknown): Promise<Result> =>
      services.during(() => run(request));
  const withdraw = verb(async (request) => withdrawal(await mutations.withdraw(request)));
  const attempt = (request: unknown) => tried(() => withdraw(request));
  return {
    grant: verb(async (request) => grantResult(await mutations.grant(request))),
    withdraw,
    tryWithdraw: attempt,
    withdrawMany: async (requests) => Promise.all(listOf(requests).map(attempt)),
    reserve: verb(async (request) => reservation(await mutations.reserve(request))),
    capture: verb(async (request) => withdrawal(await mutations.capture(request))),
    release: verb(async (request) => reservation(await mutations.release(request))),
    extend: verb(async (request) => reservation(await mutations.extend(request))),
    voidGrant: verb(async (request) => grantResult(await mutations.voidGrant(request))),
    amendGrant: verb(async (request) => grantResult(await mutations.amendGrant(request))),
    adjust: verb(async (request) => adjustment(await mutations.adjust(request))),
    reverse: verb(async (request) => reversal(await mutations.reverse(request))),
    refundGrant: verb(async (request) => refund(await mutations.refundGrant(request))),
    transfer: verb((request) => transfer(services, request)),
    setPolicy: verb(async (request) => policyChange(await mutations.setPolicy(request))),
    balance: verb((request) => balance(services, request)),
    check: verb((request) => check(services, request)),
    estimate: verb((request) => estimate(services, request)),
    explain: verb((request) => explain(services, request)),
    grants: verb((request) => grants(services, request)),
    ledger: verb((request) => ledger(services, request)),
    audit: verb((request) => audit(services, request)),
    verifyLedger: verb((request) => verifyLedger(services, request)),
    close: () => services.close(),
  };
}

/** Holes are filled, so that each of them has an outcome, too. */
function listOf(requests: unknown): readonly unknown[] {
  if (Array.isArray(requests)) return Array.from<unknown>(requests);
  throw invalidInput(`withdrawMany: give an array of withdrawals; got ${show(requests)}.`);
}

type Of<Kind extends Result["kind"]> = Settled<Extract<Result, { kind: Kind }>>;

async function tried<Value>(run: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (CreditError.is(error)) return { ok: false, error };
    throw error;
  }
}

function withdrawal({ handle, result, replayed }: Of<"withdrawal">): Withdrawal {
  return presentWithdrawal(handle, result, replayed);
}

function reservation({ handle, result, replayed }: Of<"reservation">): ReturnType<typeof presentReservation> {
  return presentReservation(handle, result, replayed);
}

function grantResult({ handle, result, replayed }: Settled<CoreGrantResult>): GrantResult {
  return { ...presentGrant(handle, result.grant), available: creditsOf(handle, result.available), replayed };
}

function adjustment({ handle, result, replayed }: Of<"adjustment">): Adjustment {
  return {
    id: publicId("op", handle.key, result.id),
    amount: creditsOf(handle, result.amount),
    grant: result.grant === null ? null : presentGrant(handle, result.grant),
    draws: result.draws.map((draw) => presentDraw(handle, draw)),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function reversal({ handle, result, replayed }: Of<"reversal">): Reversal {
  return {
    id: publicId("op", handle.key, result.id),
    withdrawalId: publicId("wd", handle.key, result.withdrawalId),
    amount: creditsOf(handle, result.amount),
    overage: creditsOf(handle, result.overage),
    overdraft: creditsOf(handle, result.overdraft),
    returns: result.returns.map((draw) => presentDraw(handle, draw)),
    grants: result.grants.map((grant) => presentGrant(handle, grant)),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function refund({ handle, result, replayed }: Of<"refund">): Refund {
  return {
    id: publicId("op", handle.key, result.id),
    amount: creditsOf(handle, result.amount),
    cost: moneyOf(result.money, result.moneyCurrency),
    grant: presentGrant(handle, result.grant),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function policyChange({ handle, result, replayed }: Of<"policy">): PolicyChange {
  return { policy: presentPolicy(handle, result.policy), replayed };
}
