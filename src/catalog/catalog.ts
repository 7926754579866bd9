import { DEFAULT_BURN_ORDER, type BurnCriterion, type BurnOrder, burnOrderBy } from "../core/burn-order.js";
import type { Duration } from "../core/calendar.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { Policy } from "../core/policy.js";
import type { TopUpTerms } from "../core/top-up-price.js";
import { NO_THRESHOLDS, type Thresholds } from "../core/thresholds.js";
import { compileRate } from "./compile-rate.js";
import { parseInput, reading, show } from "./parse-input.js";
import { isPlainObject } from "./plain.js";
import { type Plan, compilePlan } from "./plan.js";
import { compilePolicy } from "./policy.js";
import type { CompiledRate } from "./rate.js";
import { type ParsedCurrency, catalogSchema } from "./schema.js";
import { compileThresholds, leadsOfAll } from "./thresholds.js";
import { compileTopUps } from "./top-ups.js";

const DEFAULT_SCALE = 6;
const DEFAULT_LATE_WINDOW: Duration = { days: 35 };

/** A currency with every default filled in. */
export interface Currency {
  readonly id: string;
  readonly name: string;
  readonly scale: number;
  readonly policy: Policy;
  readonly burnCriteria: readonly BurnCriterion[];
  readonly burnOrder: BurnOrder;
  readonly lateWindow: Duration;
  /** In order of their names, each once. */
  readonly chartDimensions: readonly string[];
  readonly thresholds: Thresholds;
  /** Lead times of the currency and of any plan: by these a notice of expiry may be due in a wallet. */
  readonly noticeLeads: readonly Duration[];
  /** For what its credits are sold, by the money; the first is the one that holds where none is named. */
  readonly topUps: ReadonlyMap<string, TopUpTerms>;
}

export interface Feature {
  readonly id: string;
  readonly currency: string;
  readonly rate: CompiledRate;
}

/** What the rules look things up in. */
export interface CompiledCatalog {
  readonly currencies: ReadonlyMap<string, Currency>;
  readonly features: ReadonlyMap<string, Feature>;
  readonly plans: ReadonlyMap<string, Plan>;
}

export function compileCatalog(definition: unknown): CompiledCatalog {
  return reading("defineCatalog", () => compile(definition));
}

function compile(definition: unknown): CompiledCatalog {
  if (!isPlainObject(definition))
    throw invalidInput(`defineCatalog: give a plain object with \`currencies\`; got ${show(definition)}.`);
  const parsed = parseInput(catalogSchema, definition, "defineCatalog");
  const currencies = new Map(
    Object.entries(parsed.currencies).map(([id, currency]) => [id, compileCurrency(id, currency)] as const),
  );
  if (currencies.size === 0)
    throw invalidInput(
      'defineCatalog: `currencies` is empty; define at least one, as in { tokens: { name: "Tokens" } }.',
    );
  const features = new Map<string, Feature>();
  for (const [id, feature] of Object.entries(parsed.features ?? {})) {
    const currency = currencies.get(feature.currency);
    if (currency === undefined)
      throw new CreditError(
        "unknown_currency",
        `defineCatalog: feature "${id}" is priced in "${feature.currency}", which is not among the currencies ${names(currencies)}.`,
        { currency: feature.currency, feature: id },
      );
    const rate = compileRate(feature.rate, currency.scale, `features.${id}.rate`);
    features.set(id, { id, currency: feature.currency, rate });
  }
  const plans = new Map(
    Object.entries(parsed.plans ?? {}).map(([id, plan]) => [
      id,
      compilePlan(id, plan, { currencies, features }),
    ]),
  );
  return { currencies: withNoticeLeads(currencies, plans), features, plans };
}

function withNoticeLeads(
  currencies: ReadonlyMap<string, Currency>,
  plans: ReadonlyMap<string, Plan>,
): ReadonlyMap<string, Currency> {
  return new Map(
    [...currencies].map(([id, currency]) => {
      const ofPlans = [...plans.values()].flatMap(({ thresholds }) => thresholds.get(id) ?? []);
      return [id, { ...currency, noticeLeads: leadsOfAll([currency.thresholds, ...ofPlans]) }] as const;
    }),
  );
}

function compileCurrency(id: string, currency: ParsedCurrency): Currency {
  const scale = currency.scale ?? DEFAULT_SCALE;
  const burnCriteria = currency.burnOrder ?? DEFAULT_BURN_ORDER;
  const policy: Policy =
    currency.policy === undefined
      ? { mode: "hard" }
      : compilePolicy(currency.policy, scale, `currencies.${id}.policy`, null);
  return {
    id,
    name: currency.name,
    scale,
    policy,
    burnCriteria,
    burnOrder: burnOrderBy(burnCriteria),
    lateWindow: currency.lateWindow ?? DEFAULT_LATE_WINDOW,
    chartDimensions: [...new Set(currency.chartDimensions)].sort(),
    thresholds:
      currency.thresholds === undefined
        ? NO_THRESHOLDS
        : compileThresholds(currency.thresholds, scale, `currencies.${id}.thresholds`),
    noticeLeads: [],
    topUps: compileTopUps(currency.topUps ?? {}, scale, `currencies.${id}.topUps`),
  };
}

export function currencyOf(catalog: CompiledCatalog, id: string): Currency {
  const currency = catalog.currencies.get(id);
  if (currency !== undefined) return currency;
  throw new CreditError(
    "unknown_currency",
    `There is no currency "${id}" in the catalog; it has ${names(catalog.currencies)}.`,
    { currency: id },
  );
}

export function featureOf(catalog: CompiledCatalog, id: string): Feature {
  const feature = catalog.features.get(id);
  if (feature !== undefined) return feature;
  throw new CreditError(
    "unknown_feature",
    `There is no feature "${id}" in the catalog; it has ${names(catalog.features)}.`,
    { feature: id },
  );
}

export function planOf(catalog: CompiledCatalog, id: string): Plan {
  const plan = catalog.plans.get(id);
  if (plan !== undefined) return plan;
  throw new CreditError(
    "unknown_plan",
    `There is no plan "${id}" in the catalog; it has ${names(catalog.plans)}.`,
    { plan: id },
  );
}

const NAMES_SHOWN = 10;

function names(of: ReadonlyMap<string, unknown>): string {
  const quoted = [...of.keys()].map((name) => `"${name}"`);
  if (quoted.length === 0) return "none";
  return quoted.length <= NAMES_SHOWN
    ? quoted.join(", ")
    : `${quoted.slice(0, NAMES_SHOWN).join(", ")} and ${quoted.length - NAMES_SHOWN} more`;
}
