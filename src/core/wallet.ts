import type { Currency } from "../catalog/catalog.js";
import type { BurnKey, BurnOrder } from "./burn-order.js";
import type { Grant } from "./grant.js";
import type { Policy } from "./policy.js";
import type { Debt, OveragePeriod, Reservation, WithdrawalRecord } from "./records.js";
import type { Attachment } from "./attachments.js";
import type { Budget } from "./budget.js";
import type { Duration } from "./calendar.js";
import type { RateHistory } from "./rate-book.js";
import type { Schedule } from "./schedule.js";
import type { Thresholds } from "./thresholds.js";
import type { TierCount } from "./tier-period.js";
import type { AutoTopUp, TopUp } from "./top-up.js";
import { SortedMap, compareNumbers, compareTexts } from "./sorted-map.js";

/** Whose credits, of which currency, and in which pool apart ("" for the common one). */
export interface WalletNames {
  readonly customerId: string;
  readonly currency: string;
  readonly scope: string;
}

/** The free live credits under one feature restriction, in burn order. */
export interface Pool {
  /** Null: they pay for anything. */
  readonly features: readonly string[] | null;
  readonly free: bigint;
  readonly inBurnOrder: SortedMap<BurnKey, string>;
  /** Latest effective first: late use passes over grants that were not there yet. */
  readonly byEffectiveAt: SortedMap<EffectiveKey, string>;
}

export interface EffectiveKey {
  readonly effectiveAt: number;
  readonly id: string;
}

/** Kinds of what time alone does, in the order in which they happen at one instant. */
export const DUE_RANK = {
  reservationTimeout: 0,
  rollover: 1,
  expiry: 2,
  scheduleEnd: 3,
  refill: 4,
  activation: 5,
  notice: 6,
  topUpCheck: 7,
  autoTopUp: 8,
} as const;

export interface Due {
  readonly at: number;
  readonly rank: (typeof DUE_RANK)[keyof typeof DUE_RANK];
  /** Null for a reservation and for the end of a schedule; of a refill: the grant to come. */
  readonly grant: BurnKey | null;
  readonly id: string;
}

/**
 * One wallet at one moment. Never changed in place. Everything a decision needs is found in time that grows with the
 * grants it touches, not with the grants there are: free credits stand by restriction in burn order, what is due by
 * instant, debts by feature and age.
 */
export interface Wallet {
  readonly names: WalletNames;
  /** The version that the store holds; what was decided since is not in it yet. */
  readonly version: number;
  /** The wallet's own instant; never goes back. */
  readonly clock: number;
  /** Number of the last ledger entry. */
  readonly seq: number;
  readonly eventNo: number;
  /** Number of the last receipt. */
  readonly receiptNo: number;
  readonly balance: bigint;
  readonly overdraft: bigint;
  /** Net credits past zero billed in money, of all time. */
  readonly overage: bigint;
  /** Free credits of live grants. */
  readonly available: bigint;
  readonly held: bigint;
  /** Open credits of grants that are not effective yet. */
  readonly scheduled: bigint;
  /** Open credits of live grants. */
  readonly liveOpen: bigint;
  /** The latest instant at which credits were lost to expiry; null: never. */
  readonly lapsedAt: number | null;
  /** The wallet's own policy; null: the currency's holds. */
  readonly policy: Policy | null;
  readonly watch: Watch;
  /** By id. */
  readonly openGrants: SortedMap<string, Grant>;
  /** By restriction. */
  readonly pools: SortedMap<string, Pool>;
  /** Expired grants that stay open because credits of theirs are held. */
  readonly expiredOpen: SortedMap<string, true>;
  readonly due: SortedMap<Due, true>;
  /** Those that hold credits. */
  readonly reservations: SortedMap<string, Reservation>;
  /** Plans that the customer has, had, or will have, as far as use may still be rated by them. */
  readonly attachments: SortedMap<string, Attachment>;
  /** Those that have not ended. */
  readonly schedules: SortedMap<string, Schedule>;
  /** By id. */
  readonly budgets: SortedMap<string, Budget>;
  /** Of periods that use may still fall into. */
  readonly tierCounts: readonly TierCount[];
  /** What was published, by id: in the engine's own wallet alone. */
  readonly rates: SortedMap<string, RateHistory>;
  /** Headroom that reservations hold under each mode. */
  readonly headroomHeld: { readonly overdraft: bigint; readonly overage: bigint };
  /** By feature ("" for none); within one, by age. */
  readonly debts: SortedMap<string, SortedMap<number, OpenDebt>>;
  /** Those with open debts, by id. */
  readonly owingWithdrawals: SortedMap<string, WithdrawalRecord>;
  /** The latest billing period that saw overage. */
  readonly overagePeriod: OveragePeriod | null;
  /** The one money that the wallet's grants cost, where its burn order compares costs. */
  readonly basisCurrency: string | null;
  /** Those that wait for their payment or owe a refund, by id. */
  readonly topUps: SortedMap<string, TopUp>;
  readonly autoTopUp: AutoTopUp | null;
}

