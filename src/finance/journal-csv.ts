import { ANY_NAME } from "./accounts.js";
import type { FinanceSource } from "./api.js";
import { journalTransactions } from "./journal.js";
import type { JournalLine, JournalRequest } from "./journal-api.js";
import { moneyText } from "./texts.js";

const COLUMNS: readonly (readonly [name: string, of: (line: JournalLine) => string])[] = [
  ["booked_at", ({ bookedAt }) => bookedAt.toISOString()],
  ["entry", ({ entryId }) => entryId],
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["debit", ({ amount, currency }) => (amount.isNegative() ? "" : moneyText(amount, currency))],
  ["credit", ({ amount, currency }) => (amount.isNegative() ? moneyText(amount.negated(), currency) : "")],
  ["currency", ({ currency }) => currency],
  ["customer", ({ customerId }) => customerId],
  ["scope", ({ scope }) => scope ?? ""],
  ["credit_currency", ({ creditCurrency }) => creditCurrency],
  ["credits", ({ credits }) => credits.abs().toFixed()],
  ["feature", ({ feature }) => feature ?? ""],
  ["grant", ({ grantId }) => grantId ?? ""],
  ["operation", ({ operationId }) => operationId],
  ["occurred_at", ({ occurredAt }) => occurredAt.toISOString()],
  ["recorded_at", ({ recordedAt }) => recordedAt.toISOString()],
];

/**
 * The journal as CSV (RFC 4180, with a header, lines end in CR LF): pieces of text, whole lines each. Amounts are plain
 * digits in major units, in a column for debits and one for credits. A cell that a spreadsheet would take for a formula
 * (it begins with =, +, -, @, a tab or a line break) gets an apostrophe before it.
 *
 * @throws CreditError as `journal` does.
 * @example
 * ```ts
 * import { createWriteStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { journalCsv } from "coffer/finance";
 *
 * const january = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
 * await pipeline(journalCsv(credits, january), createWriteStream("january.csv"));
 * ```
 */
export async function* journalCsv(credits: FinanceSource, request: JournalRequest): AsyncGenerator<string> {
  yield lineOf(COLUMNS.map(([name]) => name));
  for await (const transactions of journalTransactions(credits, request, {
    verb: "journalCsv",
    rule: ANY_NAME,
  }))
    yield transactions
      .flat()
      .map((line) => lineOf(COLUMNS.map(([, of]) => of(line))))
      .join("");
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
