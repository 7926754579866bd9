import { advance } from "../core/advance.js";
import { MAX_AMOUNT } from "../core/amounts.js";
import { decide } from "../core/decide.js";
import type { DecisionTerms } from "../core/decision-terms.js";
import { Draft } from "../core/draft.js";
import { CreditError } from "../core/errors.js";
import type { Known } from "../core/known.js";
import type { StoreLimits } from "../store/contract.js";
import type { ReceiptRow, WalletKey } from "../store/rows.js";
import {
  type CachedWallet,
  type PreparedChange,
  hasChanges,
  prepareChange,
  rowCount,
  type NewReceipt,
} from "./change.js";
import { mostDueChanges } from "./due-share.js";
import { type Answer, type Mutation, receiptOf, replay } from "./task.js";

export interface BatchInput {
  readonly key: WalletKey;
  readonly base: CachedWallet;
  readonly terms: DecisionTerms;
  readonly known: Known;
  /** Receipts that were met for keys of this batch. */
  readonly receipts: ReadonlyMap<string, ReceiptRow>;
  readonly mutations: readonly Mutation[];
  /** An earlier change may still land on the base: a denial then takes a change, of nothing, which keeps it out. */
  readonly isInDoubt: boolean;
  readonly limits: StoreLimits;
  readonly now: () => number;
}

export interface BatchDecision {
  /** One per mutation that was decided, in order; those after them, perhaps all, wait for the next batch. */
  readonly outcomes: readonly (Answer | CreditError)[];
  /** Null: nothing is to be written. */
  readonly prepared: PreparedChange | null;
  /** Keys that were decided and so must have no receipt. */
  readonly unused: readonly string[];
}

/** Decides mutations of one wallet in order, as one next version. Pure but for the clock and ids it is given. */
export function decideBatch(input: BatchInput): BatchDecision {
  const { base, terms, known, mutations, limits } = input;
  const draft = new Draft(base.wallet, terms, known);
  const receipts = new Map<string, NewReceipt>();
  const unused = new Set<string>();
  const outcomes: (Answer | CreditError)[] = [];
  /** A change adds to each usage counter once, at most what a store can keep. */
  let used = 0n;
  const isUpToDate = advance(draft, input.now(), mostDueChanges(limits));
  for (const mutation of isUpToDate ? mutations : []) {
    const receipt = input.receipts.get(mutation.key) ?? receipts.get(mutation.key);
    if (receipt !== undefined) {
      outcomes.push(replay(mutation, receipt));
      continue;
    }
    const mark = draft.mark();
    advance(draft, input.now());
    const outcome = attempt(draft, mutation);
    const written = outcome instanceof CreditError ? receipts.size : receipts.size + 1;
    for (let index = mark.usage; index < draft.usage.length; index++)
      used += draft.usage[index]?.amount ?? 0n;
    if (rowCount(draft, written) > limits.rowsPerChange || used > MAX_AMOUNT) {
      draft.rollBack(mark);
      // What is decided so far, due effects too, goes first; then there is more room.
      if (outcomes.length > 0 || hasChanges(draft)) break;
      unused.add(mutation.key);
      outcomes.push(tooManyRows(limits));
      break;
    }
    unused.add(mutation.key);
    if (outcome instanceof CreditError) outcomes.push(outcome);
    else {
      outcomes.push({ result: outcome.result, replayed: false });
      receipts.set(mutation.key, outcome.receipt);
    }
  }
  const mustWrite = receipts.size > 0 || hasChanges(draft) || (input.isInDoubt && unused.size > 0);
  const prepared = mustWrite
    ? prepareChange(input.key, base, draft, [...receipts.values()], [...unused])
    : null;
  return { outcomes, prepared, unused: [...unused] };
}

function attempt(
  draft: Draft,
  mutation: Mutation,
): { readonly result: Answer["result"]; readonly receipt: NewReceipt } | CreditError {
  try {
    const { result, operationId } = decide(draft, mutation.request, mutation);
    return { result, receipt: receiptOf(mutation, result, operationId, draft.now) };
  } catch (error) {
    if (error instanceof CreditError) return error;
    throw error;
  }
}

function tooManyRows({ rowsPerChange }: StoreLimits): CreditError {
  return new CreditError(
    "over_limit",
    `This touches more grants and ledger entries than the store writes at once (${rowsPerChange} rows). Ask for less at a time.`,
    { rowsPerChange },
  );
}
