import type { ModelPolicy } from "../model/index.js";
import { POLICIES } from "./catalogs.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";
import { mix } from "./values.js";

export type Dimensions = Readonly<Record<string, string>> | undefined;

/** How wild the values are: in a tame manner every request is well-formed, so that sequences run deep. */
export interface Manner {
  readonly wallet: Arbitrary<number>;
  readonly amount: Arbitrary<string>;
  /** Amounts of grants: larger than what is drawn on them, or they would be empty at once. */
  readonly granted: Arbitrary<string>;
  readonly item: Arbitrary<{ feature: string; quantity: string; dimensions: Dimensions }>;
  readonly restriction: Arbitrary<readonly string[] | undefined>;
  readonly policy: Arbitrary<ModelPolicy | null>;
  /** Percent of requests that name what does not exist. */
  readonly unknown: number;
}

const FEATURES = ["chat", "call", "text", "draw"] as const;
const RESTRICTIONS = [["chat"], ["call", "text"], ["chat", "draw"], ["text"], ["call", "draw"]];
const TINY_QUANTITIES = ["0.5", "3.333333333333", "0.000000000001", "5", "20", "4"] as const;
const FRACTIONS = ["0.5", "3.333333", "0.000001", "7.25", "1.999999", "0.01"] as const;

function whole(fc: FastCheck, min: number, max: number): Arbitrary<string> {
  return fc.integer({ min, max }).map(String);
}

/** From the least to the largest that there is, and beyond both. */
function wildAmounts(fc: FastCheck): Arbitrary<string> {
  return mix(
    fc,
    [60, whole(fc, 1, 12)],
    [20, fc.constantFrom(...FRACTIONS)],
    [5, fc.constant("0")],
    [3, fc.constantFrom("9223372036854.775807", "9000000000000", "9223372")],
    [3, fc.constantFrom("0.0000000000001", "-1", "99999999999999999999")],
  );
}

function wildItems(fc: FastCheck): Manner["item"] {
  return fc.record({
    feature: mix<string>(fc, [30, fc.constantFrom(...FEATURES)], [1, fc.constantFrom("ride", "nothing")]),
    quantity: mix<string>(
      fc,
      [60, whole(fc, 1, 16)],
      [20, fc.constantFrom(...TINY_QUANTITIES)],
      [6, fc.constant("0")],
      [2, fc.constantFrom("1000000000000000", "999999999999999.999999999999")],
      [2, fc.constantFrom("1000000000000001", "0.0000000000001", "-2")],
    ),
    dimensions: mix<Dimensions>(
      fc,
      [3, fc.constant(undefined)],
      [6, fc.constantFrom({ size: "s", look: "plain" }, { size: "l" })],
      [1, fc.constantFrom({ size: "m", look: "plain" }, { size: "m", look: "gold" })],
    ),
  });
}

export function wildManner(fc: FastCheck): Manner {
  const amount = wildAmounts(fc);
  return {
    wallet: mix(fc, [8, fc.constant(0)], [2, fc.integer({ min: 1, max: 3 })]),
    amount,
    granted: mix(fc, [2, whole(fc, 5, 60)], [1, amount]),
    item: wildItems(fc),
    restriction: mix<readonly string[] | undefined>(
      fc,
      [6, fc.constant(undefined)],
      [6, fc.constantFrom(...RESTRICTIONS)],
      [1, fc.constantFrom(["ride"], ["nothing"])],
    ),
    policy: fc.constantFrom(null, ...POLICIES),
    unknown: 3,
  };
}

/** Dimensions only where they choose the rate. */
function tameItems(fc: FastCheck): Manner["item"] {
  return fc
    .record({
      feature: fc.constantFrom(...FEATURES),
      quantity: mix(fc, [8, whole(fc, 1, 12)], [3, fc.constantFrom(...TINY_QUANTITIES)]),
      dimensions: fc.constantFrom<Dimensions>({ size: "l" }, { size: "s", look: "plain" }),
    })
    .map((item) => (item.feature === "draw" ? item : { ...item, dimensions: undefined }));
}

export function tameManner(fc: FastCheck): Manner {
  const amount = mix(fc, [6, whole(fc, 1, 9)], [3, fc.constantFrom(...FRACTIONS)]);
  return {
    wallet: mix(fc, [4, fc.constant(0)], [1, fc.constant(1)]),
    amount,
    granted: mix(fc, [2, whole(fc, 3, 20)], [1, amount]),
    item: tameItems(fc),
    restriction: mix<readonly string[] | undefined>(
      fc,
      [2, fc.constant(undefined)],
      [3, fc.constantFrom(...RESTRICTIONS)],
    ),
    policy: fc.constantFrom(null, ...POLICIES),
    unknown: 0,
  };
}
