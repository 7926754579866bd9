import type { Catalog, ChartDimension, CurrencyId, FeatureId } from "../catalog/define.js";
import type { InstantInput, MoneyInput, PolicyInput } from "../catalog/definition.js";
import type { Duration } from "../core/calendar.js";
import type { DecimalInput } from "../core/decimal.js";
import type { LedgerEntryType } from "../core/entry.js";
import type { GrantStatus } from "../core/grant.js";

/** Whose wallet. `scope` names a pool apart from the customer's common one. */
export interface CustomerRef {
  readonly customerId: string;
  readonly scope?: string | undefined;
}

export interface WalletRef<C extends Catalog> extends CustomerRef {
  readonly currency: CurrencyId<C>;
}

/** What may stand on every mutation; all of it is kept in the audit trail. */
export interface MutationNotes {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Any JSON object of at most 4 KiB. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Where a repeat would move credits twice. A repeat with the same key and request gets the first result again. */
export interface KeyedMutation extends MutationNotes {
  /** Yours, at most 255 bytes; unique within the wallet. */
  readonly idempotencyKey: string;
}

/** Where a repeat is harmless, a key is made up if none is given. */
export interface HarmlessMutation extends MutationNotes {
  readonly idempotencyKey?: string | undefined;
}

type FeaturesOf<C extends Catalog, K extends string> = readonly FeatureId<C, K>[];

interface GrantTerms<C extends Catalog, K extends CurrencyId<C>> extends CustomerRef, KeyedMutation {
  readonly currency: K;
  /** Credits, above zero. */
  readonly amount: DecimalInput;
  /** Where it came from ("stripe:in_123", "signup"); default: the category. */
  readonly source?: string | undefined;
  /** 0–1,000,000, lower burns first; default 50. */
  readonly priority?: number | undefined;
  /** Default: now. */
  readonly effectiveAt?: InstantInput | undefined;
  /** First instant at which it is gone; default: never. */
  readonly expiresAt?: InstantInput | null | undefined;
  /** It pays only for these; default: for anything. */
  readonly features?: FeaturesOf<C, K> | undefined;
  readonly displayName?: string | undefined;
}

/** A paid grant states its cost, a promotional one has none. */
export type GrantRequest<C extends Catalog> = {
  [K in CurrencyId<C>]: GrantTerms<C, K> &
    (
      | {
          readonly category: "paid";
          readonly cost: MoneyInput;
          /** It is `pending`, and counts for nothing, until `markGrantPaid`; `voidGrant` cancels it. Default false. */
          readonly awaitsPayment?: boolean | undefined;
        }
      | {
          readonly category: "promotional";
          readonly cost?: undefined;
          readonly awaitsPayment?: false | undefined;
        }
    );
}[CurrencyId<C>];

/** Values by which a rate may `match` and usage may be grouped. */
export type Dimensions = Readonly<Record<string, string>>;

export interface UsageItem<F extends string = string> {
  readonly feature: F;
  /** At most 12 decimal places. */
  readonly quantity: DecimalInput;
  readonly dimensions?: Dimensions | undefined;
}

/** Only one way to say what is used may stand in a request: the names of the others stay undefined. */
type Without<Names extends string> = { readonly [Name in Names]?: undefined };

/** What is used: one feature, credits outright, or several features of one currency as one event. */
export type UsageOf<C extends Catalog> =
  | (UsageItem<FeatureId<C>> & Without<"currency" | "amount" | "items">)
  | ({
      readonly currency: CurrencyId<C>;
      readonly amount: DecimalInput;
    } & Without<"feature" | "quantity" | "dimensions" | "items">)
  | ({
      readonly [K in CurrencyId<C>]: { readonly items: readonly UsageItem<FeatureId<C, K>>[] };
    }[CurrencyId<C>] &
      Without<"feature" | "quantity" | "dimensions" | "currency" | "amount">);

export type WithdrawRequest<C extends Catalog> = CustomerRef &
  KeyedMutation &
  UsageOf<C> & {
    /** When it was used; default now. At most the currency's `lateWindow` back and 5 minutes ahead. */
    readonly occurredAt?: InstantInput | undefined;
    /** Take what is there and return the `shortfall`; default false: all or nothing. */
    readonly partial?: boolean | undefined;
  };

export type ReserveRequest<C extends Catalog> = CustomerRef &
  KeyedMutation &
  UsageOf<C> & {
    /** At most 7 days. */
    readonly expiresIn: Duration;
  };

/** What was used of a reservation; none of these: all that is left of it. */
export type CaptureOf<C extends Catalog> =
  | Without<"quantity" | "amount" | "items">
  | ({ readonly quantity: DecimalInput } & Without<"amount" | "items">)
  | ({ readonly amount: DecimalInput } & Without<"quantity" | "items">)
  | ({ readonly items: readonly UsageItem<FeatureId<C>>[] } & Without<"quantity" | "amount">);

export type CaptureRequest<C extends Catalog> = KeyedMutation &
  CaptureOf<C> & {
    readonly reservationId: string;
    /** Free the rest and close; default true. */
    readonly final?: boolean | undefined;
    /** Deny, and change nothing, where the hold and the policy do not cover it; default false. */
    readonly strict?: boolean | undefined;
  };

export interface ReleaseRequest extends HarmlessMutation {
  readonly reservationId: string;
}

export interface ExtendRequest extends HarmlessMutation {
  readonly reservationId: string;
  /** From now; at most 7 days after the reserve. */
  readonly expiresIn: Duration;
}

export interface VoidGrantRequest extends HarmlessMutation {
  readonly grantId: string;
}

export interface AmendGrantRequest extends HarmlessMutation {
  readonly grantId: string;
  /** `null`: never. */
  readonly expiresAt?: InstantInput | null | undefined;
  readonly priority?: number | undefined;
  readonly displayName?: string | null | undefined;
  /** Replaces the grant's metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface AdjustRequest<C extends Catalog> extends WalletRef<C>, KeyedMutation {
  /** Signed: up is a new promotional grant, down takes free credits. Not zero. */
  readonly amount: DecimalInput;
  /** Down: only from this grant. */
  readonly grantId?: string | undefined;
  readonly actor: string;
  readonly reason: string;
}

export interface ReverseRequest extends KeyedMutation {
  readonly withdrawalId: string;
  /** Credits; default: all that is left of the withdrawal. */
  readonly amount?: DecimalInput | undefined;
  /** Credits of grants that have ended since live on in a new grant; default false: they are lost likewise. */
  readonly regrant?: boolean | { readonly expiresAt?: InstantInput | null | undefined } | undefined;
}

export interface RefundGrantRequest extends KeyedMutation {
  readonly grantId: string;
  /** Credits; default: all that are free. */
  readonly amount?: DecimalInput | undefined;
}

export interface TransferRequest<C extends Catalog> extends KeyedMutation {
  readonly from: string | CustomerRef;
  readonly to: string | CustomerRef;
  readonly currency: CurrencyId<C>;
  /** Credits, above zero. */
  readonly amount: DecimalInput;
}

export interface SetPolicyRequest<C extends Catalog> extends WalletRef<C>, HarmlessMutation {
  /** `null`: back to the currency's policy. */
  readonly policy: PolicyInput | null;
}

export interface BalanceRequest<C extends Catalog> extends WalletRef<C> {
  /** Past or now; default now. */
  readonly at?: InstantInput | undefined;
  /** Of now; the past is read from the ledger. */
  readonly consistency?: Consistency | undefined;
}

/**
 * How recent what a read sees must be. `strict`, the default, asks the store, and sees every commit that was acknowledged
 * before, to whatever process. `cached` may answer from memory what the store was seen to have at most so many milliseconds
 * ago: this process's own commits are in it at once, those of others perhaps not yet. Time itself is never stale: what has
 * expired since has expired. Mutations never rest on it.
 */
export type Consistency = "strict" | { readonly cached: { readonly maxStaleMs: number } };

export type CheckRequest<C extends Catalog> = CustomerRef &
  UsageOf<C> & {
    readonly occurredAt?: InstantInput | undefined;
    readonly consistency?: Consistency | undefined;
  };

export interface ExplainRequest<C extends Catalog> extends WalletRef<C> {
  readonly feature?: FeatureId<C> | undefined;
  readonly dimensions?: Dimensions | undefined;
}

export interface UsageRequest<C extends Catalog> extends WalletRef<C> {
  /** Only this one; default: all of the currency, and what was withdrawn by amount. */
  readonly feature?: FeatureId<C> | undefined;
  /** By when it was used (`occurredAt`); widened to whole quarter-hours of UTC, as usage is counted. */
  readonly from: InstantInput;
  /** Left out itself. */
  readonly to: InstantInput;
  /** How long a bucket is, by the clocks of `timeZone`; weeks begin on Monday. At most 1,000 buckets. */
  readonly every: "hour" | "day" | "week" | "month";
  /** An IANA name such as `Europe/Berlin`; default `UTC`. */
  readonly timeZone?: string | undefined;
  /** Only use with these values of dimensions that the currency's `chartDimensions` name; default: all. */
  readonly dimensions?: { readonly [Name in ChartDimension<C>]?: string | undefined } | undefined;
  /** `feature`: each bucket lists its features, too; a charted dimension: its values. */
  readonly groupBy?: "feature" | { readonly dimension: ChartDimension<C> } | undefined;
}

export interface PageRequest {
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** 1–1,000; default 100. */
  readonly limit?: number | undefined;
}

export interface GrantsRequest<C extends Catalog> extends WalletRef<C>, PageRequest {
  /** Default: every status. */
  readonly status?: GrantStatus | readonly GrantStatus[] | undefined;
}

export interface LedgerRequest<C extends Catalog> extends WalletRef<C>, PageRequest {
  readonly types?: readonly LedgerEntryType[] | undefined;
  readonly feature?: FeatureId<C> | undefined;
  /** Recorded at or after. */
  readonly from?: InstantInput | undefined;
  /** Recorded before. */
  readonly to?: InstantInput | undefined;
  /** By sequence number; default "asc". */
  readonly order?: "asc" | "desc" | undefined;
}

/** Covers all wallets of a customer; of one scope where it is given. */
export interface AuditRequest extends CustomerRef, PageRequest {
  readonly actor?: string | undefined;
  readonly from?: InstantInput | undefined;
  readonly to?: InstantInput | undefined;
}
