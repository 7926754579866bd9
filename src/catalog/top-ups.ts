import * as z from "zod";
import { formatScaled } from "../core/amounts.js";
import { invalidInput } from "../core/errors.js";
import type { PriceBand, TopUpPackage, TopUpTerms } from "../core/top-up-price.js";
import {
  decimalSchema,
  durationSchema,
  idSchema,
  minorAmount,
  moneyCodeSchema,
  scaledAmount,
} from "./inputs.js";
import { prioritySchema } from "./recurring.js";

const MOST_BANDS = 100;
const DEFAULT_PRIORITY = 50;

const termsSchema = z.strictObject({
  price: z
    .union([
      decimalSchema,
      z
        .array(z.strictObject({ upTo: decimalSchema.optional(), price: decimalSchema }))
        .min(1)
        .max(MOST_BANDS),
    ])
    .optional(),
  packages: z.record(idSchema, z.strictObject({ credits: decimalSchema, price: decimalSchema })).optional(),
  minimum: decimalSchema.optional(),
  maximum: decimalSchema.optional(),
  expiresIn: durationSchema.optional(),
  priority: prioritySchema.optional(),
});

/** By the money that credits are paid in. */
export const topUpsSchema = z.record(moneyCodeSchema, termsSchema);

type ParsedTerms = z.output<typeof termsSchema>;

/** @param field Goes before the names of fields in errors: "currencies.tokens.topUps". */
export function compileTopUps(
  parsed: z.output<typeof topUpsSchema>,
  scale: number,
  field: string,
): ReadonlyMap<string, TopUpTerms> {
  return new Map(
    Object.entries(parsed).map(([money, terms]) => [
      money,
      compileTerms(money, terms, scale, `${field}.${money}`),
    ]),
  );
}

function compileTerms(money: string, parsed: ParsedTerms, scale: number, field: string): TopUpTerms {
  const { minimum, maximum, priority = DEFAULT_PRIORITY } = parsed;
  if (parsed.price === undefined && parsed.packages === undefined)
    throw invalidInput(`\`${field}\` sells nothing: give it a \`price\`, \`packages\`, or both.`, { field });
  return {
    money,
    bands: parsed.price === undefined ? [] : bandsOf(parsed.price, scale, `${field}.price`),
    packages: new Map(
      Object.entries(parsed.packages ?? {}).map(([id, one]) => [
        id,
        packageOf(one, money, scale, `${field}.packages.${id}`),
      ]),
    ),
    minimum: minimum === undefined ? 0n : scaledAmount(minimum, scale, `${field}.minimum`),
    maximum: maximum === undefined ? null : scaledAmount(maximum, scale, `${field}.maximum`, "positive"),
    expiresIn: parsed.expiresIn ?? null,
    priority,
  };
}

function packageOf(
  { credits, price }: { readonly credits: Decimals; readonly price: Decimals },
  currency: string,
  scale: number,
  field: string,
): TopUpPackage {
  const minor = minorAmount({ amount: price, currency }, `${field}.price`);
  if (minor === 0n)
    throw invalidInput(`\`${field}.price\` is 0; what is free is a promotional grant.`, { field });
  return { credits: scaledAmount(credits, scale, `${field}.credits`, "positive"), price: minor };
}

type Decimals = z.output<typeof decimalSchema>;

function bandsOf(
  price: NonNullable<ParsedTerms["price"]>,
  scale: number,
  field: string,
): readonly PriceBand[] {
  const given = Array.isArray(price) ? price : [{ upTo: undefined, price }];
  let above = 0n;
  return given.map(({ upTo, price: each }, index) => {
    const name = `${field}.${index}`;
    const isLast = index === given.length - 1;
    if (upTo === undefined && !isLast)
      throw invalidInput(`\`${name}.upTo\` is left out, which only the last price may.`, { field: name });
    const bound = upTo === undefined ? null : scaledAmount(upTo, scale, `${name}.upTo`, "positive");
    if (bound !== null && bound <= above)
      throw invalidInput(`\`${name}.upTo\` must be above the one before it.`, { field: name });
    above = bound ?? above;
    if (each.digits <= 0n)
      throw invalidInput(
        `\`${name}.price\` is ${formatScaled(each.digits, each.places)}; it must be above zero. What is free is a promotional grant.`,
        { field: name },
      );
    return { upTo: bound, price: formatScaled(each.digits, each.places) };
  });
}
