import type { UsagePoint, UsageQuery } from "../../store/queries.js";
import { normalised, SumsByName } from "./counters.js";
import { refuse } from "./intake.js";
import { checkWithin } from "./limits.js";
import type { Parts } from "./parts.js";
import { takeKey } from "./take-change.js";

const MAX_POINTS = 1_000;

/** In order of (index, feature, group). */
export function usage(parts: Parts, query: UsageQuery): UsagePoint[] {
  checkBounds(query.bounds);
  const wallet = parts.find(takeKey(query.key));
  const [first] = query.bounds;
  if (wallet === undefined || first === undefined) return [];
  const points = new Map<number, SumsByName>();
  let index = 0;
  for (const { at, sums } of wallet.usage.from(first)) {
    while (at >= (query.bounds[index + 1] ?? Infinity)) index += 1;
    if (index >= query.bounds.length - 1) break;
    let point = points.get(index);
    if (point === undefined) points.set(index, (point = new SumsByName()));
    for (const { feature, group, sum } of sums.inOrder()) {
      if (query.features === undefined || query.features.includes(feature)) point.add(feature, group, sum);
    }
  }
  return [...points].flatMap(([index, sums]) => pointsAt(index, sums));
}

function checkBounds(bounds: readonly number[]): void {
  checkWithin(bounds.length - 1, MAX_POINTS, "points of usage");
  if (bounds.length < 2) refuse("bounds must name the start and the end of at least one point");
  bounds.forEach((bound, index) => {
    const next = bounds[index + 1];
    if (!Number.isSafeInteger(bound) || (next !== undefined && next < bound)) {
      refuse(`bounds must be ascending safe integers: ${bound} at ${index}`);
    }
  });
}

function pointsAt(index: number, sums: SumsByName): UsagePoint[] {
  return Array.from(sums.inOrder(), ({ feature, group, sum }) => ({
    index,
    feature,
    group,
    ...normalised(sum),
  }));
}
