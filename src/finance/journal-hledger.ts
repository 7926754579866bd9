import { minorPlaces } from "../core/money.js";
import type { NameRule } from "./accounts.js";
import type { FinanceSource } from "./api.js";
import { type Transaction, journalTransactions } from "./journal.js";
import type { JournalRequest } from "./journal-api.js";
import { dayOf, moneyText, safeText } from "./texts.js";

const HLEDGER_NAME: NameRule = {
  fits: (name) =>
    name.length <= 200 &&
    /^[\p{L}\p{N}][\p{L}\p{N}_:/&. -]*$/u.test(name) &&
    !/ {2}|::|[: ]$|: | :/.test(name),
  says: 'letters, digits, single spaces and the marks _ - / & . in parts that colons join: "Income:Usage"',
};

/**
 * The journal as a file for hledger: pieces of text, whole transactions each. `hledger check --strict` accepts it. Accounts
 * and monies are declared where they are first met; each transaction's code is its ledger entry. Texts of customers are
 * percent-encoded but for letters, digits and _.@/-.
 *
 * @throws CreditError as `journal` does; `invalid_input` for names of accounts that hledger could read otherwise.
 * @example
 * ```ts
 * import { createWriteStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { journalHledger } from "coffer/finance";
 *
 * const january = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
 * await pipeline(journalHledger(credits, january), createWriteStream("january.journal"));
 * ```
 */
export async function* journalHledger(
  credits: FinanceSource,
  request: JournalRequest,
): AsyncGenerator<string> {
  const declared = new Set<string>();
  const chart = { verb: "journalHledger", rule: HLEDGER_NAME };
  yield "; Coffer\n";
  for await (const transactions of journalTransactions(credits, request, chart)) {
    let text = "";
    for (const transaction of transactions) text += declarations(transaction, declared) + textOf(transaction);
    yield text;
  }
}

function declarations(transaction: Transaction, declared: Set<string>): string {
  const [{ currency }] = transaction;
  const places = minorPlaces(currency);
  const all = [
    `commodity 1000.${"0".repeat(places)} ${currency}\n`,
    ...transaction.map(({ account }) => `account ${account}\n`),
  ];
  return all
    .filter((one) => !declared.has(one) && declared.add(one))
    .map((one) => `\n${one}`)
    .join("");
}

function textOf(transaction: Transaction): string {
  const [{ entryId, bookedAt, occurredAt, type, customerId, creditCurrency, feature, grantId }] = transaction;
  const tags = [
    `customer:${safeText(customerId)}`,
    `credits:${safeText(creditCurrency)}`,
    ...(feature === null ? [] : [`feature:${safeText(feature)}`]),
    ...(grantId === null ? [] : [`grant:${safeText(grantId)}`]),
    `occurred:${dayOf(occurredAt)}`,
  ];
  const postings = transaction.map(
    ({ account, amount, currency }) => `    ${account}  ${moneyText(amount, currency)} ${currency}\n`,
  );
  return `\n${dayOf(bookedAt)} * (${safeText(entryId)}) ${type}  ; ${tags.join(", ")}\n${postings.join("")}`;
}
