import type { Arena } from "../arena.js";
import { StoreLawsMisuse } from "../misuse.js";
import type { Case } from "../cases.js";

/** Random cases take so much longer than the others. */
const PATIENCE = 20;

/** Fast-check is needed here only, and loaded only when these run. */
async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).endsWith("MODULE_NOT_FOUND"))
      throw new StoreLawsMisuse(
        "The random cases need fast-check: `npm install --save-dev fast-check`, or pass `histories: 0` to run without them.",
        { cause: error },
      );
    throw error;
  }
}

function randomCase(
  laws: Case["laws"],
  title: string,
  run: (arena: Arena) => Promise<void>,
  needs: Case["needs"] = [],
): Case {
  return { laws, title, needs, isRandom: true, patience: PATIENCE, run };
}

/** What no example foresaw. Which law is broken, the failure tells. */
export const randomCases: readonly Case[] = [
  randomCase(
    [1, 3, 4, 5, 7, 10, 14, 15, 16, 17],
    "random histories: it answers like arrays that are searched and sorted anew",
    async (arena) => {
      const { histories } = await loaded(() => import("../random/histories.js"));
      await histories(arena);
    },
  ),
  randomCase(
    [20],
    "random histories: closed and opened again within them, it answers as if it never had been",
    async (arena) => {
      const { reopenedHistories } = await loaded(() => import("../random/histories.js"));
      await reopenedHistories(arena);
    },
    ["reopen"],
  ),
  randomCase(
    [1, 2, 14],
    "random interleavings: what was acknowledged is there, and nothing else",
    async (arena) => {
      const { interleavings } = await loaded(() => import("../random/interleavings.js"));
      await interleavings(arena);
    },
  ),
];
