import { type Rules, aBoolean, faultIn, objectOf, oneOf, wholeNumber } from "../options/options.js";
import type { ModelCatalog } from "../model/catalog.js";
import type { ModelWalletKey } from "../model/model.js";
import { WALLETS } from "./actions.js";
import { catalogs } from "./catalogs.js";
import { type CreditCommand, commands } from "./commands.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";
import { FOCUSES, type Focus, type Sequence, type Step, sequences, steps } from "./sequences.js";
import { starts } from "./starts.js";

/** What properties of credits are made of. */
export interface CreditArbitraries {
  /**
   * Catalogs of two currencies and five features, with every kind of rate. Wild ones have scales from 0 to 12 as well;
   * tame ones the usual. Default: wild.
   */
  catalogs(options?: { readonly tame?: boolean }): Arbitrary<ModelCatalog>;
  /** The wallets of sequences: two of one customer (one scoped), one of another, and one of the other currency. */
  wallets(): Arbitrary<ModelWalletKey>;
  /**
   * Instants, in UTC milliseconds, from which a few days' steps cross what calendars trip over: the ends of months and
   * years, leap days, both shifts of summer time.
   */
  starts(): Arbitrary<number>;
  /**
   * Single steps: an action, when it comes, and which of two processes is asked. Actions name things by their place
   * among those made so far, so they mean something wherever they stand.
   */
  steps(options?: { readonly focus?: Focus }): Arbitrary<Step>;
  /**
   * A catalog, a start and up to `maxSteps` steps (default 40): many at one instant, at the instant at which another
   * thing begins or ends, or one millisecond beside it; tiny and huge amounts; keys used twice; holds that overlap and
   * end together. `focus` dwells on one part of the rules; default: each by turns.
   */
  sequences(options?: { readonly maxSteps?: number; readonly focus?: Focus }): Arbitrary<Sequence>;
  /** Steps as commands for `fc.asyncModelRun`, up to `maxCommands` (default 40), on a `Mirror`. */
  commands(options?: {
    readonly maxCommands?: number;
    readonly focus?: Focus;
  }): Arbitrary<Iterable<CreditCommand>>;
}

/**
 * Arbitraries for properties of an engine, a store, or an app that sells credits.
 *
 * Options that make no sense are a RangeError, before anything is made.
 *
 * @param fc - fast-check, as the app imports it: 4 or newer.
 *
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 * import { creditArbitraries, Mirror, type MirrorParts } from "coffer/testing";
 * import fc from "fast-check";
 *
 * const arbitrary = creditArbitraries(fc);
 * await fc.assert(
 *   fc.asyncProperty(arbitrary.sequences(), async ({ catalog, startsAt, steps }) => {
 *     const store = memoryStore();
 *     const createEngine = (parts: MirrorParts) => createCreditEngine({ ...parts, store });
 *     const mirror = new Mirror({ catalog, startsAt, createEngine });
 *     for (const step of steps) await mirror.play(step);
 *     await mirror.finish();
 *   }),
 * );
 * ```
 */
export function creditArbitraries(fc: FastCheck): CreditArbitraries {
  return {
    catalogs: (options = {}) => {
      check("catalogs", options, { tame: aBoolean });
      return catalogs(fc, { tame: options.tame ?? false });
    },
    wallets: () => fc.constantFrom<ModelWalletKey>(...WALLETS),
    starts: () => starts(fc),
    steps: (options = {}) => {
      check("steps", options, { focus });
      return steps(fc, options.focus);
    },
    sequences: (options = {}) => {
      check("sequences", options, { focus, maxSteps: size });
      return sequences(fc, options.maxSteps ?? USUAL_SIZE, options.focus);
    },
    commands: (options = {}) => {
      check("commands", options, { focus, maxCommands: size });
      return commands(fc, options.maxCommands ?? USUAL_SIZE, options.focus);
    },
  };
}

const USUAL_SIZE = 40;
const size = wholeNumber(1, 100_000);
const focus = oneOf(FOCUSES);

function check(what: string, options: unknown, rules: Rules): void {
  const fault = faultIn(options, "", objectOf(rules));
  if (fault !== undefined) throw new RangeError(`creditArbitraries: of ${what}, ${fault}.`);
}
