import fc from "fast-check";
import type { Arena } from "../arena.js";
import type { Bench } from "../bench.js";
import { expect } from "../expect.js";
import { oneMore, persist } from "../contention.js";
import { key, receipt } from "../rows.js";
import { blaming } from "../violation.js";
import { check } from "./check.js";

/** One try to count a wallet up. */
interface Try {
  readonly wallet: number;
  readonly how: "by version" | "under lock";
}

const WALLETS = [1, 2];

const anyTry: fc.Arbitrary<Try> = fc.record({
  wallet: fc.constantFrom(...WALLETS),
  how: fc.constantFrom("by version" as const, "by version" as const, "under lock" as const),
});

const lanes = fc.array(fc.array(anyTry, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 });

/** Calls that begin and go on in any order: what was acknowledged, and nothing else, is there in the end. */
export async function interleavings(arena: Arena): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), lanes, (scheduler, lanes) =>
    arena.withBench(async (bench) => {
      const committed: string[][] = WALLETS.map(() => []);
      const turn = () => scheduler.schedule(Promise.resolve());
      const run = async (lane: readonly Try[], number: number) => {
        for (const [step, attempt] of lane.entries()) {
          const name = `${number}-${step}`;
          if (await isCommitted(bench, attempt, name, turn)) committed[attempt.wallet - 1]?.push(name);
        }
      };
      await scheduler.waitFor(Promise.all(lanes.map(run)));
      for (const wallet of WALLETS) await compare(bench, wallet, committed[wallet - 1] ?? []);
    }),
  );
  await check(arena, 1, arena.histories * 2, property);
}

async function isCommitted(
  { store }: Bench,
  { wallet, how }: Try,
  name: string,
  turn: () => Promise<unknown>,
): Promise<boolean> {
  const reads = [{ key: key(wallet) }];
  await turn();
  if (how === "under lock") {
    await persist(() =>
      store.transact(reads, ([state]) => [{ ...oneMore(state), receipts: [receipt(name)], unused: [name] }]),
    );
    return true;
  }
  const [state] = await store.load(reads);
  await turn();
  const change = { ...oneMore(state), receipts: [receipt(name)], unused: [name] };
  const [outcome] = await persist(() => store.commit([change]));
  await turn();
  return outcome?.status === "committed";
}

async function compare(bench: Bench, wallet: number, committed: readonly string[]): Promise<void> {
  const receipts = Array.from({ length: 4 }, (_, lane) =>
    Array.from({ length: 4 }, (_unused, step) => `${lane}-${step}`),
  ).flat();
  const { version, head, asked } = await bench.loadOne({ key: key(wallet), receipts });
  const points = await bench.store.usage({ key: key(wallet), bounds: [0, 1] });
  await blaming(1, () =>
    expect({ version, balance: head?.balance ?? 0n }).toEqual({
      version: committed.length,
      balance: BigInt(committed.length),
    }),
  );
  await blaming(2, () =>
    expect(asked.receipts.map(({ key }) => key).toSorted()).toEqual(committed.toSorted()),
  );
  await blaming(14, () => expect(points[0]?.count ?? 0).toBe(committed.length));
}
