import { setImmediate } from "node:timers/promises";
import { isStoreError } from "./expect.js";
import type { Change, CreditStore, Outcome, Snapshot, WalletKey } from "../../store/index.js";
import { change, delta } from "./rows.js";

/** More tries than any contention of a test takes. */
const TRIES = 10_000;

/** Calls again as long as the store says that nothing happened and the same call may succeed. */
export async function persist<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!isStoreError(error) || error.kind !== "transient" || tries === TRIES) throw error;
      await setImmediate();
    }
  }
}

/** The next version of a wallet, with one more credit and one more use. */
export function oneMore(snapshot: Snapshot | undefined): Change {
  if (snapshot === undefined) throw new Error("one read has one snapshot");
  const { key, version, head } = snapshot;
  return change(key, version, { head: { balance: (head?.balance ?? 0n) + 1n }, usage: [delta(0)] });
}

/** One credit more, by its version: begins again whenever another was quicker. */
export async function incrementByVersion(store: CreditStore, key: WalletKey): Promise<void> {
  let [state] = await persist(() => store.load([{ key }]));
  for (let tries = 1; tries < TRIES; tries++) {
    const change = oneMore(state);
    const [outcome] = await persist(() => store.commit([change]));
    if (outcome?.status === "committed") return;
    if (outcome?.status === "conflict") state = outcome.fresh;
    await setImmediate();
  }
  throw new Error("the increment never got through");
}

/** One credit more, under lock. */
export async function incrementUnderLock(store: CreditStore, key: WalletKey): Promise<void> {
  await persist(() => store.transact([{ key }], ([snapshot]) => [oneMore(snapshot)]));
}

export function countCommitted(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ status }) => status === "committed").length;
}

/** Calls, one at a time, until `isOver`; gives all answers. */
export async function repeatUntil<Answer>(
  isOver: () => boolean,
  call: () => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  do {
    answers.push(await call());
    await setImmediate();
  } while (!isOver());
  return answers;
}

/** Runs work beside a reader that goes on until the work is done; gives what was read. */
export async function readDuring<Answer>(
  work: Promise<unknown>,
  read: () => Promise<Answer>,
): Promise<Answer[]> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  const [answers] = await Promise.all([repeatUntil(() => isOver, read), ended]);
  return answers;
}
