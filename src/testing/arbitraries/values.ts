/** Values for actions: small numbers and choices that run into each other as often as possible. */
import type { ModelDuration } from "../model/index.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A choice, its alternatives with weights: `mix(fc, [3, a], [1, b])`. */
export function mix<Value>(
  fc: FastCheck,
  ...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<Value>])[]
): Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

export function rarely(fc: FastCheck, percent: number): Arbitrary<boolean> {
  return mix(fc, [100 - percent, fc.constant(false)], [percent, fc.constant(true)]);
}

/** Which of the things made so far, counted from the last; taken modulo their number. */
export function targets(fc: FastCheck): Arbitrary<number> {
  return mix(fc, [3, fc.constant(0)], [4, fc.nat(9)]);
}

/**
 * An instant at which something began, ended or will end, or one beside it: the n-th of those behind (or ahead),
 * counted from now.
 */
export interface Turn {
  readonly nth: number;
  readonly besideMs: number;
}

export function turns(fc: FastCheck): Arbitrary<Turn> {
  return fc.record({
    nth: fc.nat(4),
    besideMs: mix(fc, [4, fc.constant(0)], [1, fc.constantFrom(-1, 1)]),
  });
}

/** How far ahead something ends: so many milliseconds, or at a turn. */
export function spans(fc: FastCheck): Arbitrary<number | Turn> {
  return mix<number | Turn>(
    fc,
    [3, fc.constantFrom(MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY, 40 * DAY)],
    [1, fc.constant(1)],
    [4, turns(fc)],
  );
}

/** How long a hold lasts: some of these are longer than a hold may last. */
export function lifetimes(fc: FastCheck): Arbitrary<ModelDuration | Turn> {
  return mix<ModelDuration | Turn>(
    fc,
    [8, fc.constantFrom<ModelDuration>({ minutes: 1 }, { minutes: 10 }, { hours: 1 }, { days: 1 })],
    [2, fc.constantFrom<ModelDuration>({ days: 7 }, { days: 6, hours: 23 }, { days: 8 })],
    [6, turns(fc)],
  );
}
