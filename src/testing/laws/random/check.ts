import fc from "fast-check";
import type { Arena } from "../arena.js";
import type { LawNumber } from "../options.js";
import { StoreLawsMisuse } from "../misuse.js";
import { Counterexample, findingOf, lawOf } from "../violation.js";

/** Part of a case's time: the first for looking, the second for making what was found smaller. */
const LOOKING = 0.8;
const SHRINKING = 0.02;

/** Holds a property against the store under test; throws its smallest counterexample. */
export async function check<Input>(
  arena: Arena,
  usual: LawNumber,
  runs: number,
  property: fc.IAsyncProperty<Input>,
): Promise<void> {
  const { seed, path, timeoutMs } = arena;
  const place = path === undefined ? { seed } : { seed, path };
  const looking = { numRuns: runs, endOnFailure: true, interruptAfterTimeLimit: timeoutMs * LOOKING };
  const large = await checked(property, { ...looking, ...place });
  if (!large.failed || large.counterexamplePath === null) return;
  const shrinking = { numRuns: 1, interruptAfterTimeLimit: timeoutMs * SHRINKING };
  const shrunk = await fc.check(property, { ...shrinking, seed, path: large.counterexamplePath });
  // What fails now and then only may pass the second time.
  const found = shrunk.failed && shrunk.counterexample !== null ? shrunk : large;
  const error: unknown = found.errorInstance;
  if (error instanceof StoreLawsMisuse) throw error;
  throw new Counterexample(
    lawOf(error, usual),
    `${findingOf(error)}\nSmallest counterexample: ${fc.stringify(found.counterexample)}`,
    found.seed,
    found.counterexamplePath ?? "",
    { cause: error },
  );
}

/** What is found it returns; it throws where it cannot look, since there is no such place. */
async function checked<Input>(
  property: fc.IAsyncProperty<Input>,
  parameters: fc.Parameters<Input>,
): Promise<fc.RunDetails<Input>> {
  try {
    return await fc.check(property, parameters);
  } catch (cause) {
    const { seed, path } = parameters;
    if (path === undefined) throw cause;
    throw new StoreLawsMisuse(
      `\`path\` ${JSON.stringify(path)} leads nowhere from \`seed\` ${seed}: take both from the same failure, and its title.`,
      { cause },
    );
  }
}
