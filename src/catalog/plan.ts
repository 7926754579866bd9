import type { Every } from "../core/period.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { Policy } from "../core/policy.js";
import type { Thresholds } from "../core/thresholds.js";
import type { CompiledCatalog, Currency } from "./catalog.js";
import { compileRate } from "./compile-rate.js";
import { compilePolicy } from "./policy.js";
import type { CompiledRate } from "./rate.js";
import { type RecurringTerms, compileRecurring, everyOf } from "./recurring.js";
import type { ParsedPlan } from "./schema.js";
import { compileThresholds } from "./thresholds.js";

/** A plan or add-on with every default filled in. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly rank: number;
  /** The billing period. */
  readonly every: Every;
  readonly grants: readonly PlanGrant[];
  /** By feature. */
  readonly rates: ReadonlyMap<string, CompiledRate>;
  /** By currency. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** By currency. */
  readonly thresholds: ReadonlyMap<string, Thresholds>;
}

export interface PlanGrant {
  readonly id: string;
  readonly currency: string;
  /** For a quantity of 1. What comes once has a period of no meaning. */
  readonly terms: RecurringTerms;
  readonly comesOnce: boolean;
}

const MONTHLY: Every = { unit: "months", count: 1 };

type Known = Pick<CompiledCatalog, "currencies" | "features">;

export function compilePlan(id: string, plan: ParsedPlan, known: Known): Plan {
  const path = `plans.${id}.`;
  const grants = (plan.grants ?? []).map((grant, index) =>
    compileGrant(grant, known, `${path}grants.${index}.`),
  );
  const twice = grants.find((grant, index) => grants.findIndex((other) => other.id === grant.id) !== index);
  if (twice !== undefined)
    throw invalidInput(
      `defineCatalog: \`${path}grants\` holds "${twice.id}" twice; give each an id of its own.`,
    );
  const first = grants.find((grant) => !grant.comesOnce);
  return {
    id,
    name: plan.name,
    rank: plan.rank ?? 0,
    every: plan.every === undefined ? (first?.terms.every ?? MONTHLY) : everyOf(plan.every, `${path}every`),
    grants,
    rates: new Map(
      Object.entries(plan.rates ?? {}).map(([feature, rate]) => compileOverride(feature, rate, known, path)),
    ),
    policies: new Map(
      Object.entries(plan.policy ?? {}).map(([currency, policy]) => {
        const { scale } = currencyNamed(currency, known, `${path}policy`);
        return [currency, compilePolicy(policy, scale, `${path}policy.${currency}`, null)] as const;
      }),
    ),
    thresholds: new Map(
      Object.entries(plan.thresholds ?? {}).map(([currency, thresholds]) => {
        const { scale } = currencyNamed(currency, known, `${path}thresholds`);
        return [currency, compileThresholds(thresholds, scale, `${path}thresholds.${currency}`)] as const;
      }),
    ),
  };
}

function compileGrant(
  grant: NonNullable<ParsedPlan["grants"]>[number],
  known: Known,
  path: string,
): PlanGrant {
  const currency = currencyNamed(grant.currency, known, `${path}currency`);
  const { every } = grant;
  if (every === undefined && (grant.expires === "nextPeriod" || grant.rollover !== undefined))
    throw invalidInput(
      `defineCatalog: \`${path.slice(0, -1)}\` comes once, so it has no next period and nothing to roll over; give \`every\`, or an expiry of its own.`,
    );
  const parsed = {
    ...grant,
    every: every ?? { hours: 1 },
    expires: grant.expires ?? (every === undefined ? "never" : "nextPeriod"),
  } as const;
  return {
    id: grant.id,
    currency: currency.id,
    terms: compileRecurring(parsed, currency, known.features, path),
    comesOnce: every === undefined,
  };
}

function compileOverride(
  id: string,
  rate: unknown,
  known: Known,
  path: string,
): readonly [string, CompiledRate] {
  const feature = known.features.get(id);
  if (feature === undefined)
    throw new CreditError(
      "unknown_feature",
      `defineCatalog: \`${path}rates\` names "${id}", which is no feature.`,
      {
        feature: id,
      },
    );
  const { scale } = currencyNamed(feature.currency, known, path);
  return [id, compileRate(rate, scale, `${path}rates.${id}`)];
}

function currencyNamed(id: string, { currencies }: Known, place: string): Currency {
  const currency = currencies.get(id);
  if (currency !== undefined) return currency;
  throw new CreditError(
    "unknown_currency",
    `defineCatalog: \`${place}\` names "${id}", which is not among the currencies.`,
    { currency: id },
  );
}
