import type * as z from "zod";
import { type CompiledCatalog, type Currency, currencyOf, featureOf } from "../catalog/catalog.js";
import { scaledAmount, scaledQuantity } from "../catalog/inputs.js";
import { parseInput, reading, show } from "../catalog/parse-input.js";
import { isPlainObject, plainCopy } from "../catalog/plain.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { LineRequest } from "../core/lines.js";
import type { CaptureItem } from "../core/requests.js";
import type { WalletNames } from "../core/wallet.js";
import { canonicalJson } from "./json.js";
import type { ParsedUsage, itemSchema } from "./request-schemas.js";

const MOST_LINES = 100;

export interface Parsed<Output> {
  readonly input: Output;
  /** The request as it was given, as canonical text: what a repeat is compared with. */
  readonly text: string;
}

export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  request: unknown,
  verb: string,
): Parsed<z.output<Schema>> {
  return reading(verb, () => {
    if (!isPlainObject(request))
      throw invalidInput(`${verb}: the request must be a plain object; got ${show(request)}.`);
    const input = parseInput(schema, plainCopy(request, verb), verb);
    return { input, text: canonicalJson(input, "idempotencyKey") };
  });
}

export function namesOf(
  input: { readonly customerId: string; readonly scope?: string | undefined },
  currency: string,
): WalletNames {
  return { customerId: input.customerId, currency, scope: input.scope ?? "" };
}

export interface Usage {
  readonly currency: Currency;
  readonly lines: readonly LineRequest[];
}

/** Reads the three ways of saying what is used: feature and quantity, currency and amount, or items. */
export function usageOf(catalog: CompiledCatalog, input: ParsedUsage, verb: string): Usage {
  const { feature, quantity, currency, amount, items, dimensions } = input;
  const ways = [feature, currency, items].filter((way) => way !== undefined).length;
  if (
    ways !== 1 ||
    (dimensions !== undefined && feature === undefined) ||
    (quantity !== undefined && feature === undefined)
  )
    throw invalidInput(
      `${verb}: say what is used in one of three ways: \`feature\` and \`quantity\`, \`currency\` and \`amount\`, or \`items\`.`,
    );
  if (currency !== undefined) {
    const known = currencyOf(catalog, currency);
    if (amount === undefined)
      throw invalidInput(`${verb}: \`amount\` must stand beside \`currency\`.`, { field: "amount" });
    return {
      currency: known,
      lines: [{ feature: null, amount: scaledAmount(amount, known.scale, "amount") }],
    };
  }
  if (amount !== undefined)
    throw invalidInput(
      `${verb}: \`amount\` stands beside \`currency\` only; of a feature give the \`quantity\`.`,
      { field: "amount" },
    );
  if (items !== undefined) return usageOfItems(catalog, items, verb);
  if (feature === undefined || quantity === undefined)
    throw invalidInput(`${verb}: \`quantity\` must stand beside \`feature\`.`, { field: "quantity" });
  return usageOfItems(catalog, [{ feature, quantity, dimensions }], verb);
}

function usageOfItems(
  catalog: CompiledCatalog,
  items: readonly z.output<typeof itemSchema>[],
  verb: string,
): Usage {
  const lines = itemLines(catalog, items, verb);
  const [first] = lines;
  if (first === undefined)
    throw invalidInput(`${verb}: \`items\` must hold at least one item.`, { field: "items" });
  const currency = currencyOf(catalog, featureOf(catalog, first.feature).currency);
  const stranger = lines.find((line) => featureOf(catalog, line.feature).currency !== currency.id);
  if (stranger === undefined) return { currency, lines };
  throw invalidInput(
    `${verb}: "${stranger.feature}" and "${first.feature}" are priced in different currencies; one event holds features of one currency.`,
    { field: "items" },
  );
}

export function itemLines(
  catalog: CompiledCatalog,
  items: readonly z.output<typeof itemSchema>[],
  verb: string,
): readonly CaptureItem[] {
  if (items.length > MOST_LINES)
    throw new CreditError(
      "over_limit",
      `${verb}: an event holds at most ${MOST_LINES} items; this one has ${items.length}. Split it.`,
      {
        items: items.length,
        limit: MOST_LINES,
      },
    );
  return items.map(({ feature, quantity, dimensions }, index) => ({
    feature: featureOf(catalog, feature).id,
    quantity: scaledQuantity(quantity, items.length === 1 ? "quantity" : `items.${index}.quantity`),
    dimensions: dimensions ?? null,
  }));
}
