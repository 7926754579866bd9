import type { Currency } from "../catalog/catalog.js";

/** To be added to the usage counter of a feature at an instant. */
export interface UsageCount {
  readonly at: number;
  /** "" for withdrawals by amount. */
  readonly feature: string;
  /** Which values of the charted dimensions it had: see `chartGroup`. */
  readonly group: string;
  /** Scaled quantity. */
  readonly quantity: bigint;
  /** Scaled credits, negative for a reversal. */
  readonly amount: bigint;
  readonly count: number;
}

/** What stores have room for beside the other parts of a counter's key. */
const LONGEST_GROUP_BYTES = 384;
const BYTES_OF_A_UNIT = 3;

/**
 * The values of the dimensions that a currency's charts tell apart, as canonical JSON; "" for none. Use is never refused
 * for the sake of a chart: values that are too long together count as none.
 *
 * @param dimensions All dimensions of a line, as canonical JSON.
 */
export function chartGroup(
  { chartDimensions }: Pick<Currency, "chartDimensions">,
  dimensions: string | null,
): string {
  if (chartDimensions.length === 0 || dimensions === null) return "";
  const given = JSON.parse(dimensions) as Readonly<Record<string, string>>;
  const charted = chartDimensions.filter((name) => Object.hasOwn(given, name));
  if (charted.length === 0) return "";
  const group = JSON.stringify(Object.fromEntries(charted.map((name) => [name, given[name]])));
  return byteLength(group) <= LONGEST_GROUP_BYTES ? group : "";
}

function byteLength(text: string): number {
  const most = text.length * BYTES_OF_A_UNIT;
  return most <= LONGEST_GROUP_BYTES ? most : new TextEncoder().encode(text).length;
}

/** The value of a dimension that a group names; null: none. */
export function valueIn(group: string, dimension: string): string | null {
  if (group === "") return null;
  const values = JSON.parse(group) as Readonly<Record<string, string>>;
  return Object.hasOwn(values, dimension) ? (values[dimension] ?? null) : null;
}
