import { scaleOf } from "./catalog.js";
import { parseCredits, parseDecimal, parseQuantity } from "./decimal.js";
import { isNegative, isZero } from "./fraction.js";
import { demand } from "./refusal.js";
import type { ModelItem, ModelVerb } from "./requests.js";
import type { State } from "./state.js";

interface Numbers {
  readonly idempotencyKey?: string | undefined;
  readonly quantity?: string | number | undefined;
  readonly items?: readonly ModelItem[] | undefined;
  readonly amount?: string | number | undefined;
  readonly currency?: string | undefined;
}

const MAY_BE_ZERO: readonly ModelVerb[] = ["withdraw", "reserve", "capture"];

/** Looks at a request's numbers on their own, before anything is looked up: what is none is `invalid_input`. */
export function checkNumbers(state: State, verb: ModelVerb, request: Numbers): void {
  const { quantity, items = [], amount, currency = "" } = request;
  if (quantity !== undefined) parseQuantity(quantity);
  for (const item of items) parseQuantity(item.quantity);
  if (amount === undefined) return;
  const value = parseDecimal(amount);
  demand(verb === "adjust" || !isNegative(value), "An amount below zero.");
  demand(MAY_BE_ZERO.includes(verb) || !isZero(value), "An amount of zero.");
  const known = state.catalog.currencies[currency];
  if (known !== undefined) parseCredits(amount, scaleOf(known));
}
