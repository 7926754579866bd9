import { StoreError } from "../errors.js";

/** Reads the options of a store; whatever they throw meanwhile, or nothing at all, is their giver's to mend. */
export function reading<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("permanent", `${what}: give its options as a plain object.`, { cause });
  }
}
