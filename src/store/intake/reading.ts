import { StoreError } from "../errors.js";

/** Refuses options that there are none of: a misspelt one must not be passed over. A long text has millions of keys. */
export function refuseUnknown(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object") throw notPlain(what);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new StoreError(
    "unsupported",
    `${what}: there is no option ${JSON.stringify(unknown.slice(0, LONGEST_NAME_SHOWN))}; there are ${known.join(", ")}.`,
  );
}

const LONGEST_NAME_SHOWN = 50;

/** Reads the options of a store; whatever they throw meanwhile, or nothing at all, is their giver's to mend. */
export function reading<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw notPlain(what, cause);
  }
}

/** Reads what a caller without types may have given: whatever is not of its type is refused, and would be again. */
export function readingGiven<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("permanent", `${what}: what was given is not of the types of the contract.`, {
      cause,
    });
  }
}

function notPlain(what: string, cause?: unknown): StoreError {
  return new StoreError("permanent", `${what}: give its options as a plain object.`, { cause });
}
