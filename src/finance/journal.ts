import * as z from "zod";
import { toDecimal } from "../core/decimal.js";
import type { LedgerEntryType } from "../core/entry.js";
import { minorPlaces } from "../core/money.js";
import type { EngineDoor } from "../engine/door.js";
import { publicId } from "../engine/ids.js";
import { ANY_NAME, type NameRule, accountsOf, accountsSchema } from "./accounts.js";
import type { FinanceSource } from "./api.js";
import { type Effect, effectOf } from "./effect.js";
import type { JournalAccounts, JournalLine, JournalRequest } from "./journal-api.js";
import { inOrder } from "./in-order.js";
import { type BookedEntry, type LedgerWallet, ledgerChunks } from "./ledger-stream.js";
import { checkSpan, parseOptions, span } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import { sealBook } from "./seal-book.js";

const journalSchema = z.strictObject({ ...span, accounts: accountsSchema.optional() });

/** One ledger entry that carries money: a debit and a credit of the same amount. */
export type Transaction = readonly [debit: JournalLine, credit: JournalLine];

/**
 * The span as double-entry bookkeeping: for each ledger entry that carries money one transaction of two lines, debit
 * first. Customer by customer; within a wallet in the ledger's order. Entries without money have no lines.
 *
 * What time has made due by then is written first. Nothing is held beyond a page, so a span of any length streams.
 *
 * @throws CreditError `invalid_input` for what is no engine, no span or no account; `store_unavailable` where the store did
 *   not answer in time. As the first line is asked for, not before.
 * @example
 * ```ts
 * import { journal } from "coffer/finance";
 *
 * const january = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
 * for await (const { entryId, account, amount, currency } of journal(credits, january))
 *   console.log(entryId, account, amount.toFixed(2), currency);
 * ```
 */
export async function* journal(credits: FinanceSource, request: JournalRequest): AsyncGenerator<JournalLine> {
  for await (const transactions of journalTransactions(credits, request, { verb: "journal", rule: ANY_NAME }))
    for (const [debit, credit] of transactions) {
      yield debit;
      yield credit;
    }
}

/** The transactions of a journal, as many at a time as were read. */
export async function* journalTransactions(
  credits: FinanceSource,
  request: JournalRequest,
  { verb, rule }: { readonly verb: string; readonly rule: NameRule },
): AsyncGenerator<readonly Transaction[]> {
  const door = doorOf(credits, verb);
  const { from, to, accounts = {} } = parseOptions(journalSchema, request, verb);
  checkSpan({ from, to }, verb);
  await door.books.writeDue(to);
  yield* transactionsOf(door, { from, to }, { accounts, rule });
}

interface Chart {
  readonly accounts: JournalAccounts;
  readonly rule: NameRule;
}

async function* transactionsOf(
  door: EngineDoor,
  { from, to }: { readonly from: number; readonly to: number },
  chart: Chart,
): AsyncGenerator<readonly Transaction[]> {
  const { seals, sealedIn } = await sealBook(door);
  yield* inOrder(door.parts, async function* (part) {
    const sealedOf = await sealedIn(part);
    const stream = ledgerChunks(door.books, { part, from, to, withGrants: false, seals, sealedOf });
    for await (const { wallet, entries } of stream) {
      const transactions = entries.flatMap((entry) => {
        const effect = entry.at >= from && entry.at < to ? effectOf(entry.row) : null;
        return effect === null ? [] : [transactionOf(wallet, entry, effect, chart)];
      });
      if (transactions.length > 0) yield transactions;
    }
  });
}

function transactionOf(
  { key, names, scale }: LedgerWallet,
  { row, at }: BookedEntry,
  { effect, minor, currency }: Effect,
  { accounts, rule }: Chart,
): Transaction {
  const { customerId, scope } = names;
  const facts = {
    currency,
    type: row.type as LedgerEntryType,
    customerId,
    scope: scope === "" ? undefined : scope,
    creditCurrency: names.currency,
    feature: row.feature,
  };
  const common = {
    ...facts,
    entryId: publicId("en", key, `${row.recordedAt}-${row.seq}`),
    bookedAt: new Date(at),
    recordedAt: new Date(row.recordedAt),
    occurredAt: new Date(row.occurredAt),
    credits: toDecimal(row.amount, scale),
    grantId: row.grantId === null ? null : publicId("gr", key, row.grantId),
    operationId: publicId("op", key, row.operationId),
  };
  const [adding, taking] = accountsOf(effect, accounts, rule, () => facts);
  const [debit, credit] = minor > 0n ? [adding, taking] : [taking, adding];
  const amount = toDecimal(minor > 0n ? minor : -minor, minorPlaces(currency));
  return [
    { ...common, account: debit, amount },
    { ...common, account: credit, amount: amount.negated() },
  ];
}
