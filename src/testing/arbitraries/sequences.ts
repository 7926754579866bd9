/** Sequences of commands that dwell on one part of the rules each, and one that mixes everything. */
import type { ModelCatalog } from "../model/index.js";
import { POLICIES, catalogs } from "./catalogs.js";
import type { AbstractAction, ActionKind } from "./abstract-actions.js";
import { actionsIn } from "./actions.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";
import { type Manner, tameManner, wildManner } from "./manners.js";
import { starts } from "./starts.js";
import { DAY, HOUR, MINUTE, type Turn, mix, turns } from "./values.js";

/** One action and when it comes. */
export interface Step {
  /** Which of two processes, on the same store, is asked. */
  readonly process: 0 | 1;
  /** How far the clock moves before it, or until when; now and then a little back. */
  readonly wait: number | Turn;
  readonly action: AbstractAction;
}

/** How often each kind of action comes; those left out never come. */
type Weights = Partial<Record<ActionKind, number>>;

/** A catalog and what happens under it. */
export interface Sequence {
  readonly catalog: ModelCatalog;
  /** The instant at which its clock starts, in UTC milliseconds. */
  readonly startsAt: number;
  readonly steps: readonly Step[];
}

function actionOf(fc: FastCheck, manner: Manner, weights: Weights): Arbitrary<AbstractAction> {
  const actions: Readonly<Record<ActionKind, Arbitrary<AbstractAction>>> = actionsIn(fc, manner);
  const kinds = Object.keys(actions) as ActionKind[];
  return mix(fc, ...kinds.map((kind) => [weights[kind] ?? 0, actions[kind]] as const));
}

/** Mostly none, so that much happens at one instant; to an instant that matters, and one millisecond beside it. */
function waits(fc: FastCheck): Arbitrary<number | Turn> {
  return mix<number | Turn>(
    fc,
    [9, fc.constant(0)],
    [5, turns(fc)],
    [4, fc.constantFrom(MINUTE, 9 * MINUTE, 10 * MINUTE, HOUR, DAY)],
    [1, fc.constantFrom(1, 7 * DAY, 33 * DAY, -MINUTE)],
  );
}

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

export const FOCUSES = ["all", "holds", "debts", "overage", "lateness", "lines"] as const;

/** What sequences dwell on: `all` mixes everything, well-formed or not; the others run deep. */
export type Focus = (typeof FOCUSES)[number];

interface Profile {
  readonly weight: number;
  readonly catalog: Arbitrary<ModelCatalog>;
  readonly action: Arbitrary<AbstractAction>;
}

function profilesOf(fc: FastCheck): Readonly<Record<Focus, Profile>> {
  const catalog = catalogs(fc, { tame: true });
  const tame = tameManner(fc);
  const bothWallets = mix(fc, [3, fc.constant(0)], [2, fc.constant(1)]);
  const soften = fc.constantFrom(null, soft ?? null, soft ?? null, limited ?? null, hard ?? null);
  const softly = { ...tame, policy: soften, wallet: bothWallets };
  const billed = { ...tame, policy: fc.constantFrom(null, ...overages.slice(0, 3)) };
  const wild = actionOf(fc, wildManner(fc), everything);
  return {
    all: { weight: 3, catalog: catalogs(fc, { tame: false }), action: wild },
    holds: { weight: 3, catalog, action: actionOf(fc, tame, holds) },
    debts: { weight: 2, catalog, action: actionOf(fc, softly, debts) },
    overage: { weight: 1, catalog, action: actionOf(fc, billed, debts) },
    lateness: { weight: 3, catalog, action: actionOf(fc, tame, lateness) },
    lines: { weight: 2, catalog, action: actionOf(fc, tame, lines) },
  };
}

function stepOf(fc: FastCheck, action: Arbitrary<AbstractAction>): Arbitrary<Step> {
  return fc.record({ process: fc.constantFrom<0 | 1>(0, 0, 1), wait: waits(fc), action });
}

/** Single steps of one focus, or of any. */
export function steps(fc: FastCheck, focus?: Focus): Arbitrary<Step> {
  const profiles = profilesOf(fc);
  if (focus !== undefined) return stepOf(fc, profiles[focus].action);
  return mix(
    fc,
    ...Object.values(profiles).map(({ weight, action }) => [weight, stepOf(fc, action)] as const),
  );
}

/** Sequences of up to so many steps, each of one focus. */
export function sequences(fc: FastCheck, maxSteps: number, focus?: Focus): Arbitrary<Sequence> {
  const profiles = profilesOf(fc);
  const chosen = focus === undefined ? Object.values(profiles) : [profiles[focus]];
  const ofProfile = ({ weight, catalog, action }: Profile) => {
    const steps = fc.array(stepOf(fc, action), { minLength: 1, maxLength: maxSteps, size: "max" });
    return [weight, fc.record({ catalog, startsAt: starts(fc), steps })] as const;
  };
  return mix(fc, ...chosen.map(ofProfile));
}
