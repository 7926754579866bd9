/** How abstract actions name what was made so far, and the instants that matter to it. */
import type { ModelDuration } from "../model/index.js";
import type { Call } from "./calls.js";
import type { Turn } from "./values.js";

/** What requests can name: the ids made so far, and the calls that were made. */
export interface Made {
  readonly grants: readonly string[];
  /** Grants with pins. */
  readonly held: readonly string[];
  readonly reservations: readonly string[];
  readonly withdrawals: readonly string[];
  /** Instants at which something began, ended or will end. */
  readonly turns: readonly number[];
  readonly calls: readonly Call[];
}

export const UNKNOWN = "unknown";

/** One of the things made so far, or none where there is none. */
export function pick(things: readonly string[], target: number, unknown: boolean): string | undefined {
  return unknown ? UNKNOWN : things[things.length - 1 - (target % Math.max(things.length, 1))];
}

/** The instant that a turn means, looking back or ahead from now; now where there is none. */
export function instantOf(turn: Turn, turns: readonly number[], now: number, look: "back" | "ahead"): number {
  const candidates = turns
    .filter((instant) => (look === "back" ? instant <= now : instant > now))
    .sort((a, b) => (look === "back" ? b - a : a - b));
  const found = candidates[turn.nth % Math.max(candidates.length, 1)];
  return found === undefined ? now : found + turn.besideMs;
}

/** So far ahead, or at a turn. */
export function ahead(span: number | Turn | undefined, made: Made, now: number): number | undefined {
  if (span === undefined) return undefined;
  return typeof span === "number" ? now + span : instantOf(span, made.turns, now, "ahead");
}

/** A duration as it stands, or one that ends at a turn. */
export function lasting(lifetime: ModelDuration | Turn, made: Made, now: number): ModelDuration {
  if (!("nth" in lifetime)) return lifetime;
  const milliseconds = instantOf(lifetime, made.turns, now, "ahead") - now;
  return milliseconds > 0 && milliseconds % 1000 === 0 ? { seconds: milliseconds / 1000 } : { minutes: 10 };
}
