import type { UsageDelta } from "../../store/rows.js";
import { type Sum, copySum } from "../../store/intake/sums.js";
import { compareText } from "./order.js";
import { SortedList } from "./sorted-list.js";

interface Bucket {
  readonly at: number;
  readonly sums: SumsByName;
}

/** Sums by feature and group, at any one place: a quarter-hour, or a point of a chart. */
export class SumsByName {
  readonly #features = new Map<string, Map<string, Sum>>();

  add(feature: string, group: string, delta: Readonly<Sum>): void {
    let groups = this.#features.get(feature);
    if (groups === undefined) this.#features.set(feature, (groups = new Map<string, Sum>()));
    const sum = groups.get(group);
    if (sum === undefined) groups.set(group, copySum(delta));
    else addTo(sum, delta);
  }

  /** In order of feature, then group. */
  *inOrder(): Generator<
    { readonly feature: string; readonly group: string; readonly sum: Readonly<Sum> },
    undefined
  > {
    for (const [feature, groups] of sortedByName(this.#features)) {
      for (const [group, sum] of sortedByName(groups)) yield { feature, group, sum };
    }
  }
}

/** The usage counters of one wallet. */
export class Counters {
  readonly #buckets = new SortedList<Bucket>((a, b) => a.at - b.at);

  add(delta: UsageDelta): void {
    const { bucketAt, feature, group } = delta;
    const last = this.#buckets.last();
    this.#bucket(last?.at === bucketAt ? last : undefined, bucketAt).sums.add(feature, group, delta);
  }

  /** Buckets of `from` and later, in order. */
  from(from: number): Generator<Bucket, undefined> {
    return this.#buckets.from((bucket) => bucket.at < from);
  }

  #bucket(likely: Bucket | undefined, at: number): Bucket {
    if (likely !== undefined) return likely;
    const fresh = { at, sums: new SumsByName() };
    return this.#buckets.add(fresh) ? fresh : (this.#buckets.find(fresh) ?? fresh);
  }
}

function addTo(sum: Sum, delta: Readonly<Sum>): void {
  sum.quantity += delta.quantity;
  sum.quantityFraction += delta.quantityFraction;
  sum.amount += delta.amount;
  sum.count += delta.count;
}

function sortedByName<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].toSorted(([a], [b]) => compareText(a, b));
}
