/** Sequences of commands that dwell on one part of the rules each, and one that mixes everything. */
import fc from "fast-check";
import type { ModelCatalog } from "../../src/testing/model/index.js";
import { POLICIES, catalogs } from "./catalogs.js";
import { type AbstractAction, type ActionKind, actionsIn } from "./commands.js";
import { DAY, HOUR, MINUTE, type Manner, TAME, type Turn, WILD, mix, turn } from "./values.js";

export interface Step {
  /** Which of two processes, on the same store, is asked. */
  readonly process: number;
  /** How far the clock moves before it, or until when; now and then a little back. */
  readonly wait: number | Turn;
  readonly action: AbstractAction;
}

/** How often each kind of action comes; those left out never come. */
type Weights = Partial<Record<ActionKind, number>>;

export interface Sequence {
  readonly catalog: ModelCatalog;
  readonly steps: readonly Step[];
}

function actionOf(manner: Manner, weights: Weights): fc.Arbitrary<AbstractAction> {
  const actions: Readonly<Record<ActionKind, fc.Arbitrary<AbstractAction>>> = actionsIn(manner);
  const kinds = Object.keys(actions) as ActionKind[];
  return mix(...kinds.map((kind) => [weights[kind] ?? 0, actions[kind]] as const));
}

const processes = fc.constantFrom(0, 0, 1);
const waits = mix<number | Turn>(
  [9, fc.constant(0)],
  [5, turn],
  [4, fc.constantFrom(MINUTE, 9 * MINUTE, 10 * MINUTE, HOUR, DAY)],
  [1, fc.constantFrom(1, 7 * DAY, 33 * DAY, -MINUTE)],
);

const everything: Weights = {
  grant: 20,
  withdraw: 26,
  reserve: 14,
  capture: 16,
  extend: 4,
  release: 3,
  voidGrant: 3,
  amendGrant: 3,
  refundGrant: 3,
  adjust: 5,
  reverse: 10,
  transfer: 5,
  setPolicy: 6,
  again: 6,
  unknownCurrency: 1,
};
const holds: Weights = {
  grant: 20,
  reserve: 24,
  capture: 22,
  extend: 5,
  release: 4,
  voidGrant: 5,
  amendGrant: 3,
  withdraw: 5,
  setPolicy: 3,
  reverse: 2,
  again: 2,
};
const debts: Weights = {
  grant: 16,
  withdraw: 26,
  reverse: 10,
  transfer: 9,
  adjust: 4,
  reserve: 6,
  capture: 6,
  refundGrant: 3,
  setPolicy: 4,
  voidGrant: 2,
  again: 2,
};
const lateness: Weights = {
  grant: 18,
  withdraw: 34,
  reverse: 14,
  reserve: 6,
  capture: 8,
  amendGrant: 3,
  voidGrant: 2,
  refundGrant: 3,
  transfer: 3,
  again: 2,
};
const lines: Weights = {
  grant: 26,
  withdraw: 24,
  reserve: 12,
  capture: 10,
  release: 4,
  reverse: 6,
  transfer: 4,
};

const [hard, soft, limited, ...overages] = POLICIES;
const soften = fc.constantFrom(null, soft ?? null, soft ?? null, limited ?? null, hard ?? null);
const bill = fc.constantFrom(null, ...overages.slice(0, 3));
const bothWallets = mix([3, fc.constant(0)], [2, fc.constant(1)]);

const STEPS = { minLength: 1, size: "max" } as const;

function sequences(
  catalog: fc.Arbitrary<ModelCatalog>,
  action: fc.Arbitrary<AbstractAction>,
  maxLength: number,
): fc.Arbitrary<Sequence> {
  const step = fc.record({ process: processes, wait: waits, action });
  return fc.record({ catalog, steps: fc.array(step, { ...STEPS, maxLength }) });
}

/** Sequences up to that length, each of one profile. */
export function profiles(maxLength: number): fc.Arbitrary<Sequence> {
  const tame = catalogs({ tame: true });
  const softOnes = { ...TAME, policy: soften, wallet: bothWallets };
  const billed = { ...TAME, policy: bill };
  return fc.oneof(
    { weight: 3, arbitrary: sequences(catalogs({ tame: false }), actionOf(WILD, everything), maxLength) },
    { weight: 3, arbitrary: sequences(tame, actionOf(TAME, holds), maxLength) },
    { weight: 2, arbitrary: sequences(tame, actionOf(softOnes, debts), maxLength) },
    { weight: 1, arbitrary: sequences(tame, actionOf(billed, debts), maxLength) },
    { weight: 3, arbitrary: sequences(tame, actionOf(TAME, lateness), maxLength) },
    { weight: 2, arbitrary: sequences(tame, actionOf(TAME, lines), maxLength) },
  );
}
