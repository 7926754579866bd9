import fc from "fast-check";
import type { Arena } from "../arena.js";
import type { LawNumber } from "../options.js";
import { Counterexample, findingOf, lawOf } from "../violation.js";

/** Part of a case's time that is for looking: the rest is for telling what was found. */
const SHARE_OF_TIME = 0.8;

/** Holds a property against the store under test; throws its smallest counterexample. */
export async function check<Input>(
  arena: Arena,
  usual: LawNumber,
  runs: number,
  property: fc.IAsyncProperty<Input>,
): Promise<void> {
  const { seed, path, timeoutMs } = arena;
  const limits = { interruptAfterTimeLimit: timeoutMs * SHARE_OF_TIME, skipAllAfterTimeLimit: timeoutMs };
  const place = path === undefined ? { seed } : { seed, path };
  const found = await fc.check(property, { numRuns: runs, ...place, ...limits });
  if (!found.failed || found.counterexample === null) return;
  const error: unknown = found.errorInstance;
  throw new Counterexample(
    lawOf(error, usual),
    `${findingOf(error)}\nSmallest counterexample: ${fc.stringify(found.counterexample)}`,
    found.seed,
    found.counterexamplePath ?? "",
    { cause: error },
  );
}
