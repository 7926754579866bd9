import { createCreditEngine } from "coffer";
import type { CreditStore } from "coffer/store";
import { type Invocation, type WalletCall, checkHistory, checkStore } from "coffer/testing";
import { type Credits, ask, catalog } from "../support/load/ask.js";
import { toText } from "../support/load/lines.js";
import { Journal } from "../support/load/play.js";

/** What became of the calls of a crash. */
export interface Figures {
  readonly calls: number;
  readonly acknowledged: number;
  readonly denied: number;
  /** Told that nothing was written. */
  readonly refused: number;
  /** Mutations without an answer, or with one that leaves it open. */
  readonly ambiguous: number;
  /** Of the ambiguous ones, those that were found to be applied. */
  readonly applied: number;
}

type Mutation = Exclude<WalletCall, { kind: "balance" }>;
type MutationOf = Invocation & { readonly call: Mutation };

/**
 * Reads what is stored after a crash, repeats every key, and holds all of it against what callers were told.
 *
 * @throws Error that says what was lost, doubled or untrue.
 */
export async function judge(store: CreditStore, history: readonly Invocation[]): Promise<Figures> {
  const credits = createCreditEngine({ catalog, store });
  const mutations = history.filter(isMutation);
  const wallets = new Set(history.map(({ call }) => call.wallet));
  const stored = await storedKeys(credits, wallets);
  const figures = weigh(history, mutations, stored);
  const repeats = await repeatAll(credits, mutations);
  const storedAfter = await storedKeys(credits, wallets);
  for (const wallet of wallets) await checkWallet(credits, wallet, mutations, storedAfter);
  hold("the laws of the store", await checkStore(store));
  hold("an order of all calls", checkHistory([...history, ...repeats]));
  return figures;
}

function isMutation(invocation: Invocation): invocation is MutationOf {
  return invocation.call.kind !== "balance";
}

function nameOf({ wallet, key }: Mutation): string {
  return `${wallet}/${key}`;
}

function hold(what: string, violations: readonly object[]): void {
  if (violations.length > 0) throw new Error(`${what}: ${toText(violations.slice(0, 3))}`);
}

/** Acknowledged is applied; denied or refused is not, unless another call of the same key was applied. */
function weigh(
  history: readonly Invocation[],
  mutations: readonly MutationOf[],
  stored: ReadonlySet<string>,
): Figures {
  const mayBeApplied = new Set<string>();
  for (const { call, outcome } of mutations)
    if (outcome === null || outcome.kind === "done" || outcome.kind === "conflict")
      mayBeApplied.add(nameOf(call));
  for (const { call, outcome } of mutations) {
    const isStored = stored.has(nameOf(call));
    if (outcome?.kind === "done" && !isStored) throw new Error(`acknowledged and lost: ${nameOf(call)}`);
    if (isStored && !mayBeApplied.has(nameOf(call)))
      throw new Error(`refused and applied: ${nameOf(call)}, ${toText(outcome)}`);
  }
  const count = (kind: string) => mutations.filter(({ outcome }) => outcome?.kind === kind).length;
  const open = mutations.filter(({ outcome }) => outcome === null);
  return {
    calls: history.length,
    acknowledged: count("done"),
    denied: count("denied"),
    refused: count("none"),
    ambiguous: open.length,
    applied: open.filter(({ call }) => stored.has(nameOf(call))).length,
  };
}

/** Every key again: what was acknowledged gives its first answer, what was open is settled. */
async function repeatAll(credits: Credits, mutations: readonly MutationOf[]): Promise<readonly Invocation[]> {
  const journal = new Journal("after the crash");
  const told = new Map<string, string>();
  const calls = new Map<string, Mutation>();
  for (const { call, outcome } of mutations) {
    if (outcome?.kind === "done") told.set(nameOf(call), toText(outcome));
    if (outcome?.kind === "done" || outcome === null) calls.set(nameOf(call), call);
  }
  const repeat = async (name: string, call: WalletCall) => {
    journal.began(name, call, process.hrtime.bigint());
    const outcome = await ask(credits, call);
    journal.ended(name, outcome, process.hrtime.bigint());
    const first = told.get(name);
    if (first !== undefined && toText(outcome) !== first)
      throw new Error(`another answer: ${name} was told ${first}, and then ${toText(outcome)}`);
  };
  await Promise.all([...calls].map(([name, call]) => repeat(name, call)));
  const wallets = new Set(mutations.map(({ call }) => call.wallet));
  for (const wallet of wallets) await repeat(`${wallet} after all`, { kind: "balance", wallet });
  return journal.history();
}

/** What was granted less what was charged is what is there. */
async function checkWallet(
  credits: Credits,
  wallet: string,
  mutations: readonly MutationOf[],
  stored: ReadonlySet<string>,
): Promise<void> {
  const applied = new Map<string, bigint>();
  for (const { call } of mutations)
    if (call.wallet === wallet && stored.has(nameOf(call)))
      applied.set(call.key, call.kind === "grant" ? call.amount : -call.amount);
  const sum = [...applied.values()].reduce((total, amount) => total + amount, 0n);
  const { available } = await credits.balance({ customerId: wallet, currency: "tokens" });
  if (available.toFixed() !== String(sum))
    throw new Error(`${wallet} has ${available.toFixed()}; its ${applied.size} keys sum to ${sum}`);
  const ledger = await credits.verifyLedger({ customerId: wallet, currency: "tokens" });
  if (!ledger.ok) throw new Error(`the ledger of ${wallet}: ${toText(ledger.wrong)}`);
}

/** `wallet/key` of every operation in the audit trail; a key that stands twice is an error. */
async function storedKeys(credits: Credits, wallets: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const customerId of wallets) {
    let after: string | undefined;
    do {
      const page = await credits.audit({ customerId, limit: 500, ...(after === undefined ? {} : { after }) });
      for (const { idempotencyKey } of page.items) {
        const name = `${customerId}/${idempotencyKey}`;
        if (found.has(name)) throw new Error(`applied twice: ${name}`);
        found.add(name);
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
  }
  return found;
}