/** What its events are told by. */
export interface Watch {
  /** The wallet's own; null: those of its plans, or the currency's. */
  readonly thresholds: Thresholds | null;
  /** All lead times by which a notice of expiry may be due. */
  readonly leads: readonly Duration[];
  /** The worst that was told of the balance and has not been taken back. */
  readonly told: "low" | "depleted" | null;
  /** Net before all that falls due at the instant under way, where one change had no room for it; else null. */
  readonly netBeforeInstant: bigint | null;
}

export interface OpenDebt extends Debt {
  readonly withdrawalId: string;
}

const NO_COUNTS: readonly TierCount[] = [];

export function emptyWallet(names: WalletNames, currency: Currency): Wallet {
  return {
    names,
    version: 0,
    clock: Number.MIN_SAFE_INTEGER,
    seq: 0,
    eventNo: 0,
    receiptNo: 0,
    balance: 0n,
    overdraft: 0n,
    overage: 0n,
    available: 0n,
    held: 0n,
    scheduled: 0n,
    liveOpen: 0n,
    lapsedAt: null,
    policy: null,
    watch: { thresholds: null, leads: currency.noticeLeads, told: null, netBeforeInstant: null },
    openGrants: SortedMap.empty(compareTexts),
    pools: SortedMap.empty(compareTexts),
    expiredOpen: SortedMap.empty(compareTexts),
    due: SortedMap.empty(dueOrder(currency.burnOrder)),
    reservations: SortedMap.empty(compareTexts),
    attachments: SortedMap.empty(compareTexts),
    budgets: SortedMap.empty(compareTexts),
    schedules: SortedMap.empty(compareTexts),
    tierCounts: NO_COUNTS,
    rates: SortedMap.empty(compareTexts),
    headroomHeld: { overdraft: 0n, overage: 0n },
    debts: SortedMap.empty(compareTexts),
    owingWithdrawals: SortedMap.empty(compareTexts),
    overagePeriod: null,
    basisCurrency: null,
    topUps: SortedMap.empty(compareTexts),
    autoTopUp: null,
  };
}

/** Open credits of live grants, less what is owed. */
export function netOf({ liveOpen, overdraft }: Wallet): bigint {
  return liveOpen - overdraft;
}

function dueOrder(burnOrder: BurnOrder): (a: Due, b: Due) => number {
  return (a, b) =>
    a.at - b.at ||
    a.rank - b.rank ||
    (a.grant !== null && b.grant !== null ? burnOrder(a.grant, b.grant) : compareTexts(a.id, b.id));
}

export function emptyPool(features: readonly string[] | null, burnOrder: BurnOrder): Pool {
  return {
    features,
    free: 0n,
    inBurnOrder: SortedMap.empty(burnOrder),
    byEffectiveAt: SortedMap.empty(latestEffectiveFirst),
  };
}

function latestEffectiveFirst(a: EffectiveKey, b: EffectiveKey): number {
  return b.effectiveAt - a.effectiveAt || compareTexts(a.id, b.id);
}

/** Names a restriction, so that grants restricted alike share a pool. Features are sorted when a grant is made. */
export function restrictionKey(features: readonly string[] | null): string {
  return features === null ? "" : JSON.stringify(features);
}

/** May credits under this restriction pay for the feature? No feature: a withdrawal by amount. */
export function mayPay(features: readonly string[] | null, feature: string | null): boolean {
  return features === null || (feature !== null && features.includes(feature));
}

export function debtsByAge(): SortedMap<number, OpenDebt> {
  return SortedMap.empty(compareNumbers);
}
