import type { Currency } from "../catalog/catalog.js";
import type { DecimalParts } from "./amounts.js";
import { invalidInput } from "./errors.js";
import type { Parcel } from "./requests.js";

/** How credits of one currency become those of another. */
export interface Conversion {
  readonly from: Currency;
  readonly to: Currency;
  /** Credits of the other currency for one. */
  readonly rate: DecimalParts;
  /** What stands in a restriction for a feature of the first currency. */
  readonly features: ReadonlyMap<string, string>;
}

/** Credits on their way, in the other currency, rounded down; their money goes with them whole. */
export function converted(parcel: Parcel, conversion: Conversion): Parcel {
  const { from, to, rate } = conversion;
  const exact = parcel.amount * rate.digits * 10n ** BigInt(to.scale);
  const amount = exact / 10n ** BigInt(rate.places + from.scale);
  if (amount === 0n)
    throw invalidInput(
      `convert: the part of grant "${parcel.originGrantId}" is less than the smallest amount of "${to.id}". Convert more at a time, or adjust it away.`,
      { field: "amount", grantId: parcel.originGrantId },
    );
  return { ...parcel, amount, features: mapped(parcel, conversion) };
}

function mapped({ features, originGrantId }: Parcel, conversion: Conversion): readonly string[] | null {
  if (features === null) return null;
  const found = features.flatMap((feature) => conversion.features.get(feature) ?? []);
  if (found.length === features.length) return [...new Set(found)].sort();
  throw invalidInput(
    `convert: grant "${originGrantId}" pays only for ${features.join(", ")}. Say in \`features\` which features of "${conversion.to.id}" stand for them.`,
    { field: "features", grantId: originGrantId },
  );
}
