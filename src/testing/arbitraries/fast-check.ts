import type fc from "fast-check";

/**
 * The caller's fast-check. It is handed in, not imported: `coffer/testing` loads without it, and values come from the
 * one that runs the properties.
 */
export type FastCheck = typeof fc;
export type { Arbitrary } from "fast-check";
