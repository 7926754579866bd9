import type { CreditEngine } from "../../engine/api.js";
import type { CreditStore } from "../../store/contract.js";
import { checkStore } from "../check-store.js";
import type { Auditor } from "./auditor.js";
import { type SimulatedCatalog, type SimulatedWallet, simulatedCatalog } from "./catalog.js";
import type { Operation } from "./operation.js";
import type { Process } from "./process.js";
import type { Replay } from "./replay.js";

export interface Ending {
  readonly store: CreditStore;
  readonly operations: readonly Operation[];
  readonly wallets: readonly SimulatedWallet[];
  readonly auditor: Auditor;
  /** Alive, over the store as their engines see it, on a day without trouble. */
  readonly running: readonly Process[];
  /** A process that has seen nothing of it all. */
  readonly fresh: Process;
  readonly problem: (what: string) => void;
}

/** Of what was answered, this many are asked for once more. */
const ASKED_AGAIN = 100;
const PAGE = 1_000;

/** Whoever never got an answer asks until there is one; some of the others ask again. */
export async function askForTheRest({ operations, auditor, fresh, problem }: Ending): Promise<void> {
  const open = operations.filter(
    ({ answer, tries }) => answer === undefined && tries.at(-1)?.told === "unknown",
  );
  const answered = operations.filter(({ answer }) => answer !== undefined);
  const every = Math.max(1, Math.ceil(answered.length / ASKED_AGAIN));
  for (const operation of [...open, ...answered.filter((_, index) => index % every === 0)]) {
    const hear = auditor.follow(operation, fresh);
    const answer = await fresh.call(operation.verb, operation.request);
    if (hear(answer) === "unknown")
      problem(`${operation.verb} ${operation.key}: no answer on a day without trouble`);
  }
}

/** What is stored holds every law; the ledgers verify; and all processes tell the same. */
export async function checkTheBooks({ store, wallets, running, fresh, problem }: Ending): Promise<void> {
  for (const { law, what, ...wallet } of await checkStore(store, { catalog: simulatedCatalog }))
    problem(`law ${law} of ${wallet.customerId}/${wallet.scope}/${wallet.currency}: ${what}`);
  for (const wallet of wallets) {
    const told = await booksOf(fresh.engine, wallet);
    for (const process of running)
      if ((await booksOf(process.engine, wallet)) !== told)
        problem(`${process.name} and a fresh process tell different books of ${JSON.stringify(wallet)}`);
    const verdict = await fresh.engine.verifyLedger(wallet);
    if (!verdict.ok)
      problem(`the ledger of ${JSON.stringify(wallet)} does not verify: ${JSON.stringify(verdict)}`);
  }
}

async function booksOf(engine: CreditEngine<SimulatedCatalog>, wallet: SimulatedWallet): Promise<string> {
  // A listing writes down what has fallen due: only then do the others tell what stays.
  const ledger = await engine.ledger({ ...wallet, order: "desc", limit: PAGE });
  return JSON.stringify([
    ledger,
    await engine.balance(wallet),
    await engine.grants({ ...wallet, limit: PAGE }),
  ]);
}

/** Everything that the fresh process tells of the wallets, against what the model tells. */
export async function compareWithModel(
  { fresh, wallets, problem }: Ending,
  { model, names }: Replay,
  now: number,
): Promise<void> {
  for (const wallet of wallets) {
    const where = `books of ${JSON.stringify(wallet)}`;
    const [grants, entries] = [
      await everyPage((after) => fresh.engine.grants({ ...wallet, limit: PAGE, after })),
      await everyPage((after) => fresh.engine.ledger({ ...wallet, limit: PAGE, after })),
    ];
    const told = { grants, entries, balance: await fresh.engine.balance(wallet) };
    const meant = {
      grants: model.grants(now, wallet),
      entries: model.ledger(now, wallet),
      balance: model.balance(now, wallet),
    };
    for (const what of names.differences(where, meant, told).slice(0, 3)) problem(what);
  }
}

async function everyPage<Item>(
  page: (
    after: string | undefined,
  ) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const { items: more, next } = await page(after);
    items.push(...more);
    after = next ?? undefined;
  } while (after !== undefined);
  return items;
}
