/** Values for abstract commands: small numbers and choices that run into each other as often as possible. */
import fc from "fast-check";
import type { ModelDuration, ModelPolicy } from "../../src/testing/model/index.js";
import { POLICIES } from "./catalogs.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A choice, its alternatives with weights: `mix([3, a], [1, b])`. */
export function mix<Value>(
  ...choices: readonly (readonly [number, fc.Arbitrary<Value>])[]
): fc.Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

export const rarely = (percent: number): fc.Arbitrary<boolean> =>
  mix([100 - percent, fc.constant(false)], [percent, fc.constant(true)]);

/** Which of the things made so far, counted from the last; taken modulo their number. */
export const target = mix([3, fc.constant(0)], [4, fc.nat(9)]);

/**
 * An instant at which something began, ended or will end, or one beside it: the n-th of those behind (or ahead),
 * counted from now.
 */
export interface Turn {
  readonly nth: number;
  readonly beside: number;
}
export const turn: fc.Arbitrary<Turn> = fc.record({
  nth: fc.nat(4),
  beside: mix([4, fc.constant(0)], [1, fc.constantFrom(-1, 1)]),
});

/** How far ahead something ends: so many milliseconds, or at a turn. */
export const span = mix<number | Turn>(
  [3, fc.constantFrom(MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY, 40 * DAY)],
  [1, fc.constant(1)],
  [4, turn],
);

export const lifetime = mix<ModelDuration | Turn>(
  [8, fc.constantFrom<ModelDuration>({ minutes: 1 }, { minutes: 10 }, { hours: 1 }, { days: 1 })],
  [2, fc.constantFrom<ModelDuration>({ days: 7 }, { days: 6, hours: 23 }, { days: 8 })],
  [6, turn],
);

export type Dimensions = Readonly<Record<string, string>> | undefined;
const dimensions = mix<Dimensions>(
  [3, fc.constant(undefined)],
  [6, fc.constantFrom({ size: "s", look: "plain" }, { size: "l" })],
  [1, fc.constantFrom({ size: "m", look: "plain" }, { size: "m", look: "gold" })],
);

const whole = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String);
const fractional = fc.constantFrom("0.5", "3.333333", "0.000001", "7.25", "1.999999", "0.01");
const tinyQuantity = fc.constantFrom("0.5", "3.333333333333", "0.000000000001", "5", "20", "4");

/** How wild the values are: in a tame manner every request is well-formed, so that sequences run deep. */
export interface Manner {
  readonly wallet: fc.Arbitrary<number>;
  readonly amount: fc.Arbitrary<string>;
  /** Amounts of grants: larger than what is drawn on them, or they would be empty at once. */
  readonly granted: fc.Arbitrary<string>;
  readonly item: fc.Arbitrary<{ feature: string; quantity: string; dimensions: Dimensions }>;
  readonly restriction: fc.Arbitrary<readonly string[] | undefined>;
  readonly policy: fc.Arbitrary<ModelPolicy | null>;
  /** Percent of requests that name what does not exist. */
  readonly unknown: number;
}

const restrictions = [["chat"], ["call", "text"], ["chat", "draw"], ["text"], ["call", "draw"]];
const wildAmount = mix(
  [60, whole(1, 12)],
  [20, fractional],
  [5, fc.constant("0")],
  [3, fc.constantFrom("9223372036854.775807", "9000000000000", "9223372")],
  [3, fc.constantFrom("0.0000000000001", "-1", "99999999999999999999")],
);

export const WILD: Manner = {
  wallet: mix([8, fc.constant(0)], [2, fc.integer({ min: 1, max: 3 })]),
  amount: wildAmount,
  granted: mix([2, whole(5, 60)], [1, wildAmount]),
  item: fc.record({
    feature: mix(
      [30, fc.constantFrom("chat", "call", "text", "draw")],
      [1, fc.constantFrom("ride", "nothing")],
    ),
    quantity: mix(
      [60, whole(1, 16)],
      [20, tinyQuantity],
      [6, fc.constant("0")],
      [2, fc.constantFrom("1000000000000000", "999999999999999.999999999999")],
      [2, fc.constantFrom("1000000000000001", "0.0000000000001", "-2")],
    ),
    dimensions,
  }),
  restriction: mix<readonly string[] | undefined>(
    [6, fc.constant(undefined)],
    [6, fc.constantFrom(...restrictions)],
    [1, fc.constantFrom(["ride"], ["nothing"])],
  ),
  policy: fc.constantFrom(null, ...POLICIES),
  unknown: 3,
};

const tameAmount = mix([6, whole(1, 9)], [3, fractional]);

/** Dimensions only where they choose the rate. */
const tameItem = fc
  .record({
    feature: fc.constantFrom("chat", "call", "text", "draw"),
    quantity: mix([8, whole(1, 12)], [3, tinyQuantity]),
    dimensions: fc.constantFrom<Dimensions>({ size: "l" }, { size: "s", look: "plain" }),
  })
  .map((item) => (item.feature === "draw" ? item : { ...item, dimensions: undefined }));

export const TAME: Manner = {
  wallet: mix([4, fc.constant(0)], [1, fc.constant(1)]),
  amount: tameAmount,
  granted: mix([2, whole(3, 20)], [1, tameAmount]),
  item: tameItem,
  restriction: mix<readonly string[] | undefined>(
    [2, fc.constant(undefined)],
    [3, fc.constantFrom(...restrictions)],
  ),
  policy: fc.constantFrom(null, ...POLICIES),
  unknown: 0,
};
