import type { NameRule } from "./accounts.js";
import type { FinanceSource } from "./api.js";
import { type Transaction, journalTransactions } from "./journal.js";
import type { JournalRequest } from "./journal-api.js";
import { dayOf, moneyText, safeText } from "./texts.js";

const BEANCOUNT_NAME: NameRule = {
  fits: (name) =>
    name.length <= 200 &&
    /^(Assets|Liabilities|Equity|Income|Expenses)(:[\p{Lu}\p{Nd}][\p{L}\p{Nd}-]*)+$/u.test(name),
  says: 'a name as beancount has them: "Income:Usage", one of its five roots and parts that begin with a capital or a digit',
};

/** Accounts are opened before anything can have happened. */
const OPENED = "1970-01-01";

/**
 * The journal as a file for beancount: pieces of text, whole transactions each. `bean-check` accepts it. Each account is
 * opened where it is first met; each transaction bears its ledger entry. Texts of customers are percent-encoded but for
 * letters, digits and _.@/-.
 *
 * @throws CreditError as `journal` does; `invalid_input` for names of accounts that beancount has not.
 * @example
 * ```ts
 * import { createWriteStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { journalBeancount } from "coffer/finance";
 *
 * const january = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
 * await pipeline(journalBeancount(credits, january), createWriteStream("january.beancount"));
 * ```
 */
export async function* journalBeancount(
  credits: FinanceSource,
  request: JournalRequest,
): AsyncGenerator<string> {
  const opened = new Set<string>();
  const chart = { verb: "journalBeancount", rule: BEANCOUNT_NAME };
  yield 'option "title" "Coffer"\n';
  for await (const transactions of journalTransactions(credits, request, chart)) {
    let text = "";
    for (const transaction of transactions) text += openings(transaction, opened) + textOf(transaction);
    yield text;
  }
}

function openings(transaction: Transaction, opened: Set<string>): string {
  let text = "";
  for (const { account } of transaction) {
    if (opened.has(account)) continue;
    opened.add(account);
    text += `\n${OPENED} open ${account}\n`;
  }
  return text;
}

function textOf(transaction: Transaction): string {
  const [{ entryId, bookedAt, occurredAt, type, customerId, creditCurrency, feature, grantId }] = transaction;
  const facts = [
    ["entry", safeText(entryId)],
    ["customer", safeText(customerId)],
    ["credits", safeText(creditCurrency)],
    ...(feature === null ? [] : [["feature", safeText(feature)]]),
    ...(grantId === null ? [] : [["grant", safeText(grantId)]]),
    ["occurred", occurredAt.toISOString()],
  ];
  const postings = transaction.map(
    ({ account, amount, currency }) => `  ${account}  ${moneyText(amount, currency)} ${currency}\n`,
  );
  return [
    `\n${dayOf(bookedAt)} * "${safeText(customerId)}" "${type}"\n`,
    ...facts.map(([name, value]) => `  ${name}: "${value}"\n`),
    ...postings,
  ].join("");
}
