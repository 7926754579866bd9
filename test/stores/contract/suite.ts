import type { CreditStore } from "coffer/store";
import { registerStoreLaws } from "coffer/testing";
import { describe, it } from "vitest";
import { runs, seed } from "../../properties/settings.js";
import type { Harness, Surroundings } from "./harness.js";

/** Few in each run of the tests, on so many drivers: `COFFER_PROPERTY_RUNS` asks for more. */
const HISTORIES = 4;
/** Law 12 speaks of five seconds: real processes have these in `processes/suite.ts`. */
const CONTENTION_MS = 1_500;

/** Every law of the contract that a test can hold a store against, as users of `coffer/testing` have them. */
export function contractSuite(
  name: string,
  { open, histories = HISTORIES, isLasting = false, ...harness }: Harness,
): void {
  describe(`${name} holds the laws`, () => {
    registerStoreLaws(
      { describe, it },
      {
        ...harness,
        create: open,
        ...(isLasting ? { reopen } : {}),
        destroy: ({ dispose }) => dispose(),
        histories: runs(histories),
        seed: seed(),
        contentionMs: CONTENTION_MS,
      },
    );
  });
}

async function reopen({ reopen }: Surroundings): Promise<CreditStore> {
  if (reopen === undefined) throw new Error("rows that last can be opened again");
  return await reopen();
}
