import type { Arena } from "./arena.js";
import type { Bench } from "./bench.js";
import type { Capability } from "./cases.js";
import { isStoreError } from "./expect.js";
import { StoreLawsMisuse } from "./misuse.js";
import { change, key } from "./rows.js";

/** What would be tested if it were claimed must not be there, or laws would go untested for want of a word. */
export async function checkUnclaimed(arena: Arena, capability: Capability): Promise<void> {
  await arena.withBench(async (bench) => {
    if (await has[capability](bench))
      throw new StoreLawsMisuse(
        `The store can do what \`capabilities.${capability}\` says, though that is false: set it to true, or its laws go untested.`,
      );
  });
}

const has: Readonly<Record<Capability, (bench: Bench) => boolean | Promise<boolean>>> = {
  isShared: (bench) => bench.canShare,
  joinsTransactions: ({ store, canBegin }) => canBegin || store.limits.joinsTransactions,
  hasRowLocks: holdsSingleWallets,
};

/** Whether a wallet is committed while a transaction holds another one. */
async function holdsSingleWallets(bench: Bench): Promise<boolean> {
  if (!bench.canBegin || !bench.canShare) return false;
  const other = await bench.another();
  await bench.commitAll([change(key(1), 0), change(key(2), 0)]);
  const { options } = await bench.begin();
  await bench.store.transact([{ key: key(1) }], () => [], options);
  try {
    const [outcome] = await other.commit([change(key(2), 1)], { timeoutMs: 300 });
    return outcome?.status === "committed";
  } catch (error) {
    if (isStoreError(error)) return false;
    throw error;
  }
}
