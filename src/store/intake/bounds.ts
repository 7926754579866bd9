import { refuse, describe } from "./intake.js";
import { checkWithin } from "./limits.js";
import { readingGiven } from "./reading.js";

const MAX_POINTS = 1_000;

/**
 * Refuses bounds of usage that make no points, or more than 1,000: the starts of a chart's points, and the end of the
 * last.
 *
 * @throws {StoreError} `limit` or `permanent`.
 */
export function checkBounds(bounds: readonly number[]): void {
  readingGiven("checkBounds", () => refuseUnordered(bounds));
}

function refuseUnordered(bounds: readonly number[]): void {
  const given: unknown = bounds;
  if (!Array.isArray(given)) refuse("bounds must be an array");
  checkWithin(bounds.length - 1, MAX_POINTS, "points of usage");
  if (bounds.length < 2) refuse("bounds must name the start and the end of at least one point");
  bounds.forEach((bound, index) => {
    const next = bounds[index + 1];
    if (!Number.isSafeInteger(bound) || (next !== undefined && next < bound)) {
      refuse(`bounds must be ascending safe integers: ${describe(bound)} at ${index}`);
    }
  });
}
