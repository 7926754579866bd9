import type * as z from "zod";
import type { Currency } from "../../catalog/catalog.js";
import { featureOf } from "../../catalog/catalog.js";
import { show } from "../../catalog/parse-input.js";
import { QUANTITY_PLACES, QUANTITY_UNIT, sum } from "../../core/amounts.js";
import { chartBounds } from "../../core/chart-bounds.js";
import { toDecimal } from "../../core/decimal.js";
import { valueIn } from "../../core/usage.js";
import { CreditError, invalidInput } from "../../core/errors.js";
import type { UsagePoint } from "../../store/queries.js";
import type { UsageBucket, UsageSums } from "../api-read-results.js";
import { namesOf, parseRequest } from "../parse.js";
import { reading } from "../persevere.js";
import { creditsOf } from "../present.js";
import { usageSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";

const MOST_BUCKETS = 1_000;

type GroupBy = z.output<typeof usageSchema>["groupBy"];

export async function usage(services: Services, request: unknown): Promise<readonly UsageBucket[]> {
  const { input } = parseRequest(usageSchema, request, "usage");
  const { feature, dimensions = {}, from, to, every, timeZone = "UTC", groupBy } = input;
  const handle = services.handle(namesOf(input, input.currency));
  if (feature !== undefined) checkFeature(services, handle.currency, feature);
  for (const name of Object.keys(dimensions)) checkCharted(handle.currency, name, "dimensions");
  if (typeof groupBy === "object") checkCharted(handle.currency, groupBy.dimension, "groupBy.dimension");
  if (from >= to)
    throw invalidInput(
      `usage: \`from\` (${new Date(from).toISOString()}) must lie before \`to\` (${new Date(to).toISOString()}).`,
      { field: "from" },
    );
  const bounds = chartBounds({ from, to }, every, timeZone, MOST_BUCKETS);
  if (bounds.length > MOST_BUCKETS + 1)
    throw new CreditError(
      "over_limit",
      `usage: a chart has at most ${MOST_BUCKETS} buckets; these are more. Ask for longer ones, or for a shorter span.`,
      { limit: MOST_BUCKETS },
    );
  const { access } = services;
  const query = { key: handle.key, bounds, ...(feature === undefined ? {} : { features: [feature] }) };
  const points = await reading(access, (patience) => access.usage(query, patience));
  return bucketsOf(handle, bounds, points.filter(having(dimensions)), groupBy);
}

function having(dimensions: Readonly<Record<string, string | undefined>>): (point: UsagePoint) => boolean {
  const wanted = Object.entries(dimensions).filter(([, value]) => value !== undefined);
  return ({ group }) => wanted.every(([name, value]) => valueIn(group, name) === value);
}

/** Uses are counted by these dimensions only, and were from when the catalog named them. */
function checkCharted({ id, chartDimensions }: Currency, name: string, field: string): void {
  if (chartDimensions.includes(name)) return;
  throw invalidInput(
    `usage: charts of "${id}" do not tell values of ${show(name)} apart. Name it in the currency's \`chartDimensions\`: what is used from then on is counted by it.`,
    { field },
  );
}

function checkFeature({ catalog }: Services, { id }: Currency, feature: string): void {
  const { currency } = featureOf(catalog, feature);
  if (currency !== id)
    throw invalidInput(`usage: ${show(feature)} is priced in "${currency}", not in "${id}".`, {
      field: "feature",
    });
}

function bucketsOf(
  handle: WalletHandle,
  bounds: readonly number[],
  points: readonly UsagePoint[],
  groupBy: GroupBy,
): readonly UsageBucket[] {
  const byBucket = grouped(points, ({ index }) => index);
  return bounds.slice(0, -1).map((from, index) => {
    const inBucket = byBucket.get(index) ?? [];
    return {
      from: new Date(from),
      to: new Date(bounds[index + 1] ?? from),
      ...sumsOf(handle, inBucket),
      features: groupBy === "feature" ? featuresOf(handle, inBucket) : [],
      values: typeof groupBy === "object" ? valuesOf(handle, inBucket, groupBy.dimension) : [],
    };
  });
}

function featuresOf(handle: WalletHandle, points: readonly UsagePoint[]): UsageBucket["features"] {
  return [...grouped(points, ({ feature }) => feature)].map(([feature, of]) => ({
    feature: feature === "" ? null : feature,
    ...sumsOf(handle, of),
  }));
}

function valuesOf(
  handle: WalletHandle,
  points: readonly UsagePoint[],
  dimension: string,
): UsageBucket["values"] {
  return [...grouped(points, ({ group }) => valueIn(group, dimension))].map(([value, of]) => ({
    value,
    ...sumsOf(handle, of),
  }));
}

function sumsOf(handle: WalletHandle, points: readonly UsagePoint[]): UsageSums {
  const quantity = sum(points.map((point) => point.quantity * QUANTITY_UNIT + point.quantityFraction));
  return {
    amount: creditsOf(handle, sum(points.map((point) => point.amount))),
    quantity: toDecimal(quantity, QUANTITY_PLACES),
    count: points.reduce((total, point) => total + point.count, 0),
  };
}

function grouped<Key>(
  points: readonly UsagePoint[],
  keyOf: (point: UsagePoint) => Key,
): ReadonlyMap<Key, readonly UsagePoint[]> {
  const groups = new Map<Key, UsagePoint[]>();
  for (const point of points) {
    const group = groups.get(keyOf(point));
    if (group === undefined) groups.set(keyOf(point), [point]);
    else group.push(point);
  }
  return groups;
}
