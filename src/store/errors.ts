/**
 * The only error that a store throws.
 * - transient: nothing happened; the same call may succeed (serialisation, deadlock, busy, no connection yet).
 * - ambiguous: it may have happened, or may happen yet (the answer was lost after the request was sent).
 * - permanent: nothing happened; the same call fails again (constraint, permission, schema, corruption).
 * - limit / unsupported: refused before anything was sent.
 * An error of the driver that no rule classes is `ambiguous` for commit and transact, `permanent` for reads.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  constructor(
    readonly kind: "transient" | "ambiguous" | "permanent" | "limit" | "unsupported",
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
