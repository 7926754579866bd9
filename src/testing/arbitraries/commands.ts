import type { AsyncCommand } from "fast-check";
import type { Mirror } from "../mirror/mirror.js";
import type { ReferenceModel } from "../model/model.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";
import { type Focus, type Step, steps } from "./sequences.js";

/** A step as a command: the model is the mirror's own. */
export type CreditCommand = AsyncCommand<ReferenceModel, Mirror>;

/** Which steps mean something shows only in their run; one that means nothing is passed over there. */
function commandOf(fc: FastCheck, step: Step): CreditCommand {
  return {
    check: () => true,
    run: (_model, mirror) => mirror.play(step),
    toString: () => fc.stringify(step),
  };
}

export function commands(
  fc: FastCheck,
  maxCommands: number,
  focus: Focus | undefined,
): Arbitrary<Iterable<CreditCommand>> {
  return fc.commands([steps(fc, focus).map((step) => commandOf(fc, step))], { maxCommands, size: "max" });
}
