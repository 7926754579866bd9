import type { CurrencyDefinition, FeatureDefinition } from "../../src/catalog/definition.js";
import { type CompiledCatalog, compileCatalog, currencyOf } from "../../src/catalog/catalog.js";
import { advance } from "../../src/core/advance.js";
import type { Duration } from "../../src/core/calendar.js";
import { type Decision, decide } from "../../src/core/decide.js";
import { type DecisionTerms, Draft } from "../../src/core/draft.js";
import type { Entry } from "../../src/core/entry.js";
import { CreditError } from "../../src/core/errors.js";
import type { WalletEvent } from "../../src/core/events.js";
import type { Policy } from "../../src/core/policy.js";
import type { Parcel, Request } from "../../src/core/requests.js";
import type { Result } from "../../src/core/results.js";
import { NO_THRESHOLDS, type Thresholds } from "../../src/core/thresholds.js";
import { emptyWallet } from "../../src/core/wallet.js";
import { type Plain, plain } from "./support/plain.js";
import {
  type Capture,
  type GrantTerms,
  type Use,
  captureOf,
  type ScheduleTerms,
  grantRequest,
  linesOf,
  parcelOf,
  quantityOf,
  scheduleRequest,
} from "./support/requests.js";
import { TestStore } from "./support/store.js";

export { type Use, grantRequest, linesOf, plain, quantityOf, scheduleRequest };

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 10 January 2025, 00:00 UTC. */
export const START = Date.UTC(2025, 0, 10);

/** One credit a unit, so that a quantity is its price. */
const ONE_EACH = { currency: "tokens", rate: { credits: 1 } } as const;
const FEATURES = { chat: ONE_EACH, image: ONE_EACH, video: ONE_EACH };

interface Setting {
  /** Default: whole credits, `hard`. */
  readonly currency?: Partial<CurrencyDefinition>;
  readonly features?: Readonly<Record<string, FeatureDefinition>>;
  /** Default: far more than a test needs. */
  readonly mostPins?: number;
}

function catalogOf({ currency, features }: Setting = {}): CompiledCatalog {
  return compileCatalog({
    currencies: { tokens: { name: "Tokens", scale: 0, ...currency }, other: { name: "Other" } },
    features: { ...FEATURES, ...features },
  });
}

/** Type, grant or account, credits, and minor units where there are any. */
type EntryTuple = readonly [string, string, number] | readonly [string, string, number, number];

export function tupleOf({ type, account, grantId, amount, money }: Entry): EntryTuple {
  const where = grantId ?? account;
  return money === null ? [type, where, Number(amount)] : [type, where, Number(amount), Number(money)];
}

/** One wallet over a store of its own; every law is checked after every step. Amounts are whole scaled credits. */
export class TestWallet {
  readonly store: TestStore;
  readonly terms: DecisionTerms;
  /** The ledger entries of the last step, and what it counted as used. */
  written: readonly Entry[] = [];
  counted: Draft["usage"] = [];
  /** The events of the last step. */
  told: readonly WalletEvent[] = [];
  private names: string[] = [];
  private unnamed = 0;

  constructor(
    setting: Setting = {},
    public now: number = START,
  ) {
    const catalog = catalogOf(setting);
    const currency = currencyOf(catalog, "tokens");
    this.terms = {
      catalog,
      currency,
      mostPayments: 1_000,
      mostPins: setting.mostPins ?? 1_000,
      causedId: (_, cause) => cause,
      newId: () => this.names.shift() ?? `id${++this.unnamed}`,
      rateVersionOf: (feature) => `${feature}@1`,
      publicId: (kind, id) => `${kind}:${id}`,
    };
    const names = { customerId: "acme", currency: "tokens", scope: "" };
    this.store = new TestStore(emptyWallet(names, currency), currency);
    this.at(now);
  }

  get wallet(): TestStore["wallet"] {
    return this.store.wallet;
  }

  get entries(): readonly EntryTuple[] {
    return this.written.map(tupleOf);
  }

  /** Time goes on to an instant: what it makes due is done. */
  at(instant: number): this {
    this.now = instant;
    return this.step([]);
  }

  /** Decides requests in order, as one commit. */
  together(requests: readonly Request[], names: readonly string[] = []): readonly (Result | CreditError)[] {
    const outcomes: (Result | CreditError)[] = [];
    this.names = [...names];
    this.step(requests, outcomes);
    this.names = [];
    return outcomes;
  }

  decide(request: Request, names: readonly string[] = []): Result {
    const [outcome] = this.together([request], names);
    if (outcome === undefined || outcome instanceof CreditError) throw outcome ?? new Error("no outcome");
    return outcome;
  }

  private step(requests: readonly Request[], outcomes: (Result | CreditError)[] = []): this {
    const known = this.store.knownFor(requests, this.now);
    const draft = new Draft(this.store.wallet, this.terms, known);
    advance(draft, this.now);
    const receipts: string[] = [];
    for (const request of requests) {
      const before = partsOf(draft);
      const outcome = attempt(draft, request);
      if (!(outcome instanceof CreditError)) receipts.push(outcome.operationId);
      else if (!isSame(before, partsOf(draft))) throw new Error("a denial left a trace");
      outcomes.push(outcome instanceof CreditError ? outcome : outcome.result);
    }
    this.written = draft.entries;
    this.counted = draft.usage;
    this.told = draft.events;
    this.store.commit(draft, receipts);
    return this;
  }

