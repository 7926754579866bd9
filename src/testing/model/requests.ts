import type { Dimensions, ModelDecimal, ModelDuration, ModelPolicy } from "./catalog.js";
import type { ModelMoney } from "./decimal.js";

/** Every mutation may say who did it and why, and may carry a key. */
interface Mutation {
  readonly idempotencyKey?: string | undefined;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

export interface ModelWalletName {
  readonly customerId: string;
  readonly scope?: string | undefined;
}

export interface ModelItem {
  readonly feature: string;
  readonly quantity: ModelDecimal;
  readonly dimensions?: Dimensions | undefined;
}

/** What is used: one feature, several of them, or plain credits of a currency. */
export interface ModelUse {
  readonly feature?: string | undefined;
  readonly quantity?: ModelDecimal | undefined;
  readonly dimensions?: Dimensions | undefined;
  readonly items?: readonly ModelItem[] | undefined;
  readonly currency?: string | undefined;
  readonly amount?: ModelDecimal | undefined;
}

export interface GrantRequest extends Mutation, ModelWalletName {
  readonly currency: string;
  readonly amount: ModelDecimal;
  readonly category: "paid" | "promotional";
  readonly cost?: ModelMoney | undefined;
  readonly source?: string | undefined;
  readonly priority?: number | undefined;
  readonly effectiveAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly features?: readonly string[] | undefined;
  readonly displayName?: string | undefined;
}

export interface WithdrawRequest extends Mutation, ModelWalletName, ModelUse {
  readonly occurredAt?: number | undefined;
  readonly partial?: boolean | undefined;
}

export interface ReserveRequest extends Mutation, ModelWalletName, ModelUse {
  readonly expiresIn: ModelDuration;
}

export interface CaptureRequest extends Mutation {
  readonly reservationId: string;
  readonly quantity?: ModelDecimal | undefined;
  readonly amount?: ModelDecimal | undefined;
  readonly items?: readonly ModelItem[] | undefined;
  readonly final?: boolean | undefined;
  readonly strict?: boolean | undefined;
}

export interface ExtendRequest extends Mutation {
  readonly reservationId: string;
  readonly expiresIn: ModelDuration;
}

export interface ReleaseRequest extends Mutation {
  readonly reservationId: string;
}

export interface VoidGrantRequest extends Mutation {
  readonly grantId: string;
}

export interface AmendGrantRequest extends Mutation {
  readonly grantId: string;
  readonly expiresAt?: number | null | undefined;
  readonly priority?: number | undefined;
  readonly displayName?: string | undefined;
}

export interface AdjustRequest extends Mutation, ModelWalletName {
  readonly currency: string;
  readonly amount: ModelDecimal;
  readonly grantId?: string | undefined;
}

export interface ReverseRequest extends Mutation {
  readonly withdrawalId: string;
  readonly amount?: ModelDecimal | undefined;
  readonly regrant?: boolean | { readonly expiresAt?: number | undefined } | undefined;
}

export interface RefundGrantRequest extends Mutation {
  readonly grantId: string;
  readonly amount?: ModelDecimal | undefined;
}

export interface TransferRequest extends Mutation {
  readonly from: string | ModelWalletName;
  readonly to: string | ModelWalletName;
  readonly currency: string;
  readonly amount: ModelDecimal;
}

export interface SetPolicyRequest extends Mutation, ModelWalletName {
  readonly currency: string;
  readonly policy: ModelPolicy | null;
}

/** The verbs of the model with their requests: decimals as strings, instants as UTC milliseconds. */
export interface ModelRequests {
  grant: GrantRequest;
  withdraw: WithdrawRequest;
  reserve: ReserveRequest;
  capture: CaptureRequest;
  extend: ExtendRequest;
  release: ReleaseRequest;
  voidGrant: VoidGrantRequest;
  amendGrant: AmendGrantRequest;
  adjust: AdjustRequest;
  reverse: ReverseRequest;
  refundGrant: RefundGrantRequest;
  transfer: TransferRequest;
  setPolicy: SetPolicyRequest;
}

export type ModelVerb = keyof ModelRequests;
