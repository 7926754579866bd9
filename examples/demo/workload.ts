import { CUSTOMERS } from "./customers.js";
import { MODELS } from "./prices.js";
import { mulberry32, pick } from "./random.js";

/** One call of a model, as a trace tells it. */
export interface Arrival {
  /** UTC milliseconds. */
  readonly at: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** An arrival with what a trace does not tell: whose call it is, of which model, and how it went. */
export interface Request extends Arrival {
  readonly id: string;
  readonly customerId: string;
  readonly model: string;
  /** The provider failed: nothing is charged. */
  readonly fails: boolean;
  /** The gateway delivered the request's events twice. */
  readonly repeated: boolean;
}

const FAILING_SHARE = 0.01;
const REPEATED_SHARE = 0.05;

/**
 * Spreads arrivals over customers and models. The rule: request after request, four numbers are drawn from one
 * generator: the customer and the model, each by its share of the traffic, then whether the call fails, then whether
 * it is delivered twice. One seed and one trace always give the same requests.
 */
export function createAssigner(seed: number): (arrival: Arrival) => Request {
  const random = mulberry32(seed);
  let count = 0;
  return (arrival) => {
    count += 1;
    return {
      ...arrival,
      id: `req_${String(count).padStart(6, "0")}`,
      customerId: pick(CUSTOMERS, random()).id,
      model: pick(MODELS, random()).model,
      fails: random() < FAILING_SHARE,
      repeated: random() < REPEATED_SHARE,
    };
  };
}
