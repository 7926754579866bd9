import { CreditError } from "../core/errors.js";
import type { Patience } from "./pace.js";
import type { StoreAccess } from "./store-access.js";
import { isAmbiguous, isPassing } from "./store-failures.js";

/** What the tries before have met. */
export interface Tries {
  /** Why the one before failed, or what is unknown since an earlier one; undefined where neither. */
  readonly failure: unknown;
}

/** Tries that were all spoilt by other writers. */
const MOST_SPOILT_TRIES = 20;

/**
 * Tries until it is done: again at once after another writer was first, after a pause where the store failed in passing.
 *
 * @throws the failure; of several, one that leaves unknown whether something was written.
 */
export async function persevere<Value>(
  patience: Patience,
  attempt: (tries: Tries) => Promise<Value | "spoilt">,
): Promise<Value> {
  let doubt: unknown;
  let failure: unknown;
  let spoilt = 0;
  while (spoilt < MOST_SPOILT_TRIES) {
    try {
      const done = await attempt({ failure });
      if (done !== "spoilt") return done;
      spoilt++;
      failure = doubt;
    } catch (error) {
      if (isAmbiguous(error)) doubt = error;
      failure = doubt ?? error;
      if (!isPassing(error) || !(await patience.pause())) throw failure;
    }
  }
  failure = doubt ?? spoiltTooOften();
  throw failure;
}

/** Runs a read; its failures reach callers as `CreditError`s. */
export async function reading<Value>(
  access: StoreAccess,
  read: (patience: Patience) => Promise<Value>,
): Promise<Value> {
  const patience = access.patience();
  try {
    return await persevere(patience, () => read(patience));
  } catch (error) {
    throw access.failure(error);
  }
}

function spoiltTooOften(): CreditError {
  return new CreditError(
    "store_conflict",
    "Other writers changed this wallet at every try. Nothing was written; try again with the same idempotency key.",
  );
}
