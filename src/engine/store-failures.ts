import { CreditError } from "../core/errors.js";
import { StoreError } from "../store/errors.js";

/** Told by its shape, since a store may throw the class of another copy of the package. */
function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === "StoreError" && "kind" in error;
}

export function isTransient(error: unknown): boolean {
  return isStoreError(error) && error.kind === "transient";
}

export function isAmbiguous(error: unknown): boolean {
  return isStoreError(error) && error.kind === "ambiguous";
}

/** Refused for its size before anything was sent. */
export function isTooLarge(error: unknown): boolean {
  return isStoreError(error) && error.kind === "limit";
}

/** Refused for what it holds: nothing happened, and the same call fails again. */
export function isRefused(error: unknown): boolean {
  return isStoreError(error) && (error.kind === "limit" || error.kind === "permanent");
}

export function noSnapshot(): StoreError {
  return new StoreError("permanent", "It answered a read with no snapshot.");
}

/** What callers get to see of a store's failure. Defects of the engine pass as they are. */
export function asCreditError(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  switch (error.kind) {
    case "unsupported":
      return new CreditError("unsupported", error.message, {}, { cause: error });
    case "limit":
      return new CreditError("over_limit", error.message, {}, { cause: error });
    case "ambiguous":
      return new CreditError(
        "store_unavailable",
        "The store did not say whether this was written. Try again with the same idempotency key: it is never applied twice.",
        {},
        { cause: error },
      );
    case "transient":
    case "permanent":
      return new CreditError(
        "store_unavailable",
        `The store failed: ${error.message} Nothing was written; try again with the same idempotency key.`,
        {},
        { cause: error },
      );
  }
}
