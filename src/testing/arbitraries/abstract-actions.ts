/** What a step may do, before it is known what was made by then: things are named by their place among those made. */
import type { ModelDuration, ModelItem, ModelMoney, ModelPolicy } from "../model/index.js";
import type { Turn } from "./values.js";

export type AbstractUse =
  | { readonly how: "feature"; readonly item: ModelItem }
  | { readonly how: "amount"; readonly amount: string }
  | { readonly how: "items"; readonly items: readonly ModelItem[] };

export type AbstractCapture =
  | { readonly how: "rest" }
  | { readonly how: "quantity"; readonly quantity: string }
  | { readonly how: "amount"; readonly amount: string }
  | { readonly how: "items"; readonly items: readonly ModelItem[] };

/** One of the things made so far, counted from the last; or one that was never made. */
interface Named {
  readonly target: number;
  readonly unknown: boolean;
}
/** Verbs whose key may be left out. */
interface Keyed {
  readonly keyed: boolean;
}
interface InWallet {
  /** Its place among `WALLETS`. */
  readonly wallet: number;
}

interface Actions {
  grant: InWallet & {
    readonly amount: string;
    readonly cost: ModelMoney | undefined;
    readonly priority: number | undefined;
    /** Milliseconds from now. */
    readonly effective: number | undefined;
    readonly expires: number | Turn | undefined;
    readonly features: readonly string[] | undefined;
    readonly displayName: string | undefined;
  };
  voidGrant: Named & Keyed & { readonly held: boolean };
  amendGrant: Named & Keyed & { readonly expires: number | Turn | undefined; readonly priority: number };
  refundGrant: Named & { readonly amount: string | undefined };
  withdraw: InWallet & {
    readonly use: AbstractUse;
    readonly partial: boolean;
    /** How many milliseconds before now it occurred, or at which turn. */
    readonly late: number | Turn | undefined;
  };
  reserve: InWallet & { readonly use: AbstractUse; readonly lifetime: ModelDuration | Turn };
  capture: Named & {
    readonly captured: AbstractCapture;
    readonly final: boolean | undefined;
    readonly strict: boolean;
  };
  extend: Named & Keyed & { readonly lifetime: ModelDuration | Turn };
  release: Named & Keyed;
  adjust: InWallet & {
    readonly amount: string;
    readonly down: boolean;
    readonly target: number | undefined;
  };
  reverse: Named & { readonly amount: string | undefined; readonly regrant: true | number | undefined };
  transfer: { readonly from: number; readonly to: number; readonly amount: string };
  setPolicy: InWallet & Keyed & { readonly policy: ModelPolicy | null };
  /** An earlier request once more: as it was, with another word in it, or its key on another request. */
  again: { readonly target: number; readonly how: "same" | "changed" | "other" };
  unknownCurrency: Record<never, never>;
}

export type ActionKind = keyof Actions;
export type ActionOf<Kind extends ActionKind> = { readonly kind: Kind } & Actions[Kind];
export type AbstractAction = { [Kind in ActionKind]: ActionOf<Kind> }[ActionKind];
