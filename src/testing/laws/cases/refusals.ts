import type { CreditStore } from "../../../store/index.js";
import type { Bench } from "../bench.js";
import type { Cases } from "../cases.js";
import { oneMore, persist } from "../contention.js";
import { expect, isStoreError } from "../expect.js";
import { key, receipt } from "../rows.js";

const LANES = 4;
const ROUNDS = 8;

/** One credit more under a key; says what became of it. */
async function attempt(store: CreditStore, name: string, isUnderLock: boolean): Promise<string> {
  const [state] = await persist(() => store.load([{ key: key() }]));
  const rows = { unused: [name], receipts: [receipt(name)] };
  try {
    if (isUnderLock) {
      await store.transact([{ key: key() }], ([state]) => [{ ...oneMore(state), ...rows }]);
      return "committed";
    }
    const [outcome] = await store.commit([{ ...oneMore(state), ...rows }]);
    return outcome?.status ?? "nothing";
  } catch (error) {
    if (isStoreError(error)) return error.kind;
    throw error;
  }
}

async function compare(bench: Bench, names: readonly string[], answers: readonly string[]): Promise<void> {
  const { asked } = await bench.loadOne({ key: key(), receipts: names });
  const found = new Set(asked.receipts.map(({ key }) => key));
  for (const [index, name] of names.entries()) {
    const answer = answers[index];
    if (answer === "ambiguous") continue;
    expect({ answer, isApplied: found.has(name) }).toEqual({ answer, isApplied: answer === "committed" });
  }
}

/** Law 18: what an answer says of what was done. */
export function refusals(cases: Cases): void {
  const law = cases.law(18, "what was refused, for now or for good, was not applied");
  law.holds("by commit and by transact, with several at one wallet", async (bench) => {
    const stores = [bench.store, bench.canShare ? await bench.another() : bench.store] as const;
    const names: string[] = [];
    const answers: string[] = [];
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let round = 0; round < ROUNDS; round++) {
        const name = `${lane}-${round}`;
        const answer = await attempt(stores[lane % 2 === 0 ? 0 : 1], name, (lane + round) % 4 === 0);
        names.push(name);
        answers.push(answer);
      }
    });
    await Promise.all(lanes);
    await compare(bench, names, answers);
  });
}
