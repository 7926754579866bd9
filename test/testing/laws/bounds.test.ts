/** Stores that take little at a time hold the laws as others do: the cases keep to their bounds. */
import { memoryStore } from "coffer/memory";
import { testStore } from "coffer/testing";
import { expect, test } from "vitest";

const ALONE = { isShared: false, hasRowLocks: false, joinsTransactions: false };

test.each([1, 2, 5])(
  "a store that takes %i changes a commit, and wallets a transact, holds every law",
  { timeout: 300_000 },
  async (most) => {
    const limits = {
      changesPerCommit: most,
      walletsPerTransact: most,
      rowsPerChange: 99,
      bytesPerCommit: 4_000_000,
      transactAcrossParts: most > 1,
    };
    const { byLaw } = await testStore({
      create: () => ({ store: memoryStore({ limits }) }),
      capabilities: ALONE,
    });
    expect(byLaw.flatMap(({ violations }) => violations)).toEqual([]);
    const needMore = [9, 11, 12, 13, 20];
    for (const { law, cases } of byLaw) expect([law, cases > 0]).toEqual([law, !needMore.includes(law)]);
  },
);
