import { type CompiledCatalog, compileCatalog } from "./catalog.js";
import { reading } from "./parse-input.js";
import { plainCopy } from "./plain.js";
import type { CurrencyDefinition, FeatureDefinition, PlanDefinition } from "./definition.js";

export type Currencies = Readonly<Record<string, CurrencyDefinition>>;
export type Features<Currency extends string = string> = Readonly<
  Record<string, FeatureDefinition<Currency>>
>;

export type Plans<Currency extends string = string, Feature extends string = string> = Readonly<
  Record<string, PlanDefinition<Currency, Feature>>
>;

/**
 * The checked catalog that an engine is created with. Its type knows every currency and feature, so a wrong name does
 * not compile.
 */
export interface Catalog<
  C extends Currencies = Currencies,
  F extends Features = Features,
  P extends Plans = Plans,
> {
  readonly currencies: C;
  readonly features: F;
  readonly plans: P;
  readonly compiled: CompiledCatalog;
}

/**
 * Defines what is sold: currencies, and features priced in them.
 *
 * @throws CreditError `invalid_input` where a definition makes no sense (the message names the place), and
 *   `unknown_currency` where a feature names a currency that is not defined.
 * @example
 * ```ts
 * import { defineCatalog } from "coffer";
 *
 * const catalog = defineCatalog({
 *   currencies: { tokens: { name: "AI tokens", scale: 6 } },
 *   features: {
 *     chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
 *     image: { currency: "tokens", rate: { credits: 40 } },
 *   },
 * });
 * ```
 */
export function defineCatalog<
  const C extends Currencies,
  const F extends Features<keyof C & string> = Record<never, never>,
  const P extends Plans<keyof C & string, keyof F & string> = Record<never, never>,
>(definition: {
  readonly currencies: C & NoOthers<C, CurrencyDefinition>;
  readonly features?: F & NoOthers<F, FeatureDefinition>;
  readonly plans?: P & NoOthers<P, PlanDefinition>;
}): Catalog<C, F, P> {
  const given = reading("defineCatalog", () => plainCopy(definition, "defineCatalog"));
  const compiled = compileCatalog(given);
  // What compiles has the shape that was asked for.
  const {
    currencies,
    features = {} as F,
    plans = {} as P,
  } = given as { readonly currencies: C; readonly features?: F; readonly plans?: P };
  return { currencies, features, plans, compiled };
}

/** An inferred type would take in misspelt options: none but those of the definition may stand. */
type NoOthers<Given, Definition> = {
  readonly [Id in keyof Given]: { readonly [Name in Exclude<keyof Given[Id], keyof Definition>]: never };
};

/** Names of a catalog's plans and add-ons. */
export type PlanId<Cat extends Catalog> = keyof Cat["plans"] & string;

/** Names of a catalog's currencies. */
export type CurrencyId<Cat extends Catalog> = keyof Cat["currencies"] & string;

/** Dimensions by which charts of a catalog's currencies can be grouped. */
export type ChartDimension<Cat extends Catalog> = NameIn<Cat["currencies"][keyof Cat["currencies"]]>;

type NameIn<Currency> = Currency extends { readonly chartDimensions?: readonly (infer Name)[] | undefined }
  ? Name & string
  : never;

/** Names of a catalog's features; of one currency where it is given. */
export type FeatureId<Cat extends Catalog, Currency extends string = string> = {
  [Id in keyof Cat["features"] & string]: Cat["features"][Id] extends { readonly currency: Currency }
    ? Id
    : never;
}[keyof Cat["features"] & string];
