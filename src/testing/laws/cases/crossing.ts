import type { CreditStore, WalletKey } from "../../../store/index.js";
import { expect } from "../expect.js";
import { key } from "../rows.js";
import type { Bench } from "../bench.js";
import type { Cases } from "../cases.js";
import { countCommitted, oneMore, persist } from "../contention.js";

const WALLETS = Array.from({ length: 12 }, (_, index) => key(index, index % 3));

type Work = (store: CreditStore, lane: number) => Promise<number>;

/** The wallets in some order: every lane has its own. */
function shuffled(lane: number): readonly WalletKey[] {
  return WALLETS.toSorted(
    (a, b) => ((Number(a.id) * (lane * 2 + 7)) % 13) - ((Number(b.id) * (lane * 2 + 7)) % 13),
  );
}

/** Law 13: many wallets at once, in any order, from several processes. */
export function crossing(cases: Cases): void {
  /** How often a wallet was committed, by every lane. */
  const total = async (store: CreditStore) => {
    const snapshots = await store.load(WALLETS.map((key) => ({ key })));
    return snapshots.map(({ version, head }) => [version, head?.balance ?? 0n]);
  };

  const batch = async (store: CreditStore, lane: number): Promise<number> => {
    const snapshots = await persist(() => store.load(shuffled(lane).map((key) => ({ key }))));
    return countCommitted(await persist(() => store.commit(snapshots.map(oneMore))));
  };

  const transfer = async (store: CreditStore, lane: number): Promise<number> => {
    const [from, to] = shuffled(lane);
    if (from === undefined || to === undefined) throw new Error("there are two wallets");
    const reads = [{ key: from }, { key: to }];
    await persist(() => store.transact(reads, (snapshots) => snapshots.map(oneMore)));
    return 2;
  };

  /** Lanes that take turns at both stores, each its own order. */
  const run = async (bench: Bench, work: Work): Promise<number> => {
    const stores = [bench.store, await bench.another()] as const;
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      let committed = 0;
      for (let round = 0; round < 6; round++)
        committed += await work(stores[lane % 2 === 0 ? 0 : 1], lane * 6 + round);
      return committed;
    });
    return (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
  };

  const works: readonly (readonly [what: string, work: Work])[] = [
    ["batches that cross", batch],
    ["transacts that cross", transfer],
    ["batches and transacts", (store, lane) => (lane % 2 === 0 ? batch : transfer)(store, lane)],
  ];
  const law = cases.needing("isShared").law(13, "batches and transacts over any wallets, in any order, end");
  law.holdsForEach(
    works,
    ([what]) => what,
    async (bench, [, work]) => {
      const committed = await run(bench, work);
      const counts = await total(bench.store);
      expect(counts.reduce((sum, [version]) => sum + Number(version), 0)).toBe(committed);
      for (const [version, balance] of counts) expect(balance).toBe(BigInt(version ?? 0));
    },
  );
}
