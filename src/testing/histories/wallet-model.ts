import type { Invocation, WalletCall, WalletOutcome } from "./history.js";

/** What a key was used for first. */
interface Receipt {
  readonly kind: "grant" | "withdraw";
  readonly amount: bigint;
  readonly available: bigint;
  /** Null as long as nobody was told. */
  readonly id: string | null;
}

/** One wallet under a hard policy: what is free, and the keys that were used and may be met again. */
export interface WalletState {
  readonly available: bigint;
  readonly receipts: ReadonlyMap<string, Receipt>;
}

export const EMPTY_WALLET: WalletState = { available: 0n, receipts: new Map() };

/** What a call does in a state, one call at a time. */
export interface Step {
  readonly next: WalletState;
  /** It moved no credits: who comes after finds what it found. */
  readonly isIdle: boolean;
}

/**
 * Steps the wallet by one call.
 *
 * @param outcome what its caller was told; null where nobody was told.
 * @returns null where the call could not have had this outcome here.
 */
export function step(state: WalletState, call: WalletCall, outcome: WalletOutcome | null): Step | null {
  const idle = { next: state, isIdle: true };
  if (call.kind === "balance") {
    if (outcome === null) return idle;
    return outcome.kind === "read" && outcome.available === state.available ? idle : null;
  }
  const receipt = state.receipts.get(call.key);
  if (receipt !== undefined) return replay(state, call, receipt, outcome);
  const available = state.available + (call.kind === "grant" ? call.amount : -call.amount);
  if (available < 0n) {
    const isDenied = outcome === null || (outcome.kind === "denied" && outcome.available === state.available);
    return isDenied ? idle : null;
  }
  if (outcome !== null && (outcome.kind !== "done" || outcome.available !== available)) return null;
  const { kind, key, amount } = call;
  const first: Receipt = { kind, amount, available, id: outcome?.id ?? null };
  return { next: { available, receipts: new Map(state.receipts).set(key, first) }, isIdle: false };
}

function replay(
  state: WalletState,
  call: Exclude<WalletCall, { kind: "balance" }>,
  receipt: Receipt,
  outcome: WalletOutcome | null,
): Step | null {
  const idle = { next: state, isIdle: true };
  if (outcome === null) return idle;
  if (receipt.kind !== call.kind || receipt.amount !== call.amount)
    return outcome.kind === "conflict" ? idle : null;
  if (outcome.kind !== "done" || outcome.available !== receipt.available) return null;
  if (receipt.id !== null) return outcome.id === receipt.id ? idle : null;
  // Nobody was told when it was applied: the first who repeats it learns its id.
  const told = new Map(state.receipts).set(call.key, { ...receipt, id: outcome.id });
  return { next: { ...state, receipts: told }, isIdle: true };
}

/** Receipts are kept only for keys that come again: a history of thousands of calls has few of these. */
export function without(state: WalletState, key: string): WalletState {
  if (!state.receipts.has(key)) return state;
  const receipts = new Map(state.receipts);
  receipts.delete(key);
  return { ...state, receipts };
}

/** Equal for equal states. */
export function digest({ available, receipts }: WalletState): string {
  const keys = [...receipts].map(([key, { available: left, id }]) => `${key}=${left}/${id ?? ""}`);
  return `${available};${keys.sort().join(";")}`;
}

export function describe({ process, call, outcome }: Invocation): string {
  const asked =
    call.kind === "balance" ? "reads the balance" : `${call.kind}s ${call.amount} by key ${call.key}`;
  return `${process} ${asked}: ${told(outcome)}`;
}

function told(outcome: WalletOutcome | null): string {
  switch (outcome?.kind) {
    case undefined:
      return "never answered";
    case "done":
      return `done as ${outcome.id}, ${outcome.available} left`;
    case "denied":
      return `denied, ${outcome.available} available`;
    case "conflict":
      return "the key was used for another request";
    case "read":
      return `${outcome.available} available`;
    case "none":
      return "nothing was done";
  }
}
