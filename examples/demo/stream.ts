import { mulberry32 } from "./random.js";
import type { Arrival } from "./workload.js";

const START = Date.UTC(2026, 0, 5, 9);
const LENGTH_MS = 60 * 60 * 1000;

/** The built-in stream: about an hour of chat, most requests short, a few long. */
export function* seededArrivals(seed: number, count: number): Generator<Arrival> {
  // Another generator than the assigner's, so that who calls does not depend on how long the calls are.
  const random = mulberry32(seed ^ 0x5eed);
  const longestGap = (2 * LENGTH_MS) / count;
  let at = START;
  for (let index = 0; index < count; index += 1) {
    yield { at, inputTokens: skewed(random(), 32, 14_000), outputTokens: skewed(random(), 8, 1800) };
    at += Math.floor(random() * longestGap);
  }
}

/** A cube leans to the low end, and is plain arithmetic: the same on every machine. */
function skewed(draw: number, least: number, span: number): number {
  return least + Math.floor(draw * draw * draw * span);
}
