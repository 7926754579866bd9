import type { Change, CreditStore } from "coffer/store";
import { change, delta, entry, event, grant, key, receipt, record } from "../rows.js";

export const WALLETS = Array.from({ length: 10 }, (_, index) => key(index + 1, index));

/** The next version of a wallet in a round, with rows of every kind. */
function next(wallet: (typeof WALLETS)[number], round: number): Change {
  return change(wallet, round, {
    unused: [`k${round}`],
    opened: [grant(`g${round}`, { open: false, closedAt: 1 })],
    records: [record("reservation", "r", { data: `{"round":${round}}` })],
    entries: [entry(1_000 + round, 2 * round + 1), entry(1_000 + round, 2 * round + 2)],
    receipts: [receipt(`k${round}`, { receiptNo: round + 1 })],
    events: [event(round + 1)],
    usage: [delta(0)],
  });
}

/** Commits the next version of all wallets in one batch, round after round, from where the file stands. */
export async function commitRounds(store: CreditStore, said: (round: number) => void): Promise<never> {
  const [first] = await store.load(WALLETS.slice(0, 1).map((key) => ({ key })));
  for (let round = first?.version ?? 0; ; round += 1) {
    const outcomes = await store.commit(WALLETS.map((wallet) => next(wallet, round)));
    if (outcomes.some(({ status }) => status !== "committed")) throw new Error("nobody else writes");
    said(round + 1);
  }
}
