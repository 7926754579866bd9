import { CreditError, type CreditErrorCode } from "../core/errors.js";
import { StoreError } from "../store/errors.js";

/** Told by its shape, since a store may throw the class of another copy of the package. */
function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === "StoreError" && "kind" in error;
}

export function isAmbiguous(error: unknown): boolean {
  return isStoreError(error) && error.kind === "ambiguous";
}

/** Another try may succeed: nothing happened, or what is stored says what did. */
export function isPassing(error: unknown): boolean {
  return isStoreError(error) && (error.kind === "transient" || error.kind === "ambiguous");
}

/** Refused for its size before anything was sent. */
export function isTooLarge(error: unknown): boolean {
  return isStoreError(error) && error.kind === "limit";
}

/** Refused for what it holds: nothing happened, and the same call fails again. */
export function isRefused(error: unknown): boolean {
  return isStoreError(error) && (error.kind === "limit" || error.kind === "permanent");
}

/** Refused before anything was sent. */
export function wasNotSent(error: unknown): boolean {
  return isStoreError(error) && (error.kind === "limit" || error.kind === "unsupported");
}

/** An error that is none of a store's says nothing about what was written. */
export function mayHaveHappened(error: unknown): boolean {
  return !isStoreError(error) || error.kind === "ambiguous";
}

export function noSnapshot(): StoreError {
  return new StoreError("permanent", "It answered a read with no snapshot.");
}

/** What callers get to see of a store's failure. Defects of the engine pass as they are. */
export function asCreditError(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  switch (error.kind) {
    case "unsupported":
      return caused("unsupported", error.message, error);
    case "limit":
      return caused("over_limit", error.message, error);
    case "ambiguous":
      return caused(
        "store_unavailable",
        "The store did not say whether this was written. Try again with the same idempotency key: it is never applied twice.",
        error,
      );
    case "transient":
    case "permanent":
      return caused(
        "store_unavailable",
        `The store failed: ${error.message} Nothing was written; try again with the same idempotency key.`,
        error,
      );
  }
}

/** Within a transaction of the app: what it holds may be stale, or the database has ended it, so only all of it may be tried again. */
export function asScopedError(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  switch (error.kind) {
    case "unsupported":
    case "limit":
      return asCreditError(error);
    case "transient":
      return caused(
        "store_conflict",
        `The database gave this transaction up: ${error.message} Roll it back, and run the whole transaction again.`,
        error,
      );
    case "ambiguous":
      return caused(
        "store_unavailable",
        "The store did not say whether this was written. Roll the transaction back, and run all of it again with the same idempotency keys: nothing is ever applied twice.",
        error,
      );
    case "permanent":
      return caused(
        "store_unavailable",
        `The store failed: ${error.message} Roll the transaction back; nothing of it was written.`,
        error,
      );
  }
}

function caused(code: CreditErrorCode, message: string, cause: StoreError): CreditError {
  return new CreditError(code, message, {}, { cause });
}
