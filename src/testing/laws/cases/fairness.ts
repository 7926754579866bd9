import type { Bench } from "../bench.js";
import type { Cases } from "../cases.js";
import { incrementUnderLock } from "../contention.js";
import { expect } from "../expect.js";
import { key } from "../rows.js";

const STORES = 4;

/** How often each of several stores, with work all the time, got the same wallet. */
async function shares(bench: Bench): Promise<readonly number[]> {
  const stores = await Promise.all(Array.from({ length: STORES }, () => bench.another()));
  const until = performance.now() + bench.contentionMs;
  return await Promise.all(
    stores.map(async (store) => {
      let count = 0;
      for (; performance.now() < until; count++) await incrementUnderLock(store, key());
      return count;
    }),
  );
}

/** Law 12: who waits for a wallet gets it. Real processes show more than this. */
export function fairness(cases: Cases): void {
  const law = cases.needing("isShared").law(12, "none is left behind");
  law.holds("four stores that each always have work for one wallet", async (bench) => {
    const counts = await shares(bench);
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(total / STORES / 3);
    const { version } = await bench.loadOne({ key: key() });
    expect(version).toBe(total);
  });
}
