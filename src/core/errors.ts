/** Every code that a {@link CreditError} can bear. Codes are stable: they are part of the API. */
export type CreditErrorCode =
  | "invalid_input"
  | "insufficient_credits"
  | "budget_exceeded"
  | "consent_required"
  | "idempotency_conflict"
  | "unknown_currency"
  | "unknown_feature"
  | "unknown_plan"
  | "no_rate"
  | "grant_not_found"
  | "grant_closed"
  | "withdrawal_not_found"
  | "reservation_not_found"
  | "reservation_closed"
  | "reservation_expired"
  | "schedule_not_found"
  | "subscription_not_found"
  | "top_up_not_found"
  | "over_limit"
  | "occurred_at_out_of_window"
  | "store_conflict"
  | "store_unavailable"
  | "unsupported";

const RETRYABLE: ReadonlySet<CreditErrorCode> = new Set(["store_conflict", "store_unavailable"]);

/** Registered symbols are shared by every copy of the package in a process, so the brand outlives `instanceof`. */
const BRAND = Symbol.for("coffer.CreditError");

/**
 * The only error that Coffer throws. `message` says what was wrong, with which value, and what to do.
 *
 * @example
 * ```ts
 * import { CreditError } from "coffer";
 *
 * try {
 *   await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1500, idempotencyKey: "req_1" });
 * } catch (error) {
 *   if (CreditError.is(error, "insufficient_credits")) console.log("top up:", error.details["shortfall"]);
 *   else throw error;
 * }
 * ```
 */
export class CreditError extends Error {
  override readonly name = "CreditError";
  /** True where the same call may succeed later without anything being changed by the caller. */
  readonly retryable: boolean;

  constructor(
    readonly code: CreditErrorCode,
    message: string,
    /** Facts for programs; amounts are decimal strings. Which keys stand here depends on the code. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.retryable = RETRYABLE.has(code);
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Is this a `CreditError` (of this code)? Holds across copies of the package, ESM and CJS, and realms. */
  static is(error: unknown, code?: CreditErrorCode): error is CreditError {
    try {
      return (
        typeof error === "object" &&
        error !== null &&
        BRAND in error &&
        (code === undefined || ("code" in error && error.code === code))
      );
    } catch {
      // A proxy that throws when it is looked at.
      return false;
    }
  }
}

export function invalidInput(message: string, details?: Readonly<Record<string, unknown>>): CreditError {
  return new CreditError("invalid_input", message, details);
}

/** A state that the rules make impossible: a defect of the engine or a damaged store, never the caller's fault. */
export function impossible(what: string): Error {
  return new Error(`coffer: impossible state: ${what}. Please report this; nothing was written.`);
}

export function tooManyCredits(): CreditError {
  return new CreditError(
    "over_limit",
    "With the credits that this brings back the wallet would hold more than can be kept. Ask for less at a time.",
  );
}
