import * as z from "zod";
import type { DecimalParts } from "../core/amounts.js";
import { type Duration, HOUR_MS, MINUTE_MS } from "../core/calendar.js";
import { CreditError, invalidInput } from "../core/errors.js";
import { type Every, PERIOD_UNITS } from "../core/period.js";
import type { Rollover, ScheduleTerms } from "../core/schedule.js";
import type { Currency, Feature } from "./catalog.js";
import {
  decimalSchema,
  durationSchema,
  idSchema,
  minorAmount,
  moneySchema,
  scaledAmount,
  textSchema,
} from "./inputs.js";

const HIGHEST_PRIORITY = 1_000_000;
const DEFAULT_PRIORITY = 50;
/** Each roll lengthens the id of the grant that it makes. */
const MOST_ROLLS = 60;
const LONGEST_COUNT = 1_000;

export const prioritySchema = z.int().min(0).max(HIGHEST_PRIORITY);

const rolloverSchema = z.strictObject({
  max: decimalSchema.optional(),
  fraction: decimalSchema.optional(),
  periods: z.int().min(1).max(MOST_ROLLS).optional(),
  keepFor: durationSchema.optional(),
  total: decimalSchema.optional(),
});

/** What recurring credits of a plan and free-standing ones say alike. */
export const recurringFields = {
  amount: decimalSchema,
  category: z.enum(["paid", "promotional"]),
  cost: moneySchema.optional(),
  priority: prioritySchema.optional(),
  features: z.array(idSchema).min(1).optional(),
  expires: z.union([z.enum(["nextPeriod", "never"]), durationSchema]).optional(),
  rollover: rolloverSchema.optional(),
  displayName: textSchema().optional(),
};

type ParsedRecurring = z.output<z.ZodObject<typeof recurringFields>> & { readonly every: Duration };

/** Terms that do not depend on when and where they begin. */
export type RecurringTerms = Pick<
  ScheduleTerms,
  "amount" | "every" | "category" | "cost" | "priority" | "features" | "expires" | "rollover" | "displayName"
>;

/** @param path Goes before the names of fields in errors: "" or "plans.pro.grants.0.". */
export function compileRecurring(
  parsed: ParsedRecurring,
  currency: Currency,
  features: ReadonlyMap<string, Feature>,
  path: string,
): RecurringTerms {
  const { expires = "nextPeriod", rollover } = parsed;
  if (expires === "never" && rollover !== undefined)
    throw invalidInput(
      `\`${path}rollover\` says what becomes of a grant at its end, and with \`expires: "never"\` it has none.`,
      { field: `${path}rollover` },
    );
  return {
    amount: scaledAmount(parsed.amount, currency.scale, `${path}amount`, "positive"),
    every: everyOf(parsed.every, `${path}every`),
    category: parsed.category,
    cost: costOf(parsed.category, parsed.cost, path),
    priority: parsed.priority ?? DEFAULT_PRIORITY,
    features: restrictionOf(features, currency, parsed.features, path),
    expires,
    rollover: rollover === undefined ? null : rolloverOf(rollover, currency, `${path}rollover.`),
    displayName: parsed.displayName ?? null,
  };
}

const MS_OF: Partial<Record<Every["unit"], number>> = { hours: HOUR_MS, minutes: MINUTE_MS, seconds: 1_000 };

/** One unit, an hour at least. */
export function everyOf(duration: Duration, field: string): Every {
  const given = PERIOD_UNITS.flatMap((unit) => {
    const count = duration[unit];
    return count === undefined || count === 0 ? [] : [{ unit, count }];
  });
  const [every] = given;
  if (every === undefined || given.length > 1)
    throw invalidInput(
      `\`${field}\` must have one unit, as in { months: 1 } or { days: 14 }; this one has ${given.map(({ unit }) => unit).join(" and ")}.`,
      { field },
    );
  const { unit, count } = every;
  if (!Number.isInteger(count) || count > LONGEST_COUNT * 3_600)
    throw invalidInput(`\`${field}.${unit}\` is ${count}; it must be a whole number, and not a huge one.`, {
      field,
    });
  if (count * (MS_OF[unit] ?? HOUR_MS) < HOUR_MS)
    throw invalidInput(`\`${field}\` is shorter than an hour. Give at least { hours: 1 }.`, { field });
  return every;
}

function rolloverOf(parsed: z.output<typeof rolloverSchema>, { scale }: Currency, path: string): Rollover {
  const { max, total } = parsed;
  return {
    max: max === undefined ? null : scaledAmount(max, scale, `${path}max`),
    fraction: fractionOf(parsed.fraction ?? ONE, `${path}fraction`),
    periods: parsed.periods ?? 1,
    keepFor: parsed.keepFor ?? null,
    total: total === undefined ? null : scaledAmount(total, scale, `${path}total`),
  };
}

const ONE: DecimalParts = { digits: 1n, places: 0 };

function fractionOf(fraction: DecimalParts, field: string): DecimalParts {
  if (fraction.digits >= 0n && fraction.digits <= 10n ** BigInt(fraction.places)) return fraction;
  throw invalidInput(`\`${field}\` must lie between 0 and 1: it is the share that rolls over.`, { field });
}

export function costOf(
  category: "paid" | "promotional",
  cost: z.output<typeof moneySchema> | undefined,
  path: string = "",
): { readonly total: bigint; readonly currency: string } | null {
  if (category === "paid") {
    if (cost === undefined)
      throw invalidInput(
        'A paid grant states its `cost`, as in { amount: "20.00", currency: "USD" } (0 is allowed).',
        { field: `${path}cost` },
      );
    return { total: minorAmount(cost, `${path}cost`), currency: cost.currency };
  }
  if (cost === undefined) return null;
  throw invalidInput("A promotional grant has no `cost`: leave it out, or make the grant paid.", {
    field: `${path}cost`,
  });
}

/** The features of a restriction, each once, in order. */
export function restrictionOf(
  known: ReadonlyMap<string, Feature>,
  currency: Currency,
  features: readonly string[] | undefined,
  path: string = "",
): readonly string[] | null {
  if (features === undefined) return null;
  for (const id of features) {
    const feature = known.get(id);
    if (feature === undefined)
      throw new CreditError(
        "unknown_feature",
        `\`${path}features\` holds "${id}", which is not in the catalog.`,
        {
          feature: id,
        },
      );
    if (feature.currency !== currency.id)
      throw invalidInput(`\`${path}features\` holds "${id}", which is not priced in "${currency.id}".`, {
        field: `${path}features`,
      });
  }
  return [...new Set(features)].sort();
}
