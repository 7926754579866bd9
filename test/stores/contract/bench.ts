import { expect } from "vitest";

/** A rejection by its kind alone. */
export function failed(kind: string): unknown {
  return expect.objectContaining({ name: "StoreError", kind });
}