  /** A grant under an id of the test's choosing; promotional unless it has a cost. */
  grant(id: string, amount: number, terms: GrantTerms = {}): Plain<Extract<Result, { kind: "grant" }>> {
    return this.of("grant", grantRequest(amount, terms), [id]);
  }

  withdraw(use: Use, more: { readonly occurredAt?: number; readonly partial?: boolean } = {}) {
    const { occurredAt = null, partial = false } = more;
    return this.of("withdrawal", { kind: "withdraw", lines: linesOf(use), occurredAt, partial });
  }

  reserve(id: string, use: Use, expiresIn: Duration = { hours: 1 }) {
    return this.of("reservation", { kind: "reserve", lines: linesOf(use), expiresIn }, [id]);
  }

  capture(
    reservationId: string,
    what: Capture = "all",
    { final = true, strict = false }: { readonly final?: boolean; readonly strict?: boolean } = {},
  ) {
    const of = captureOf(what);
    return this.of("withdrawal", { kind: "capture", reservationId, of, final, strict });
  }

  release(reservationId: string) {
    return this.of("reservation", { kind: "release", reservationId });
  }

  extend(reservationId: string, expiresIn: Duration) {
    return this.of("reservation", { kind: "extend", reservationId, expiresIn });
  }

  voidGrant(grantId: string) {
    return this.of("grant", { kind: "voidGrant", grantId });
  }

  amend(
    grantId: string,
    change: Partial<Extract<Request, { kind: "amendGrant" }>>,
  ): Plain<Extract<Result, { kind: "grant" }>> {
    const nothing = {
      expiresAt: undefined,
      priority: undefined,
      displayName: undefined,
      metadata: undefined,
    };
    return this.of("grant", { ...nothing, ...change, kind: "amendGrant", grantId });
  }

  adjust(amount: number, more: { readonly grantId?: string; readonly id?: string } = {}) {
    const { grantId = null, id = "new" } = more;
    return this.of("adjustment", { kind: "adjust", amount: BigInt(amount), grantId }, [id]);
  }

  /** `until`: grants that ended live on, under the ids given, up to that instant (null: for ever). */
  reverse(
    withdrawalId: string,
    amount?: number,
    regrant?: { readonly until: number | null; readonly ids: readonly string[] },
  ) {
    return this.of(
      "reversal",
      {
        kind: "reverse",
        withdrawalId,
        amount: amount === undefined ? null : BigInt(amount),
        regrant: regrant === undefined ? null : { expiresAt: regrant.until },
      },
      regrant?.ids,
    );
  }

  refund(grantId: string, amount?: number) {
    return this.of("refund", {
      kind: "refundGrant",
      grantId,
      amount: amount === undefined ? null : BigInt(amount),
    });
  }

  setPolicy(policy: Policy | null) {
    return this.of("policy", { kind: "setPolicy", policy });
  }

  setThresholds(thresholds: Partial<Thresholds> | null) {
    const all = thresholds === null ? null : { ...NO_THRESHOLDS, ...thresholds };
    return this.of("thresholds", { kind: "setThresholds", thresholds: all });
  }

  /** Recurring credits under an id of the test's choosing. */
  schedule(id: string, amount: number | bigint, terms: ScheduleTerms = {}) {
    return this.of("schedule", scheduleRequest(amount, terms), [id]);
  }

  endSchedule(scheduleId: string, when: "now" | "periodEnd" = "now") {
    return this.of("schedule", { kind: "endSchedule", scheduleId, when });
  }

  transferOut(amount: number) {
    return this.of("transferOut", { kind: "transferOut", amount: BigInt(amount) });
  }

  transferIn(parcels: readonly Plain<Parcel>[], ids: readonly string[]) {
    return this.of(
      "transferIn",
      { kind: "transferIn", source: "transfer", parcels: parcels.map(parcelOf) },
      ids,
    );
  }

  /** A grant as it is stored. */
  stored(id: string): Plain<NonNullable<ReturnType<TestStore["grants"]["get"]>>> {
    const grant = this.store.grants.get(id);
    if (grant === undefined) throw new Error(`no grant ${id}`);
    return plain(grant);
  }

  private of<Kind extends Result["kind"]>(
    kind: Kind,
    request: Request,
    names: readonly string[] = [],
  ): Plain<Extract<Result, { kind: Kind }>> {
    const result = this.decide(request, names);
    if (result.kind !== kind) throw new Error(`a ${result.kind}, not a ${kind}`);
    return plain(result as Extract<Result, { kind: Kind }>);
  }
}

/** All that a draft holds, part by part: none of them changes in place. */
export function partsOf({
  wallet,
  entries,
  usage,
  events,
  grants,
  opened,
  records,
}: Draft): readonly unknown[] {
  return [wallet, ...entries, ...usage, ...events, ...[...grants, ...records].flat(), ...opened];
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((part, index) => part === after[index]);
}

function attempt(draft: Draft, request: Request): Decision | CreditError {
  try {
    return decide(draft, request, { actor: "ann", reason: "why" });
  } catch (error) {
    if (error instanceof CreditError) return error;
    throw error;
  }
}

/** What a call was refused with. */
export function refusal(call: () => unknown): Pick<CreditError, "code" | "message" | "details"> {
  try {
    call();
  } catch (error) {
    if (!CreditError.is(error)) throw error;
    const { code, message, details } = error;
    return { code, message, details };
  }
  throw new Error("nothing was refused");
}
