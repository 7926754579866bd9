import fc from "fast-check";
import type { CreditStore } from "../../../store/index.js";
import type { Arena } from "../arena.js";
import type { Bench } from "../bench.js";
import { Discrepancy } from "../expect.js";
import { StoreLawsMisuse } from "../misuse.js";
import { findingOf } from "../violation.js";
import { check } from "./check.js";
import { commit, list, load, transact, usage } from "./commands.js";
import type { Command, World } from "./commands.js";
import { Model } from "./model.js";
import { due, events, prune } from "./stream-commands.js";

const COMMANDS = 60;
/** To open a store takes a while. */
const FEWER = 3;

interface Options {
  /** Whether changes are as an engine makes them, or may break what they are made for, and be refused. */
  readonly isTame: boolean;
  /** From here on this store goes on in its place: nobody must notice. */
  readonly renew?: (store: CreditStore) => Promise<CreditStore>;
}

/** Random commands, to be given to a store and the model in turn. */
export function anyHistory({ isTame, renew }: Options): fc.Arbitrary<readonly Command[]> {
  const renewal: Command = Object.assign(
    async (world: World) => {
      if (renew !== undefined) world.store = await renew(world.store);
    },
    { [fc.toStringMethod]: () => "open again" },
  );
  const command = fc.oneof(
    { weight: 12, arbitrary: commit(isTame) },
    { weight: 3, arbitrary: transact(isTame) },
    { weight: 4, arbitrary: load },
    { weight: 6, arbitrary: list },
    { weight: 2, arbitrary: usage },
    { weight: 1, arbitrary: due },
    { weight: 1, arbitrary: events },
    { weight: 1, arbitrary: prune },
    { weight: renew === undefined ? 0 : 1, arbitrary: fc.constant(renewal) },
  );
  return fc.array(command, { minLength: 1, maxLength: COMMANDS, size: "max" });
}

export async function play(store: CreditStore, history: readonly Command[]): Promise<void> {
  const world: World = { store, model: new Model(), met: new Map() };
  for (const run of history) await run(world);
}

/** The laws at large: whatever is asked of a store, it answers like arrays that are searched and sorted anew. */
export async function histories(arena: Arena): Promise<void> {
  const property = fc.asyncProperty(anyHistory({ isTame: true }), (history) =>
    arena.withBench(({ store }) => play(store, history)),
  );
  await check(arena, 1, arena.histories, property);
}

/** The same with ends in between: whatever was asked before one, the store that is opened after it knows. */
export async function reopenedHistories(arena: Arena): Promise<void> {
  let bench: Bench | undefined;
  const renew = async (store: CreditStore) => {
    await bench?.reopen();
    return bench?.store ?? store;
  };
  const property = fc.asyncProperty(anyHistory({ isTame: true, renew }), (history) =>
    arena.withBench(async (fresh) => {
      bench = fresh;
      // That it answers rightly while it is open is shown elsewhere.
      try {
        await play(fresh.store, history);
      } catch (error) {
        if (error instanceof StoreLawsMisuse) throw error;
        throw new Discrepancy(findingOf(error), { cause: error });
      }
    }),
  );
  await check(arena, 20, Math.ceil(arena.histories / FEWER), property);
}
