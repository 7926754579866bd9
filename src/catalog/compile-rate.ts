import { QUANTITY_UNIT, type DecimalParts } from "../core/amounts.js";
import { invalidInput } from "../core/errors.js";
import { scaledAmount, scaledQuantity } from "./inputs.js";
import { parseInput } from "./parse-input.js";
import type { CompiledRate, FlatRate, MatchCase, Tier, TieredRate } from "./rate.js";
import { type ParsedFlatRate, type ParsedTieredRate, isObjectWith, rateSchemas } from "./schema.js";

/** Deeper nesting of `match` in `match` is a mistake, or an attack on the stack. */
const MAX_DEPTH = 8;

/** Reads a rate as given and makes it ready to compute with. Errors name the place: `features.chat.rate.match.0.rate`. */
export function compileRate(rate: unknown, scale: number, path: string, depth = 0): CompiledRate {
  if (depth > MAX_DEPTH) throw invalidInput(`${path}: rates nest more than ${MAX_DEPTH} deep.`);
  if (isObjectWith(rate, "match")) return compileMatch(rate, scale, path, depth);
  const parsed = parseInput(rateSchemas.simple, rate, path);
  return "tiers" in parsed ? compileTiers(parsed, scale, path) : compileFlat(parsed, scale, path);
}

function compileMatch(rate: unknown, scale: number, path: string, depth: number): CompiledRate {
  const parsed = parseInput(rateSchemas.matched, rate, path);
  const cases = parsed.match.map((matchCase, index): MatchCase => {
    const when = Object.entries(matchCase.when).map(
      ([name, values]) => [name, typeof values === "string" ? [values] : values] as const,
    );
    return { when, rate: compileRate(matchCase.rate, scale, `${path}.match.${index}.rate`, depth + 1) };
  });
  const fallback =
    parsed.fallback === undefined ? null : compileRate(parsed.fallback, scale, `${path}.fallback`, depth + 1);
  return { kind: "match", cases, fallback };
}

function compileFlat(rate: ParsedFlatRate, scale: number, path: string): FlatRate {
  return {
    kind: rate.block === true ? "block" : "linear",
    credits: creditsOf(rate.credits, `${path}.credits`),
    per: perOf(rate.per, `${path}.per`),
    minimum: rate.minimum === undefined ? 0n : scaledAmount(rate.minimum, scale, `${path}.minimum`),
    rounding: rate.rounding ?? "half-up",
  };
}

function compileTiers(rate: ParsedTieredRate, scale: number, path: string): TieredRate {
  const last = rate.tiers.length - 1;
  let below = 0n;
  const tiers = rate.tiers.map((tier, index): Tier => {
    const place = `${path}.tiers.${index}`;
    const upTo = tier.upTo === undefined ? null : scaledQuantity(tier.upTo, `${place}.upTo`, "positive");
    if ((upTo === null) !== (index === last))
      throw invalidInput(`${place}: every tier but the last needs \`upTo\`, and the last has none.`);
    if (upTo !== null && upTo <= below)
      throw invalidInput(`${place}.upTo must be above that of the tier before.`);
    below = upTo ?? below;
    return {
      upTo,
      credits: creditsOf(tier.credits, `${place}.credits`),
      per: perOf(tier.per, `${place}.per`),
    };
  });
  return {
    kind: "tiers",
    // Left out where it says nothing: rates are named by what they say.
    ...(rate.over === "period" ? { over: rate.over } : {}),
    tiers,
    minimum: rate.minimum === undefined ? 0n : scaledAmount(rate.minimum, scale, `${path}.minimum`),
    rounding: rate.rounding ?? "half-up",
  };
}

function creditsOf(credits: DecimalParts, field: string): DecimalParts {
  if (credits.digits < 0n) throw invalidInput(`\`${field}\` must not be negative.`);
  return credits;
}

function perOf(per: DecimalParts | undefined, field: string): bigint {
  return per === undefined ? QUANTITY_UNIT : scaledQuantity(per, field, "positive");
}
