import type { GrantRow } from "../store/rows.js";

/** What is deferred of a grant, in minor units. */
export function deferredMinor({
  cost,
  costRecognised,
  costBreakage,
  costRefunded,
  costMoved,
}: GrantRow): bigint {
  return cost === null ? 0n : cost - costRecognised - costBreakage - costRefunded - costMoved;
}
