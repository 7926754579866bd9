import type { UsagePoint, UsageQuery } from "../../store/queries.js";
import { checkBounds } from "../../store/intake/bounds.js";
import { normalised } from "../../store/intake/sums.js";
import { SumsByName } from "./counters.js";
import type { Parts } from "./parts.js";
import { takeKey } from "../../store/intake/take-change.js";

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

function pointsAt(index: number, sums: SumsByName): UsagePoint[] {
  return Array.from(sums.inOrder(), ({ feature, group, sum }) => ({
    index,
    feature,
    group,
    ...normalised(sum),
  }));
}
